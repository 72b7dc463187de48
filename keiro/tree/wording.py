"""What `keiro tree` and `keiro explain` say, in both languages, in one place."""

from typing import Any

from keiro.report.labels import LANGUAGES, Lang

WORDS: dict[str, tuple[str, str]] = {
    # the tree
    "kind.identity": ("by definition", "恒等式"),
    "kind.lagged": ("feeds it {lag} days later", "{lag}日後に影響"),
    "kind.hypothesis": ("believed to move it", "仮説"),
    "kind.guardrail": ("guardrail", "監視"),
    "identity.holds": ("holds", "一致"),
    "identity.broken": (
        "BROKEN: {value} against {formula_value}",
        "不一致: {value} と {formula_value}",
    ),
    "identity.broken_periods": ("broken in {n} periods", "{n}期間で不一致"),
    "identity.no_value": ("not judged: a side has no value", "判定なし: 値のない項があります"),
    "identity.insufficient": ("not judged: too few cases", "判定なし: 件数不足の項があります"),
    "identity.broken_input": ("not judged: a side is withheld", "判定なし: 保留中の項があります"),
    "identity.unknown": ("not judged: no such period", "判定なし: 該当期間がありません"),
    "unproven": ("no evidence stated", "根拠の記載なし"),
    "above": ("see above", "上に記載"),
    "target": ("target {target}", "目標 {target}"),
    "cases": ("n = {n}", "n = {n}"),
    "title": ("{period}, {scope}, as of {as_of}", "{period}、{scope}、基準日 {as_of}"),
    "all": ("overall", "全体"),
    # sentences
    "rose": (
        "{label} rose from {before} ({from_period}) to {after} ({to_period}): {change}{share}.",
        "{label}は{before}（{from_period}）から{after}（{to_period}）へ増加しました（{change}{share}）。",
    ),
    "fell": (
        "{label} fell from {before} ({from_period}) to {after} ({to_period}): {change}{share}.",
        "{label}は{before}（{from_period}）から{after}（{to_period}）へ減少しました（{change}{share}）。",
    ),
    "same": (
        "{label} is {after} in {to_period} as in {from_period}.",
        "{label}は{from_period}、{to_period}とも{after}で、変化はありません。",
    ),
    "against": (
        "{label} stands at {after} in {to_period}, against {before} that the target asks for by "
        "now: {change}{share}.",
        "{label}は{to_period}に{after}で、現時点の目標{before}に対し{change}{share}です。",
    ),
    "interval": (
        "The change itself lies between {lower} and {upper} (95 %).",
        "変化そのものの95%区間は{lower}～{upper}です。",
    ),
    "noise": (
        "The change is not distinguishable from noise (95 % interval {lower} to {upper}).",
        "この変化は偶然のばらつきと区別できません（95%区間 {lower}～{upper}）。",
    ),
    "no_interval": (
        "No interval is known: there are no cases to draw from.",
        "元になる件数がないため、区間は計算できません。",
    ),
    "by_identity": (
        "By the formula {formula} ({method}):",
        "計算式 {formula} による内訳（{method}）：",
    ),
    "by_segments": ("By channel ({method}):", "チャネル別の内訳（{method}）："),
    "by_cohorts": (
        "By the cohorts that the deals were created in ({method}):",
        "商談の作成月コホートによる内訳（{method}）：",
    ),
    "part": (
        "{driver}: {contribution}{share}, 95 % interval {lower} to {upper}",
        "{driver}：{contribution}{share}、95%区間 {lower}～{upper}",
    ),
    "part_without": (
        "{driver}: {contribution}{share}, no interval",
        "{driver}：{contribution}{share}、区間なし",
    ),
    "part_noise": ("not distinguishable from noise", "偶然のばらつきと区別できません"),
    "more_parts": (
        "and {n} smaller ones, together {contribution}",
        "ほか{n}件の小さな内訳、合計{contribution}",
    ),
    "share": ("{share} of the change", "変化の{share}"),
    "list": (", {item}", "、{item}"),
    "nothing": (
        "It cannot be split up: no formula of it has all its values here, and no channels have.",
        "内訳は計算できません。計算式の指標がすべて揃っている期間ではなく、チャネル別の値もありません。",
    ),
    "provisional": (
        "The values are provisional: a period or horizon is not over.",
        "値は暫定です（期間または追跡期間が終わっていません）。",
    ),
    "insufficient": (
        "It rests on too few cases for a firm statement.",
        "件数が少ないため、確かなことは言えません。",
    ),
    "drifting": (
        "A value in it is flagged as drifting; see the flags.",
        "変調フラグのある値を含みます。フラグを確認してください。",
    ),
    "not_causal": (
        "Contributions are arithmetic: they say where the change is, not why.",
        "寄与は算術的な内訳です。変化がどこにあるかを示し、原因を示すものではありません。",
    ),
    "effect.volume": ("volume", "量"),
    "effect.rate": ("rate", "率"),
    "effect.speed": ("speed", "速さ"),
    "effect.mix": ("mix", "構成"),
    "effect.value": ("value", "単価"),
    "effect.entry": ("appeared or vanished", "新規または消滅"),
    "cohort.volume": ("volume (deals created)", "量（作成された商談数）"),
    "cohort.rate": ("rate (share that wins)", "率（受注に至る割合）"),
    "cohort.speed": ("speed (how soon deals are won)", "速さ（受注までの早さ）"),
    "cohort.mix": ("mix (channels of the deals)", "構成（商談のチャネル）"),
    "cohort.value": ("value (amount of a deal)", "単価（1件あたりの金額）"),
    "(unassigned)": ("without a channel", "チャネルなし"),
    "(targets disagree)": (
        "targets that do not agree with the formula",
        "目標どうしが計算式と一致しない分",
    ),
    "method.lmdi": ("LMDI", "LMDI"),
    "method.shapley": ("Shapley", "シャープレイ値"),
    "method.sum": ("direct sum", "単純和"),
}


def say(language: Lang, key: str, **values: Any) -> str:
    """A text in the reader's language, its fields filled in."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)
