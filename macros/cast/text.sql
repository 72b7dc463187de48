{#- Casts never guess: text that is no such value becomes null, and the text stays beside it. Each
    macro takes an SQL expression of type VARCHAR. `list_transform([a], lambda text_: b)[1]` is "let text_ be
    a in b": without it, a would be written and evaluated wherever b speaks of it; the
    underscore keeps the names of columns away. -#}

{% macro clean_text(x) -%}
    {#- Text in the Unicode form NFKC (full-width, ㈱, ｱ), without invisible characters and outer
        blanks; null when nothing is left. Plain ASCII takes a short way. -#}
    nullif(trim(
        case
            when regexp_full_match({{ x }}, '[ -~]*') then {{ x }}
            else regexp_replace(nfkc({{ x }}), '{{ invisible_characters() }}', '', 'g')
        end,
        e' \t\r\n'
    ), '')
{%- endmacro %}

{% macro invisible_characters() -%}
    {#- Controls but tab and line ends, zero-width and directional marks, variation selectors. -#}
    [\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{ad}\x{61c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{fe00}-\x{fe0f}\x{feff}\x{e0100}-\x{e01ef}]
{%- endmacro %}

{% macro no_placeholder(x) -%}
    {#- clean_text, and null for what people and programs write where there is no value. `unknown`
        and `(other)` are values: somebody was asked, something was counted. -#}
    list_transform([{{ clean_text(x) }}], lambda text_: case
        when lower(text_) in (
            '-', '--', '---', '–', '—', '―', 'ー', '...', '…', 'select', '--none--', 'none', 'null', '\n', 'nil', 'nan',
            'n/a', 'n.a.', '#n/a', '#na', '#ref!', '#value!', '#div/0!', '#name?', '#num!', '#null!', '#error!',
            '(not set)', '(not provided)', '(empty)', '(blank)', 'not set', 'not specified', 'tbd', 'tba', 't.b.d.',
            '未設定', '(未設定)', '未入力', '未選択', '選択してください', '指定なし', '該当なし', '設定なし', 'なし', '無し', '未定', '不詳', '空白'
        ) then null
        else text_
    end)[1]
{%- endmacro %}

{% macro parse_boolean(x) -%}
    {#- A BOOLEAN from flags of programs and of sign-in sheets. The letter x is a tick for some and
        a cross for others, so it is null; × is a cross. -#}
    list_transform([lower({{ clean_text(x) }})], lambda text_: case
        when text_ in (
            'true', 't', 'yes', 'y', '1', '1.0', 'on', '○', '◯', '〇', '●', '◎', '⭕', '✓', '✔', '✅', '☑', 'レ',
            'はい', '有', '有り', 'あり', '済', '済み', '参加', '参加済', '参加済み', '出席', '出席済', '出席済み', 'attended'
        ) then true
        when text_ in (
            'false', 'f', 'no', 'n', '0', '0.0', 'off', '×', '✕', '✖', '✗', '✘', '❌', '☐',
            'いいえ', '無', '無し', 'なし', '未', '未済', '不参加', '未参加', '欠席', 'absent', 'not attended', 'no show', 'no-show'
        ) then false
    end)[1]
{%- endmacro %}
