"""Time-bound: a period, a due date, and a review that is still to come."""

from datetime import date, timedelta

from keiro.lint.design import Design, Found, Metric, found
from keiro.lint.rules import Rule

NO_TARGET = Rule(
    id="KPI-T01",
    severity="error",
    title=("KGI and main KPIs have a target with a period", "KGIと主要KPIに期間つきの目標がある"),
    says=(
        "No target is in force for a period that holds {as_of}.",
        "{as_of}を含む期間に有効な目標がありません。",
    ),
    remedy=(
        "Add a row to seeds/kpi_targets.csv: metric, scope all, grain, period_start, target.",
        "seeds/kpi_targets.csv に metric、scope（all）、grain、period_start、target の行を"
        "追加してください。",
    ),
)
NO_DUE_DATE = Rule(
    id="KPI-T02",
    severity="warning",
    title=("A target has a due date within its period", "目標の期限が期間内にある"),
    says=(
        "The due date of its target ({grain} from {period_start}) is {due}.",
        "目標（{period_start}からの{grain}）の期限が{due_ja}。",
    ),
    remedy=(
        "State due_date in seeds/kpi_targets.csv: a day of the period, at the latest its last.",
        "seeds/kpi_targets.csv の due_date に、期間内の日（遅くとも最終日）を書いてください。",
    ),
)
NO_REVIEW = Rule(
    id="KPI-T03",
    severity="warning",
    title=("KGI and main KPIs have a review date", "KGIと主要KPIに見直し日がある"),
    says=("No date is set for its review.", "見直し日が決まっていません。"),
    remedy=(
        "State config.meta.review_date: the day on which the KPI itself is questioned.",
        "config.meta.review_date に、このKPI自体を見直す日を書いてください。",
    ),
)
OVERDUE = Rule(
    id="KPI-T04",
    severity="warning",
    title=("A review date lies in the future", "見直し日が未来である"),
    says=(
        "The review of {what} was due on {review_date}.",
        "{what_ja}の見直し日（{review_date}）を過ぎています。",
    ),
    remedy=(
        "Review it, write down what came of it, and set the next date.",
        "見直しを行って結果を記録し、次の見直し日を決めてください。",
    ),
)
UNREVIEWED = Rule(
    id="KPI-T05",
    severity="error",
    title=("No KPI is unreviewed for two cycles", "2周期以上見直していないKPIがない"),
    says=(
        "The review of {what} was due on {review_date}, two cycles ({grain}) or more ago.",
        "{what_ja}の見直し日（{review_date}）から2周期（{grain}）以上たっています。",
    ),
    remedy=(
        "Review it now, or drop the KPI: nobody misses what nobody reviews.",
        "すぐに見直すか、使われていないKPIとして外してください。",
    ),
)
RULES = (NO_TARGET, NO_DUE_DATE, NO_REVIEW, OVERDUE, UNREVIEWED)

DAYS = {"day": 1, "week": 7, "month": 31, "fiscal_quarter": 92, "fiscal_year": 366}
CYCLES = 2


def check(design: Design) -> Found:
    """Findings of this family."""
    for metric in design.with_role("kgi", "main"):
        if design.in_force(metric.name) is None:
            yield found(NO_TARGET, metric, as_of=str(design.as_of))
        if metric.kpi.meta.review_date is None:
            yield found(NO_REVIEW, metric)
    for metric in design.in_tree:
        yield from _due(design, metric)
        if day := metric.kpi.meta.review_date:
            yield from _overdue(design, metric, day, ("it", "このKPI"))
    for edge in design.edges:
        if edge.is_declared and edge.review_date:
            driver = design.metrics[edge.driver]
            what = (f"the edge to {edge.metric}", f"{edge.metric}との関係")
            yield from _overdue(design, driver, edge.review_date, what)


def _due(design: Design, metric: Metric) -> Found:
    target = design.in_force(metric.name)
    if target is None:
        return
    due = target.due_date
    if due is not None and target.period_start <= due <= target.last_day:
        return
    said = (
        ("not stated", "書かれていません")
        if due is None
        else (f"{due}, outside the period", f"期間外（{due}）です")
    )
    yield found(
        NO_DUE_DATE,
        metric,
        grain=target.grain,
        period_start=str(target.period_start),
        due=said[0],
        due_ja=said[1],
    )


def _overdue(design: Design, metric: Metric, day: date, what: tuple[str, str]) -> Found:
    if day > design.as_of:
        return
    target = design.in_force(metric.name)
    grain = target.grain if target else metric.kpi.meta.cadence
    long_ago = day + timedelta(days=CYCLES * DAYS[grain]) <= design.as_of
    yield found(
        UNREVIEWED if long_ago else OVERDUE,
        metric,
        what=what[0],
        what_ja=what[1],
        review_date=str(day),
        grain=grain,
    )
