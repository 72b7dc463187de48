"""Plans and backtests in words and tables, in both languages."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from rich.markup import escape
from rich.table import Table

from keiro.goals.inflow import STRETCH, Need
from keiro.goals.plan import Plan
from keiro.report.formats import NO_VALUE, day, number, percent
from keiro.report.labels import Lang

LANGUAGES = ("en", "ja")
WORDS: dict[str, tuple[str, str]] = {
    "goal": (
        "{label} ({scope}, {period}): target {target}, {reached} reached as of {as_of}, "
        "{forecast} expected.",
        "{label}（{scope}、{period}）：目標 {target}、{as_of} 時点の実績 {reached}、"
        "着地見込み {forecast}。",
    ),
    "proposals": ("Targets that agree with it", "整合する目標値"),
    "metric": ("Metric", "指標"),
    "target": ("Target", "目標"),
    "baseline": ("Baseline", "基準値"),
    "growth": ("Growth", "伸び"),
    "kept": ("kept", "据え置き"),
    "unknown": (
        "No target is proposed for {names}: nothing is known of an earlier period.",
        "{names} は過去の期間の値がないため、目標を提案できません。",
    ),
    "needs": (
        "Inflow that would bring the rest, at each stage (the whole need each time, not a sum)",
        "残りを達成するために必要な流入（各段階でそれぞれ全量を示す。合計しないこと）",
    ),
    "open": ("Open", "進行中"),
    "from_open": ("Expected of them", "うち期末までの見込み"),
    "rate": ("Now, per business day", "現在（営業日あたり）"),
    "rate_needed": ("Needed", "必要"),
    "last_start": ("Begin by", "開始期限"),
    "last_useful": ("Helps until", "効果が間に合う日"),
    "on_route": (
        "{label}: the present inflow is expected to be enough.",
        "{label}：現在の流入で足りる見込みです。",
    ),
    "reachable": (
        "{label}: {needed} per business day are needed instead of {rate}. At most {best} are taken "
        "to be possible ({stretch} times the best four weeks); then it has to begin by {start}.",
        "{label}：営業日あたり {rate} 件のところ {needed} 件が必要です。可能な上限を {best} 件"
        "（過去最良の4週間の{stretch}倍）とすると、{start} までに始める必要があります。",
    ),
    "too_late": (
        "{label}: the target cannot be reached by inflow here any more; the last day to begin was "
        "{start}.",
        "{label}：この段階の流入では、もう目標に届きません。開始期限は {start} でした。",
    ),
    "never": (
        "{label}: the target cannot be reached by inflow here; no start within the last year would "
        "have been early enough.",
        "{label}：この段階の流入では目標に届きません。過去1年のどの日に始めても間に合いませんでした。",
    ),
    "no_needs": (
        "No inflow is told: the period is over or has not begun, the value is withheld, or no "
        "curve of a stage before it says enough.",
        "必要な流入は示せません。期間が終了または未開始か、実績が保留中か、"
        "前段階の転換曲線の件数が不足しています。",
    ),
    "all": ("all", "全体"),
    "backtest": ("Past forecasts beside what happened", "過去時点の予測と実績の比較"),
    "horizon": ("Business days left", "残り営業日"),
    "n": ("Replays", "再現数"),
    "coverage": ("Within the 80 % interval", "80%区間に入った割合"),
    "brier": ("Brier score", "ブライアスコア"),
    "brier_run_rate": ("of the run rate", "単純な進捗換算"),
    "brier_note": (
        "The Brier score is the mean squared distance of the chance from what happened: 0 is best. "
        "The run rate says yes or no by value / share of business days passed. Values are today's, "
        "cut at each past date.",
        "ブライアスコアは確率と結果の差の二乗平均で、0が最良です。単純な進捗換算は「実績÷経過営業日の割合」"
        "で達成か否かを答えます。値は現在のデータを過去の各日で区切ったものです。",
    ),
    "insufficient": ("too few", "件数不足"),
}


def say(language: Lang, key: str, **values: object) -> str:
    """A text of this module in a language."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def _label(plan: Plan, metric: str, language: Lang) -> str:
    row = plan.kpis.get(metric) or {}
    return str(row.get(f"label_{language}") or metric)


def heading(plan: Plan, language: Lang) -> str:
    """The goal in a sentence."""
    goal = plan.goal
    unit = plan.kpis[goal.metric]["unit"]
    return say(
        language,
        "goal",
        label=_label(plan, goal.metric, language),
        scope=say(language, "all") if goal.scope == "all" else goal.scope,
        period=f"{day(goal.period_start, language)} – {day(goal.period_end, language)}",
        target=number(goal.target, unit, language),
        reached=number(goal.reached, unit, language),
        forecast=number(goal.forecast, unit, language),
        as_of=day(goal.as_of, language),
    )


def proposals_table(plan: Plan, language: Lang) -> Table:
    """The targets proposed, below each other as the tree has them."""
    table = Table(title=say(language, "proposals"), title_justify="left")
    for column in ("metric", "target", "baseline", "growth"):
        justify = "left" if column == "metric" else "right"
        table.add_column(say(language, column), justify=justify)  # type: ignore[arg-type]
    for item in plan.proposals:
        unit = plan.kpis[item.metric]["unit"]
        growth = item.target / item.baseline - 1 if item.baseline else None
        table.add_row(
            "  " * item.depth + escape(_label(plan, item.metric, language)),
            number(item.target, unit, language),
            number(item.baseline, unit, language) if item.baseline else NO_VALUE,
            say(language, "kept") if item.is_kept else percent(growth),
        )
    return table


def needs_table(plan: Plan, language: Lang) -> Table:
    """What each stage has to take in, from the first of the funnel to the last."""
    table = Table(title=say(language, "needs"), title_justify="left")
    columns = ("metric", "open", "from_open", "rate", "rate_needed", "last_start", "last_useful")
    for column in columns:
        justify = "left" if column == "metric" else "right"
        table.add_column(say(language, column), justify=justify)  # type: ignore[arg-type]
    for need in plan.needs:
        table.add_row(
            escape(_label(plan, need.stage, language)),
            f"{need.open_items:,}",
            f"{need.from_open:,.1f}",
            f"{need.rate:,.2f}",
            NO_VALUE if need.rate_needed is None else f"{need.rate_needed:,.2f}",
            day(_dated(plan, need.last_start), language),
            day(_dated(plan, need.last_useful), language),
        )
    return table


def _dated(plan: Plan, days: int | None) -> date | None:
    return None if days is None else plan.goal.as_of + timedelta(days=days + 1)


def need_sentences(plan: Plan, language: Lang) -> list[str]:
    """For each stage whether its inflow can still bring what is missing, and until when."""
    if not plan.needs:
        return [say(language, "no_needs")]
    return [_need_sentence(plan, need, language) for need in plan.needs]


def _need_sentence(plan: Plan, need: Need, language: Lang) -> str:
    label = _label(plan, need.stage, language)
    start = day(_dated(plan, need.last_start), language)
    if need.last_start is None:
        return say(language, "on_route" if need.is_reachable else "never", label=label)
    if not need.is_reachable:
        return say(language, "too_late", label=label, start=start)
    return say(
        language,
        "reachable",
        label=label,
        needed=f"{need.rate_needed or 0:,.2f}",
        rate=f"{need.rate:,.2f}",
        best=f"{need.best_possible:,.2f}",
        stretch=f"{STRETCH:g}",
        start=start,
    )


def unknown_sentence(plan: Plan, language: Lang) -> str | None:
    """Which metrics get no proposal; null where all do."""
    if not plan.unknown:
        return None
    names = ", ".join(_label(plan, name, language) for name in plan.unknown)
    return say(language, "unknown", names=names)


def scores_table(rows: Iterable[dict[str, Any]], language: Lang) -> Table:
    """Scores of past forecasts by horizon."""
    table = Table(title=say(language, "backtest"), title_justify="left")
    for column in ("metric", "horizon", "n", "coverage", "brier", "brier_run_rate"):
        justify = "left" if column in ("metric", "horizon") else "right"
        table.add_column(say(language, column), justify=justify)  # type: ignore[arg-type]
    for row in rows:
        few = f" ({say(language, 'insufficient')})" if row["status"] == "insufficient" else ""
        table.add_row(
            escape(row["label_ja"] if language == "ja" else row["label_en"]),
            say(language, "all") if row["horizon"] == "all" else row["horizon"],
            f"{row['n']:,}{few}",
            percent(row["coverage"]),
            f"{row['brier']:.3f}",
            f"{row['brier_run_rate']:.3f}",
        )
    return table
