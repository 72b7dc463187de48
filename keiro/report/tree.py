"""The KPI tree: every KPI with its value, target, progress, status and trust."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from keiro.report.facts import Facts
from keiro.report.rows import Flag, Kpi, Target, Value
from keiro.report.voice import Voice

ROLES = ("kgi", "main", "driver", "guardrail")
KINDS = ("amount", "count", "stock", "rate", "ratio")
BEHIND = ("behind", "slightly_behind")
# What is compared with its target as it stands may exceed it: room on its bar beyond 100 %.
BAR_ROOM = 1.25


@dataclass(frozen=True)
class Bar:
    """A bar: how far it is filled and where the mark of what is expected stands, both 0 to 100."""

    filled: float
    mark: float


@dataclass(frozen=True)
class Node:
    """One KPI of the tree in one language, ready to be shown."""

    metric: str
    role: str
    role_word: str
    label: str
    value: str
    exact: str
    target: str
    attainment: str
    pace: str
    bar: Bar | None
    status: str
    status_word: str
    trust: str
    trust_word: str
    maturity: str
    maturity_word: str
    period: str
    n: str
    owner: str
    unit: str
    direction: str
    description: str
    formula: str
    flag: Flag | None
    cause: str
    detail: str
    has_value: bool
    has_months: bool
    progress: float | None
    children: tuple["Node", ...]

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def build_tree(voice: Voice) -> list[Node]:
    """The roots of the tree: the KGI first, then whatever has no parent that is shown."""
    shown = {name: kpi for name, kpi in voice.facts.kpis.items() if kpi.role in ROLES}
    below: dict[str, list[Kpi]] = {}
    for kpi in shown.values():
        below.setdefault(_parent(kpi, shown), []).append(kpi)

    def grow(kpi: Kpi, above: frozenset[str]) -> Node:
        seen = above | {kpi.metric}
        children = sorted(below.get(kpi.metric, []), key=_rank)
        grown = tuple(grow(child, seen) for child in children if child.metric not in seen)
        return _node(voice, kpi, grown)

    return [grow(kpi, frozenset()) for kpi in sorted(below.get("", []), key=_rank)]


def progress(target: Target, direction: str) -> float | None:
    """How far a KPI is on its way: 1 is as it should be now, whichever way is better."""
    share = target.pace_index if target.pace_index is not None else target.attainment
    if share is None or direction != "down":
        return share
    return 1 / share if share > 0 else None


def furthest_behind(roots: list[Node], limit: int) -> list[Node]:
    """KPIs behind their target, the furthest first; the KGI itself is not its own cause."""
    behind = [
        node
        for root in roots
        for node in root.walk()
        if node.status in BEHIND and node.role != "kgi" and node.progress is not None
    ]
    return sorted(behind, key=lambda node: node.progress or 0.0)[:limit]


def not_to_rely_on(roots: list[Node]) -> list[Node]:
    """KPIs whose current value is withheld, then those that drift."""
    nodes = [node for root in roots for node in root.walk()]
    return [n for n in nodes if n.trust == "withheld"] + [n for n in nodes if n.trust == "drifting"]


def _parent(kpi: Kpi, shown: dict[str, Kpi]) -> str:
    """The parent that is shown; a KPI in a loop of parents counts as a root."""
    parent, seen = kpi.parent_metric, {kpi.metric}
    while parent is not None and parent in shown:
        if parent in seen:
            return ""
        seen.add(parent)
        parent = shown[parent].parent_metric
    return kpi.parent_metric if kpi.parent_metric in shown and kpi.parent_metric else ""


def _rank(kpi: Kpi) -> tuple[int, int, str]:
    kind = KINDS.index(kpi.kind) if kpi.kind in KINDS else len(KINDS)
    return (ROLES.index(kpi.role), kind, kpi.metric)


def _node(voice: Voice, kpi: Kpi, children: tuple[Node, ...]) -> Node:
    facts = voice.facts
    target, value = facts.targets.get(kpi.metric), facts.current(kpi.metric)
    trust = _trust(value, target)
    status = _status(trust, target)
    flag = voice.withheld_by(value) or _open_flag(facts, kpi.metric, trust)
    actual = value.value if value else target.actual if target else None
    pace = target.pace_index if target else None
    return Node(
        metric=kpi.metric,
        role=kpi.role,
        role_word=voice.word("role", kpi.role),
        label=voice.label(kpi.metric),
        value=voice.number(actual, kpi.unit) if actual is not None else voice.t("no_value"),
        exact=voice.exact(actual, kpi.unit),
        target=voice.number(target.target, kpi.unit) if target else "",
        attainment=voice.percent(target.attainment) if target and trust != "withheld" else "",
        pace=voice.t("pace_short", share=voice.percent(pace)) if pace is not None else "",
        bar=_bar(target) if trust != "withheld" else None,
        status=status,
        status_word=voice.word("status", status),
        trust=trust,
        trust_word=voice.word("trust", trust),
        maturity=value.status if value else "",
        maturity_word=voice.word("maturity", value.status) if value else "",
        period=_period(voice, value, target),
        n=voice.integer(value.n) if value and value.n is not None else "",
        owner=kpi.owner or "",
        unit=voice.unit(kpi),
        direction=voice.word("direction", kpi.direction),
        description=voice.pick(kpi.description, kpi.description_ja),
        formula=voice.formula(kpi),
        flag=flag,
        cause=voice.cause(flag) if trust != "ok" else "",
        detail=voice.detail(flag) if trust != "ok" else "",
        has_value=actual is not None,
        has_months=any(month.value is not None for month in facts.months(kpi.metric)),
        progress=progress(target, kpi.direction) if target else None,
        children=children,
    )


def _trust(value: Value | None, target: Target | None) -> str:
    if value is not None:
        return value.trust
    return target.trust if target else "ok"


def _status(trust: str, target: Target | None) -> str:
    if trust == "withheld":
        return "withheld"
    return target.status if target else "no_target"


def _open_flag(facts: Facts, metric: str, trust: str) -> Flag | None:
    """The flag behind a value that drifts: the newest on this metric, open ones first."""
    if trust == "ok":
        return None
    return next((flag for flag in facts.flags if flag.metric == metric), None)


def _bar(target: Target | None) -> Bar | None:
    if target is None or target.attainment is None:
        return None
    room = 1.0 if target.expected_share is not None else BAR_ROOM
    mark = target.expected_share if target.expected_share is not None else 1.0
    return Bar(_percent_of(target.attainment, room), _percent_of(mark, room))


def _percent_of(share: float, room: float) -> float:
    return round(100 * min(max(share / room, 0.0), 1.0), 1)


def _period(voice: Voice, value: Value | None, target: Target | None) -> str:
    held: Value | Target | None = value or target
    if held is None:
        return ""
    name = voice.period(held.grain, held.period_start, held.period_end)
    last = _last(held.period_end, voice.facts.as_of)
    return f"{name} ({voice.days(held.period_start, last)})"


def _last(end: date, as_of: date | None) -> date:
    return min(end, as_of) if as_of else end
