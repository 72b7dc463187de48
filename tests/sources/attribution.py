"""Random deals and touches, and their credits reckoned in plain Python: no SQL, no matrix."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

AS_OF = "2026-09-30"
AS_OF_END = datetime(2026, 9, 30, 15)  # the end of that day in Tokyo, UTC
LOOKBACK = timedelta(days=60)
MARKETING = frozenset({"organic_search", "paid_search", "email", "seminar"})
CHANNELS = (*sorted(MARKETING), "direct")
MODELS = ("first_touch", "last_non_direct", "position_based", "linear", "data_driven")
START, CONVERSION, NULL = "start", "conversion", "null"
Credits = dict[tuple[str, str], dict[str | None, Fraction]]


@dataclass(frozen=True)
class Touch:
    """A touch as `int_touches_gathered` has it."""

    touch_id: str
    person_id: str
    channel: str
    touched_at: datetime
    is_repeat: bool
    kind: str = "session"


@dataclass(frozen=True)
class Deal:
    """An opportunity as `int_opportunities_identified` has it."""

    opportunity_id: str
    person_id: str | None
    created_at: datetime
    close_at: datetime
    stage_kind: str
    amount: str | None


def world(seed: int) -> tuple[list[Touch], list[Deal]]:
    """150 people with up to 24 touches in 13 months, every third with a deal; some of nobody."""
    dice = random.Random(seed)  # noqa: S311
    start = datetime(2025, 9, 1)
    touches: list[Touch] = []
    deals = []
    for number in range(150):
        person = f"p{number}"
        for _ in range(dice.choice([0, 1, 3, 6, 12, 24])):
            at = start + timedelta(seconds=dice.randrange(390 * 86400))
            is_repeat = dice.random() < 0.1
            touches.append(Touch(f"t{len(touches)}", person, dice.choice(CHANNELS), at, is_repeat))
        if number % 3 == 0:
            created = start + timedelta(days=60, seconds=dice.randrange(300 * 86400) + 1)
            closed = created + timedelta(days=dice.randrange(1, 60))
            kind = "open" if closed >= AS_OF_END else dice.choice(["won", "lost"])
            owner = None if number % 30 == 0 else person
            amount = dice.choice([None, "1000001.00", "333.34", "0.01"])
            deals.append(Deal(f"d{number}", owner, created, closed, kind, amount))
    return touches, deals


def creditable(touches: Iterable[Touch], deal: Deal) -> list[Touch]:
    """The touches of the deal's person within the lookback before its creation, in order."""
    return sorted(
        (
            touch
            for touch in touches
            if touch.person_id == deal.person_id
            and not touch.is_repeat
            and deal.created_at - LOOKBACK <= touch.touched_at <= deal.created_at
        ),
        key=lambda touch: (touch.touched_at, touch.touch_id),
    )


def paths(touches: list[Touch], deals: list[Deal]) -> list[tuple[str, ...]]:
    """The paths of channels, with their start and end."""
    found = [(creditable(touches, deal), CONVERSION) for deal in deals]
    owners = {deal.person_id for deal in deals}
    of_person: dict[str, list[Touch]] = defaultdict(list)
    for touch in sorted(touches, key=lambda touch: (touch.touched_at, touch.touch_id)):
        if touch.person_id not in owners:
            of_person[touch.person_id].append(touch)
    for own in of_person.values():
        over = own[0].touched_at + LOOKBACK
        if over < AS_OF_END:
            kept = [touch for touch in own if touch.touched_at <= over and not touch.is_repeat]
            found.append((kept, NULL))
    return [(START, *(touch.channel for touch in own), end) for own, end in found if own]


def effects(walks: list[tuple[str, ...]]) -> dict[str, float]:
    """Removal effects, by moving a unit of walkers on step by step until all have ended."""
    counts = Counter(step for walk in walks for step in pairwise(walk))
    leaving = Counter[str]()
    for (source, _), count in counts.items():
        leaving[source] += count

    def converted(removed: str | None) -> float:
        there, total = {START: 1.0}, 0.0
        while sum(there.values()) > 1e-17:
            onward: dict[str, float] = defaultdict(float)
            for (source, target), count in counts.items():
                share = there.get(source, 0.0) * count / leaving[source]
                if target == CONVERSION:
                    total += share
                elif target not in (NULL, removed):
                    onward[target] += share
            there = onward
        return total

    channels = {state for walk in walks for state in walk[1:-1]}
    whole = converted(None)
    return {name: 1 - converted(name) / whole if whole else 0.0 for name in channels}


def credits_of(touches: list[Touch], deals: list[Deal]) -> Credits:
    """By deal and model the credit of each touch; of the touch None where none is known."""
    effect = effects(paths(touches, deals))
    found: Credits = {}
    for deal in deals:
        own = creditable(touches, deal)
        for model in MODELS:
            found[deal.opportunity_id, model] = _shares(model, own, effect)
    return found


def _shares(model: str, own: list[Touch], effect: dict[str, float]) -> dict[str | None, Fraction]:
    if not own:
        return {None: Fraction(1)}
    ids = [touch.touch_id for touch in own]
    if model == "first_touch":
        return {ids[0]: Fraction(1)}
    if model == "last_non_direct":
        known = [touch.touch_id for touch in own if touch.channel != "direct"]
        return {(known or ids)[-1]: Fraction(1)}
    weights = {identity: Fraction(1) for identity in ids}
    if model == "position_based" and len(ids) > 2:
        middle = Fraction(20, len(ids) - 2)
        weights = dict.fromkeys(ids, middle) | {
            ids[0]: Fraction(40),
            ids[-1]: Fraction(40),
        }
    if model == "data_driven" and any(effect[touch.channel] > 0 for touch in own):
        weights = {touch.touch_id: Fraction(effect[touch.channel]) for touch in own}
    total = sum(weights.values())
    return {identity: weight / total for identity, weight in weights.items() if weight > 0}
