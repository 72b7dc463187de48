"""Verdicts on simulated initiatives: how often an effect is seen where there is none, or missed.

A world without an effect is judged; then the same world with one of twice the size that it was
said to be able to detect. What only compares before and after is counted beside, since it claims
to be no evidence.
"""

import argparse
import math
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.initiative_worlds import World, draw_world, simulate
from keiro.initiatives.judge import Judgement, judge


@dataclass
class Tally:
    """Verdicts by design used, in worlds without an effect and in those with one."""

    nothing: Counter[tuple[str, str]] = field(default_factory=Counter)
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    without_plan: int = 0

    def share(self, counted: Counter[tuple[str, str]], verdict: str, *, evidence: bool) -> float:
        """Share of a verdict among those that claim to be evidence, or those that do not."""
        kept = {key: n for key, n in counted.items() if (key[0] != "before_after") == evidence}
        total = sum(kept.values())
        return sum(n for key, n in kept.items() if key[1] == verdict) / total if total else 0.0


def judged(world: World, effect: float = 0.0) -> Judgement:
    """The verdict on a world with an effect."""
    rows = simulate(world, effect)
    return judge(world.initiative, rows, world.as_of, wanted_up=world.wanted_up)


def run(worlds: range) -> Tally:
    """Judge worlds by their seeds."""
    tally = Tally()
    for seed in worlds:
        world = draw_world(seed)
        found = judged(world)
        tally.nothing[found.design_used or "none", found.verdict] += 1
        if found.planned_detectable is None:
            tally.without_plan += 1
            continue
        moved = judged(world, 2 * math.log1p(found.planned_detectable))
        tally.effects[moved.design_used or "none", moved.verdict] += 1
    return tally


def main() -> None:
    """Print shares and the table of verdicts by design."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    tally = run(range(arguments.seed, arguments.seed + arguments.worlds))
    for name, counted, verdict in (
        ("no effect, called effect", tally.nothing, "effect"),
        ("no effect, called harm", tally.nothing, "harm"),
        ("twice the detectable, called effect", tally.effects, "effect"),
    ):
        shares = [tally.share(counted, verdict, evidence=kind) for kind in (True, False)]
        print(f"{name}: {shares[0]:.1%} by evidence, {shares[1]:.1%} by before and after")
    print(f"worlds in which nothing could be planned: {tally.without_plan}")
    for title, counted in (("no effect", tally.nothing), ("effect", tally.effects)):
        print(f"\n{title}")
        for (design, verdict), n in sorted(counted.items()):
            print(f"  {design:26} {verdict:16} {n}")


if __name__ == "__main__":
    main()
