"""Specific: formula, unit, grain, population, exclusions, date basis and owner are stated."""

import re
import unicodedata

from keiro.lint.design import Design, Found, Metric, found
from keiro.lint.rules import Rule

FORMULA = Rule(
    id="KPI-S01",
    severity="error",
    title=("The formula and a description are stated", "計算式と説明が書かれている"),
    says=(
        "It is not said what is computed: {missing} is missing.",
        "何を計算するのかが書かれていません（未記載：{missing}）。",
    ),
    remedy=(
        "Describe in label and description what is counted or divided, and name inputs that exist.",
        "label と description に何を数え、何で割るのかを書き、存在する指標を使ってください。",
    ),
)
UNIT = Rule(
    id="KPI-S02",
    severity="error",
    title=("The unit is stated", "単位が書かれている"),
    says=("It has no unit.", "単位がありません。"),
    remedy=(
        "State config.meta.unit: count, ratio, days or an ISO currency.",
        "config.meta.unit に count、ratio、days または通貨コードを書いてください。",
    ),
)
GRAIN = Rule(
    id="KPI-S03",
    severity="error",
    title=("The grain at which it is steered is stated", "管理する期間の単位が書かれている"),
    says=(
        "It is not said at which grain it is steered.",
        "どの期間単位で管理するのかが書かれていません。",
    ),
    remedy=(
        "State config.meta.cadence: day, week, month, fiscal_quarter or fiscal_year.",
        "config.meta.cadence に day、week、month、fiscal_quarter、fiscal_year のいずれかを"
        "書いてください。",
    ),
)
POPULATION = Rule(
    id="KPI-S04",
    severity="warning",
    title=("The population is stated", "対象が書かれている"),
    says=(
        "It is not said who or what is counted: its parts count rows of {populations}.",
        "何を対象に数えるのかが書かれていません（数えている行：{populations}）。",
    ),
    remedy=(
        "State config.meta.population: which people, deals or events, of numerator and "
        "denominator.",
        "config.meta.population に、分子と分母がどの人・商談・イベントかを書いてください。",
    ),
)
EXCLUSIONS = Rule(
    id="KPI-S05",
    severity="warning",
    title=("What is excluded is stated", "除外するものが書かれている"),
    says=(
        "It is not said what it excludes, or that it excludes nothing ({languages}).",
        "何を除外するのか（または除外しないこと）が書かれていません（{languages}）。",
    ),
    remedy=(
        "Say it in description and description_ja ('Excludes …'), or in config.meta.exclusions.",
        "description と description_ja（「…を含まない」）か config.meta.exclusions に"
        "書いてください。",
    ),
)
DATE_BASIS = Rule(
    id="KPI-S06",
    severity="warning",
    title=("The date basis is stated", "日付の基準が書かれている"),
    says=(
        "It is not said by which date it counts: its parts count by {date_bases}.",
        "どの日付で数えるのかが書かれていません（計算に使う日付：{date_bases}）。",
    ),
    remedy=(
        "State config.meta.date_basis, as 'day of the close'; of a ratio that of both parts.",
        "config.meta.date_basis に「クローズ日」のように書いてください。"
        "比率では分子と分母の両方です。",
    ),
)
OWNER = Rule(
    id="KPI-S07",
    severity="error",
    title=("One owner answers for it", "責任者が決まっている"),
    says=("Nobody answers for it.", "責任者が決まっていません。"),
    remedy=(
        "State config.meta.owner: one role or team.",
        "config.meta.owner に役割またはチームを1つ書いてください。",
    ),
)
AMBIGUOUS = Rule(
    id="KPI-S08",
    severity="warning",
    title=("The name says its basis", "名前に基準が含まれている"),
    says=(
        "{label!r} has several definitions that are in use, and the name does not say which.",
        "「{label}」には複数の定義があり、名前からはどれか分かりません。",
    ),
    remedy=(
        "Name the basis in name and label: won_per_closed, 'Lead to MQL (60 days)'.",
        "won_per_closed や「リード→MQL転換率（60日）」のように、"
        "名前とラベルに基準を入れてください。",
    ),
)
FAULTY = Rule(
    id="KPI-S09",
    severity="error",
    title=("Its YAML can be read", "YAMLが読み取れる"),
    says=(
        "What its YAML says cannot be used: {faults}",
        "YAMLの内容が使えません：{faults}",
    ),
    remedy=(
        "Complete config.meta; README, 'Add a KPI', lists its keys.",
        "config.meta を直してください。キーの一覧は README の「Add a KPI」にあります。",
    ),
)
RULES = (FORMULA, UNIT, GRAIN, POPULATION, EXCLUSIONS, DATE_BASIS, OWNER, AMBIGUOUS, FAULTY)

OWN_RULE = {"unit": UNIT, "cadence": GRAIN, "owner": OWNER}
FORMULA_PARTS = ("label", "description")
EXCLUDES = (
    re.compile(r"\b(exclud|except|without|not count|no .* count|only)", re.IGNORECASE),
    re.compile(r"(含ま|含め|除[くきいか]|除外|のみ|だけ|数えない)"),
)
# Words of definitions.md that live with several meanings; brackets name the basis.
SEVERAL_MEANINGS = frozenset(
    {
        *("win rate", "conversion rate", "conversion", "cvr", "close rate", "cac", "roi", "roas"),
        *("coverage", "pipeline coverage", "engagement", "active users", "churn", "sourced"),
        *("受注率", "成約率", "転換率", "コンバージョン率", "顧客獲得単価", "エンゲージメント"),
        *("アクティブユーザー", "解約率"),
    }
)


def check(design: Design) -> Found:
    """Findings of this family."""
    for metric in design.in_tree:
        yield from _stated(metric)
        yield from _told(metric)
        plain = _plain(metric.kpi.label_en)
        for label in (metric.kpi.label_en, metric.kpi.meta.label_ja):
            if _plain(label) in SEVERAL_MEANINGS and (label == metric.kpi.label_en or plain):
                yield found(AMBIGUOUS, metric, label=label)
                break


def _stated(metric: Metric) -> Found:
    """What stands in the YAML or does not."""
    absent = [key for key in FORMULA_PARTS if key in metric.missing]
    if metric.unresolved and not (metric.date_bases or metric.populations):
        absent.append("formula")
    if absent:
        yield found(FORMULA, metric, missing=", ".join(absent))
    for key, rule in OWN_RULE.items():
        if key in metric.missing:
            yield found(rule, metric)
    others = sorted(metric.missing - {*FORMULA_PARTS, *OWN_RULE})
    faults = [f"config.meta.{key} is missing" for key in others] + list(metric.faults)
    if faults:
        yield found(FAULTY, metric, faults="; ".join(faults))


def _told(metric: Metric) -> Found:
    """What is counted, what is not, and by which date."""
    meta = metric.kpi.meta
    if not meta.population and len(metric.populations) != 1:
        named = ", ".join(metric.populations) or "?"
        yield found(POPULATION, metric, populations=named)
    # Marts that share a date name it alike.
    days = {basis.rpartition(".")[2] for basis in metric.date_bases}
    if not meta.date_basis and len(days) != 1:
        named = ", ".join(metric.date_bases) or "?"
        yield found(DATE_BASIS, metric, date_bases=named)
    if not meta.exclusions and "description" not in metric.missing:
        texts = (metric.kpi.description, meta.description_ja or "")
        silent = [
            language
            for language, text, said in zip(("en", "ja"), texts, EXCLUDES, strict=True)
            if not said.search(text)
        ]
        if silent:
            yield found(EXCLUSIONS, metric, languages=", ".join(silent))


def _plain(label: str) -> str:
    return unicodedata.normalize("NFKC", label).strip().casefold()
