"""Structure: one goal, few main KPIs, a flat tree without circles, orphans and doubles."""

import re
import unicodedata
from collections.abc import Iterable

import numpy as np

from keiro.lint.association import prewhitened
from keiro.lint.data import Data, Floats
from keiro.lint.design import Design, Found, Metric, found
from keiro.lint.rules import Rule
from keiro.tree.graph import graph_faults, loops

ONE_KGI = Rule(
    id="KPI-G01",
    severity="error",
    title=("There is one KGI", "KGIが1つである"),
    says=(
        "{n} metrics have the role kgi ({names}).",
        "role が kgi の指標が{n}個あります（{names}）。",
    ),
    remedy=(
        "Give the role kgi to the one final goal; what leads to it is a main KPI.",
        "最終目標1つだけを kgi とし、それを導く指標は main にしてください。",
    ),
)
MAIN_KPIS = Rule(
    id="KPI-G02",
    severity="warning",
    title=("There are 3 to 5 main KPIs", "主要KPIが3～5個である"),
    says=("{n} metrics are main KPIs ({names}).", "主要KPIが{n}個あります（{names}）。"),
    remedy=(
        "Keep the 3 to 5 that decide the KGI as main; make the others drivers or guardrails.",
        "KGIを左右する3～5個だけを main とし、ほかは driver か guardrail にしてください。",
    ),
)
DEPTH = Rule(
    id="KPI-G03",
    severity="warning",
    title=("The tree is at most 4 levels deep below the KGI", "ツリーの深さがKGIから4段以内"),
    says=(
        "It stands {depth} levels below the KGI: {path}.",
        "KGIから{depth}段下にあります：{path}。",
    ),
    remedy=(
        "Hang it higher, or take it out of the tree (role component).",
        "より上の指標に付けるか、ツリーから外してください（role: component）。",
    ),
)
CYCLE = Rule(
    id="KPI-G04",
    severity="error",
    title=("No metric drives itself", "循環がない"),
    says=("It drives itself: {path}.", "自分自身の要因になっています：{path}。"),
    remedy=(
        "Take out the parent, formula or driver that closes the circle.",
        "循環の原因となる parent、formula、drivers のいずれかを外してください。",
    ),
)
ORPHAN = Rule(
    id="KPI-G05",
    severity="error",
    title=("No metric of the tree is an orphan", "ツリーから孤立した指標がない"),
    says=("Its parents do not lead to the KGI: {path}.", "親をたどってもKGIに着きません：{path}。"),
    remedy=(
        "Name the metric above it in config.meta.parent, or make it a component.",
        "config.meta.parent に上位指標を書くか、role を component にしてください。",
    ),
)
DOUBLE = Rule(
    id="KPI-G06",
    severity="warning",
    needs_data=True,
    title=("No two KPIs say the same", "同じことを示すKPIが2つない"),
    says=(
        "It says the same as {other}: r = {r:.3f} between what is new in each of {weeks} weeks.",
        "{other}と同じ動きをしています（{weeks}週の予測できない変動どうしの相関 r = {r:.3f}）。",
    ),
    remedy=(
        "Keep the one that people can act on; make the other a component.",
        "施策で動かせるほうを残し、もう一方は component にしてください。",
    ),
)
LABEL = Rule(
    id="KPI-G07",
    severity="error",
    title=("A label means one definition", "1つのラベルは1つの定義を指す"),
    says=(
        "Its label {label!r} is that of {other} too, which is defined otherwise (owners: "
        "{owners}).",
        "ラベル「{label}」は定義の異なる{other}にも使われています（責任者：{owners}）。",
    ),
    remedy=(
        "Agree on one definition, or put the basis into both labels.",
        "定義を1つに合意するか、両方のラベルに基準を入れてください。",
    ),
)
FORMULAS = Rule(
    id="KPI-G08",
    severity="error",
    title=("Formulas and drivers hold together", "計算式と要因が整合している"),
    says=(
        "Its formula or drivers do not hold together: {faults}",
        "計算式または要因に矛盾があります：{faults}",
    ),
    remedy=(
        "Correct formula and drivers; docs/tree.md describes both.",
        "formula と drivers を直してください。書き方は docs/tree.md にあります。",
    ),
)
RULES = (ONE_KGI, MAIN_KPIS, DEPTH, CYCLE, ORPHAN, DOUBLE, LABEL, FORMULAS)

FEWEST_MAIN, MOST_MAIN = 3, 5
DEEPEST = 4
SAME = 0.95
FEWEST_WEEKS = 26


def check(design: Design) -> Found:
    """Findings of this family."""
    yield from _counts(design)
    circles = _circles(design)
    for path in circles:
        yield found(CYCLE, design.metrics[path[0]], path=" <- ".join(path))
    in_circle = {name for path in circles for name in path}
    for metric in design.in_tree:
        yield from _place(design, metric, in_circle)
    if not circles:
        for fault in graph_faults([metric.kpi for metric in design.metrics.values()]):
            # The fault names the file and the metric first.
            _, name, what = re.split(r": metric |: ", fault, maxsplit=2)
            yield found(FORMULAS, design.metrics[name], faults=what)
    yield from _labels(design.metrics.values())
    if design.data is not None:
        yield from _doubles(design, design.data)


def _counts(design: Design) -> Found:
    """How many goals and main KPIs there are; said of the KGI, else of the first metric."""
    if not design.metrics:
        return
    goals, main = design.with_role("kgi"), design.with_role("main")
    where = design.root or next(iter(design.metrics.values()))
    if len(goals) != 1:
        yield found(ONE_KGI, where, n=len(goals), names=_names(goals))
    if not FEWEST_MAIN <= len(main) <= MOST_MAIN:
        yield found(MAIN_KPIS, where, n=len(main), names=_names(main))


def _circles(design: Design) -> list[list[str]]:
    """Loops of edges, and of parents that no edge shows."""
    circles = loops(design.edges)
    seen = {frozenset(path) for path in circles}
    for metric in design.in_tree:
        path = _to_the_top(design, metric)
        if path.count(path[-1]) > 1:
            loop = path[path.index(path[-1]) :]
            if frozenset(loop) not in seen:
                seen.add(frozenset(loop))
                circles.append(loop)
    return circles


def _place(design: Design, metric: Metric, in_circle: set[str]) -> Found:
    path = _to_the_top(design, metric)
    if in_circle & set(path):
        return
    top = design.metrics.get(path[-1])
    if top is None or top.kpi.meta.role != "kgi":
        yield found(ORPHAN, metric, path=" -> ".join(path))
    # A guardrail stands beside what it watches: nobody climbs from it to the goal.
    elif metric.kpi.meta.role != "guardrail" and len(path) - 1 > DEEPEST:
        yield found(DEPTH, metric, depth=len(path) - 1, path=" -> ".join(path))


def _to_the_top(design: Design, metric: Metric) -> list[str]:
    """A metric and those above it; at the end the one without a parent, or that comes again."""
    path = [metric.name]
    while (above := design.metrics.get(path[-1])) and above.kpi.parent:
        if above.kpi.meta.role == "kgi":
            break
        path.append(above.kpi.parent)
        if path.count(path[-1]) > 1:
            break
    return path


def _labels(metrics: Iterable[Metric]) -> Found:
    """Each later metric of a label once, in either language."""
    first: dict[str, Metric] = {}
    for metric in metrics:
        kpi = metric.kpi
        for key, label in (("label", kpi.label_en), ("label_ja", kpi.meta.label_ja)):
            if key in metric.missing:
                continue
            plain = " ".join(unicodedata.normalize("NFKC", label).casefold().split())
            other = first.setdefault(plain, metric)
            if other.kpi.definition_hash != kpi.definition_hash:
                owners = ", ".join(sorted({other.kpi.meta.owner, kpi.meta.owner}))
                yield found(LABEL, metric, label=label, other=other.name, owners=owners)
                break


def _doubles(design: Design, data: Data) -> Found:
    """Pairs among all metrics of the tree whose news correlate."""
    members = [
        (metric, series.until(design.as_of).known())
        for metric in design.in_tree
        if (series := data.of(metric.name, "week")) is not None
    ]
    members = [(metric, series) for metric, series in members if len(series.starts)]
    if not members:
        return
    weeks = np.unique(np.concatenate([series.starts for _, series in members]))
    news = np.full((len(members), len(weeks)), np.nan)
    for row, (_, series) in enumerate(members):
        placed = np.full(len(weeks), np.nan)
        placed[np.searchsorted(weeks, series.starts)] = np.where(
            series.is_computed, series.value, np.nan
        )
        news[row] = prewhitened(placed)
    r, n = _correlations(news)
    pairs = np.argwhere(np.triu((np.abs(r) > SAME) & (n >= FEWEST_WEEKS), 1))
    for a, b in pairs.tolist():
        other, metric = members[a][0], members[b][0]
        yield found(DOUBLE, metric, other=other.name, r=float(r[a, b]), weeks=int(n[a, b]))


def _correlations(rows: Floats) -> tuple[Floats, Floats]:
    """Correlation of each pair of rows over the columns that both have, and how many these are."""
    there = np.isfinite(rows).astype(float)
    x = np.nan_to_num(rows)
    n = there @ there.T
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (x @ there.T) / n
        spread = (x**2 @ there.T) / n - mean**2
        covariance = (x @ x.T) / n - mean * mean.T
        r = covariance / np.sqrt(spread * spread.T)
    # Rounding leaves a spread where nothing moves.
    still = spread <= 1e-12 * np.maximum(1.0, mean**2)
    return np.where(still | still.T | ~np.isfinite(r), 0.0, r), n


def _names(metrics: Iterable[Metric]) -> str:
    return ", ".join(metric.name for metric in metrics) or "–"
