"""Relevant: each KPI leads to the KGI, by arithmetic or by evidence, and counts what matters."""

import re

import numpy as np

from keiro.lint.association import Association, associate
from keiro.lint.data import Data
from keiro.lint.design import Design, Found, Metric, found
from keiro.lint.rules import Rule
from keiro.tree.formula import FormulaError, parse_formula
from keiro.tree.graph import Edge

UNPROVEN = Rule(
    id="KPI-R01",
    severity="warning",
    title=("A path leads to the KGI", "KGIまでの経路がある"),
    says=(
        "No formula, lag or hypothesis with stated evidence leads from it to the KGI; it only "
        "names "
        "{parent} as its parent.",
        "計算式・時間差・根拠のある仮説のいずれでもKGIにつながっていません"
        "（親指標として{parent}を挙げているだけです）。",
    ),
    remedy=(
        "Put it into the formula or drivers of the metric above, with its evidence, or drop it.",
        "上位指標の formula か drivers に根拠とともに書くか、指標から外してください。",
    ),
)
NO_EVIDENCE = Rule(
    id="KPI-R02",
    severity="warning",
    needs_data=True,
    title=("A hypothesis is borne out by the data", "仮説がデータで裏付けられている"),
    says=(
        "That it moves {above} is not borne out: out-of-sample skill {skill:.1%}, p = "
        "{p_value:.3f}, "
        "sum of coefficients {slope:+.2g} (weekly changes without season, lags {lags} weeks, "
        "{tested} predictions).",
        "{above}を動かすという仮説は裏付けられません。標本外の予測改善{skill:.1%}、p = "
        "{p_value:.3f}、"
        "係数の合計{slope:+.2g}（季節性を除いた週次の変化、ラグ{lags}週、予測{tested}回）。",
    ),
    remedy=(
        "Test it with an initiative that has a control (docs/initiatives.md), correct the lag, or "
        "drop the edge.",
        "対照群のある施策で検証するか（docs/initiatives.md）、ラグを直すか、仮説を外してください。",
    ),
)
UNTESTED = Rule(
    id="KPI-R03",
    severity="info",
    needs_data=True,
    title=("A hypothesis can be tested", "仮説を検証できるだけのデータがある"),
    says=(
        "That it moves {above} cannot be tested yet: only {weeks} weeks have what the test needs.",
        "{above}を動かすという仮説はまだ検証できません（検証に使える週は{weeks}週のみ）。",
    ),
    remedy=(
        "Wait, or test it with an initiative that has a control.",
        "データがたまるのを待つか、対照群のある施策で検証してください。",
    ),
)
VANITY = Rule(
    id="KPI-R04",
    severity="warning",
    title=("A main KPI that counts has a quality pair", "件数の主要KPIに質の指標が対になっている"),
    says=(
        "It counts, and no KPI of the tree says what becomes of what it counts: more of it is "
        "easily "
        "had and may be worth nothing.",
        "件数だけの指標で、その後の質を示すKPIがツリーにありません。数だけ増えても価値につながる"
        "とは限りません。",
    ),
    remedy=(
        "Put the rate at which its cases go on into the tree (as driver or by a formula) or name "
        "it in config.meta.quality.",
        "次の段階へ進む割合をツリーに入れるか（drivers または formula）、config.meta.quality に"
        "指定してください。",
    ),
)
REACH = Rule(
    id="KPI-R05",
    severity="error",
    title=("No main KPI is mere reach", "露出の指標を主要KPIにしない"),
    says=(
        "Impressions, clicks, opens and followers are reach: they do not say whether anyone will "
        "buy.",
        "インプレッション、クリック、開封、フォロワーは露出の指標で、購買につながるかどうかを"
        "示しません。",
    ),
    remedy=(
        "Steer by a step of the funnel behind it, and keep this one as a driver.",
        "その先のファネル段階を主要KPIとし、この指標は要因（driver）として扱ってください。",
    ),
)
RULES = (UNPROVEN, NO_EVIDENCE, UNTESTED, VANITY, REACH)

DAYS_A_WEEK = 7
# Where no lag is declared: the same week and the four after it.
USUAL_LAGS = (0, 1, 2, 3, 4)
IS_REACH = re.compile(
    r"(impression|(^|[_\W])(clicks?|ctr|opens?|likes?|followers?|page_?views?|reach)([_\W]|$)"
    r"|インプレッション|クリック|開封|フォロワー|いいね|ページビュー|表示回数)",
    re.IGNORECASE,
)


def check(design: Design) -> Found:
    """Findings of this family."""
    supported = _supported(design)
    for metric in design.with_role("main", "driver"):
        if design.root is not None and metric.name not in supported:
            yield found(UNPROVEN, metric, parent=metric.kpi.parent or "–")
    if design.data is not None:
        for edge in design.edges:
            if edge.kind == "hypothesis" and edge.is_declared:
                yield from _evidence(design, design.data, edge)
    for metric in design.with_role("main"):
        if IS_REACH.search(metric.name) or IS_REACH.search(metric.kpi.label_en):
            yield found(REACH, metric)
        elif metric.kpi.kind == "count" and not _has_quality(design, metric):
            yield found(VANITY, metric)


def _supported(design: Design) -> set[str]:
    """The metrics from which edges with a reason lead to the KGI."""
    root = design.root
    reached = {root.name} if root else set()
    waiting = list(reached)
    while waiting:
        above = waiting.pop()
        for edge in design.edges:
            has_reason = edge.kind in ("identity", "lagged") or edge.evidence is not None
            if edge.metric == above and has_reason and edge.driver not in reached:
                reached.add(edge.driver)
                waiting.append(edge.driver)
    return reached


def _evidence(design: Design, data: Data, edge: Edge) -> Found:
    driver, above = design.metrics[edge.driver], design.metrics[edge.metric]
    lags = _lags(edge)
    result, weeks = _test(design, data, edge, lags)
    if result is None:
        yield found(UNTESTED, driver, above=above.name, weeks=weeks)
        return
    same = driver.kpi.meta.direction == above.kpi.meta.direction
    if not result.supports(1 if same else -1):
        yield found(
            NO_EVIDENCE,
            driver,
            above=above.name,
            skill=result.skill,
            p_value=result.p_value,
            slope=result.slope,
            lags=", ".join(map(str, lags)),
            tested=result.tested,
        )


def _lags(edge: Edge) -> tuple[int, ...]:
    """In weeks: the declared lag and its neighbours."""
    if edge.lag_days is None:
        return USUAL_LAGS
    week = round(edge.lag_days / DAYS_A_WEEK)
    return tuple(range(max(week - 1, 0), week + 2))


def _test(
    design: Design, data: Data, edge: Edge, lags: tuple[int, ...]
) -> tuple[Association | None, int]:
    """The test on the weeks that both metrics have, and how many of these can tell."""
    pair = [data.of(name, "week") for name in (edge.driver, edge.metric)]
    if pair[0] is None or pair[1] is None:
        return None, 0
    driver, above = (series.until(design.as_of).known() for series in pair if series is not None)
    if not len(driver.starts) or not len(above.starts):
        return None, 0
    first = max(driver.starts[0], above.starts[0])
    last = min(driver.starts[-1], above.starts[-1])
    weeks = np.arange(first, last + np.timedelta64(1, "D"), np.timedelta64(7, "D"))
    values = []
    for series in (driver, above):
        placed = np.full(len(weeks), np.nan)
        inside = (series.starts >= first) & (series.starts <= last)
        places = ((series.starts[inside] - first) // np.timedelta64(7, "D")).astype(int)
        placed[places] = np.where(series.is_computed, series.value, np.nan)[inside]
        values.append(placed)
    return associate(values[0], values[1], lags)


def _has_quality(design: Design, metric: Metric) -> bool:
    """Whether the tree says what becomes of the cases that a metric counts."""
    in_tree = {other.name for other in design.in_tree}
    if metric.kpi.meta.quality in design.metrics:
        return True
    for other in design.metrics.values():
        kpi = other.kpi
        # A rate on its cases that is better when higher; a cost per case is no quality.
        is_rate_on_it = kpi.denominator == metric.name and kpi.meta.direction == "up"
        if is_rate_on_it and (other.name in in_tree or _is_in_a_formula(design, other.name)):
            return True
        inflow = kpi.meta.inflow
        if inflow and inflow.metric == metric.name and kpi.name in in_tree:
            pairs = {m.kpi.meta.stage_pair for m in design.in_tree if m.kpi.kind == "rate"}
            if inflow.stage_pair in pairs:
                return True
        if kpi.identity and metric.name in (names := _factors(kpi.identity)):
            partners = {n for n in names if n != metric.name and n in design.metrics}
            if any(design.metrics[n].kpi.kind in ("rate", "ratio") for n in partners):
                return True
    return False


def _is_in_a_formula(design: Design, name: str) -> bool:
    return any(name in _factors(m.kpi.identity) for m in design.in_tree if m.kpi.identity)


def _factors(identity: str) -> tuple[str, ...]:
    try:
        return parse_formula(identity).metrics
    except FormulaError:
        return ()
