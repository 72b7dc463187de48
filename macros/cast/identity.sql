{% macro normalise_email(x, plus_tags=var('email_plus_tags', 'keep')) -%}
    {#- An address as a key: without case, width, invisible characters, mailto: and the name around
        <…>. With plus_tags 'strip', a+tag@b is a@b. Dots stay: only Google ignores them. -#}
    list_transform([lower(regexp_replace(
        regexp_replace({{ clean_text(x) }}, '^.*<([^<>]*)>$', '\1'), '(?i)^\s*mailto:\s*|[,;.、。]+$', '', 'g'
    ))], lambda text_: case
        when regexp_full_match(text_, '[^\s@<>()",;:]+@[^\s@<>()",;:.]+(?:[.][^\s@<>()",;:.]+)+')
            then {% if plus_tags == 'strip' %}regexp_replace(text_, '^([^+]+)[+][^@]*@', '\1@'){% else %}text_{% endif %}
    end)[1]
{%- endmacro %}

{% macro normalise_domain(x, public_mail=true) -%}
    {#- The host of a URL, an e-mail address or a plain domain, lower, without www. With
        public_mail=false null for hosts that everybody has addresses at. -#}
    list_transform([regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        lower({{ clean_text(x) }}),
        '^(?:[a-z][a-z0-9+.-]*:)?//|^mailto:', ''), '[/?#].*$', ''), '^.*@', ''), '^www\d?[.]|[.]?(?::\d+)?$', '', 'g'
    )], lambda text_: case
        when regexp_full_match(text_, '(?:[\p{L}\d](?:[\p{L}\d_-]*[\p{L}\d])?[.])+\p{L}[\p{L}\d-]*')
            {%- if not public_mail %} and text_ not in ({{ public_mail_domains() }}){% endif %} then text_
    end)[1]
{%- endmacro %}

{% macro public_mail_domains() -%}
    'gmail.com', 'googlemail.com', 'yahoo.com', 'yahoo.co.jp', 'ymail.ne.jp', 'ymail.com', 'outlook.com', 'outlook.jp',
    'hotmail.com', 'hotmail.co.jp', 'live.com', 'live.jp', 'msn.com', 'icloud.com', 'me.com', 'mac.com', 'aol.com',
    'gmx.com', 'gmx.de', 'gmx.net', 'web.de', 'mail.com', 'proton.me', 'protonmail.com', 'qq.com', '163.com', '126.com',
    'naver.com', 'docomo.ne.jp', 'ezweb.ne.jp', 'au.com', 'softbank.ne.jp', 'i.softbank.jp', 'ymobile.ne.jp',
    'nifty.com', 'biglobe.ne.jp', 'ocn.ne.jp', 'so-net.ne.jp', 'excite.co.jp', 'goo.jp', 'rakuten.jp'
{%- endmacro %}

{% macro normalise_phone(x, calling_code=var('calling_code', '81')) -%}
    {#- Digits of a telephone number: those of the own country with their 0 (+81 3- and 03- are one),
        others with their calling code. Null for an extension alone or several numbers in a cell. -#}
    {%- set national = '[1-9][0-9]{8,9}' if calling_code | string == '81' else '[1-9][0-9]{5,11}' -%}
    list_transform([regexp_replace(regexp_replace(
        translate({{ clean_text(x) }}, '‐‑–—―−ー.()[]/ ', '-----------'),
        '(?i)-*(?:内線|内|ext|x)[-:]*\d+$', ''
    ), '-', '', 'g')], lambda text_: case
        when regexp_full_match(text_, '(?:\+|00|010){{ calling_code }}0?{{ national }}')
            then '0' || regexp_extract(text_, '^(?:\+|00|010){{ calling_code }}0?(\d+)$', 1)
        when regexp_full_match(text_, '0{{ national }}') then text_
        when regexp_full_match(text_, '\+[1-9]\d{7,14}') then text_[2:]
    end)[1]
{%- endmacro %}

{% macro normalise_company(x) -%}
    {#- A company's name as a key for matching: NFKC, lower, without legal form, blanks and points,
        with variants of one character folded (髙 and 高). -#}
    nullif(regexp_replace(
        regexp_replace(regexp_replace(
            translate(lower({{ clean_text(x) }}), '髙﨑德瀨增寬淸曻濵嵜靑黑', '高崎徳瀬増寛清昇浜崎青黒'),
            '^\s*{{ legal_forms() }}|{{ legal_forms() }}\s*$', '', 'g'
        ), '(?:[\s,.]+(?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|lp|plc|gmbh|ag|kg|sa|sas|sarl|bv|nv|ab|oy|as|spa|srl|pte|pty|kk|k[.]k)[.]?)+\s*$', ''),
        '[\s.,・･''"’`]', '', 'g'
    ), '')
{%- endmacro %}

{% macro legal_forms() -%}
    (?:株式会社|有限会社|合同会社|合資会社|合名会社|\((?:株|有|同|資|名|社|財|一社|一財|医|学|独)\)|(?:一般|公益)?(?:社団|財団)法人|(?:医療|学校|宗教|社会福祉|国立大学|独立行政|税理士|弁護士|監査|特定非営利活動|npo)法人)
{%- endmacro %}

{% macro salesforce_id(x) -%}
    {#- An 18-character id from one of 15 or 18. Each suffix character tells which of five letters
        are capitals, so ids that differ in case stay two. Null where length or suffix is wrong. -#}
    list_transform(list_transform([{{ clean_text(x) }}], lambda text_: {'given': text_, 'full': left(text_, 15)
        {%- for start in (1, 6, 11) %} || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1
            {%- for place in range(5) %} + if(substr(text_, {{ start + place }}, 1) between 'A' and 'Z', {{ 2 ** place }}, 0){% endfor %}, 1)
        {%- endfor %}}), lambda id_: case
            when regexp_full_match(id_['given'], '[a-zA-Z0-9]{15}') or id_['given'] = id_['full'] then id_['full']
        end)[1]
{%- endmacro %}
