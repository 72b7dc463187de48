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
from keiro.initiatives.designs import regression
from keiro.initiatives.fitting import fit
from keiro.initiatives.judge import Judgement, judge
from keiro.initiatives.series import Window, build_panel, grain_of


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


def compare_errors(worlds: range) -> dict[str, float]:
    """Share of worlds without an effect whose plain 95 % interval excludes zero, by kind of error.

    Of the planned design, before any test of parallel trends. HAC: Newey-West with statsmodels'
    small-sample correction, Student's quantiles and the usual number of lags.
    """
    import warnings

    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    found: dict[str, list[bool]] = {"HAC": [], "no persistence": [], "Keiro": []}
    for seed in worlds:
        world = draw_world(seed)
        plan = world.initiative
        window = Window(plan["start_date"], plan["start_date"], plan["end_date"])
        panel = build_panel(
            simulate(world),
            grain_of(plan["design"]),
            window,
            with_control=plan["design"] != "before_after",
        )
        sample, matrix, column = regression(plan["design"], panel)
        try:
            own = fit(sample, matrix, column)
        except ValueError:
            continue
        family = families.Binomial() if sample.family == "binomial" else families.Poisson()
        model = GLM(
            sample.response,
            matrix,
            family=family,
            offset=sample.offset,
            var_weights=sample.weights,
        )
        lags = math.ceil(4 * (len(sample.periods) / 100) ** (2 / 9))
        with warnings.catch_warnings(action="ignore"):
            hac = model.fit(
                cov_type="HAC",
                cov_kwds={"maxlags": lags, "use_correction": True},
                use_t=True,
            )
            plain = model.fit(scale="X2", use_t=True)
        found["HAC"].append(hac.pvalues[column] < 0.05)
        found["no persistence"].append(plain.pvalues[column] < 0.05)
        found["Keiro"].append(own.lower > 0 or own.upper < 0)
    return {name: sum(seen) / len(seen) for name, seen in found.items()}


def main() -> None:
    """Print shares and the table of verdicts by design."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--errors", action="store_true", help="compare kinds of errors instead")
    arguments = parser.parse_args()
    worlds = range(arguments.seed, arguments.seed + arguments.worlds)
    if arguments.errors:
        for name, share in compare_errors(worlds).items():
            print(f"intervals that exclude zero where there is no effect, {name}: {share:.1%}")
        return
    tally = run(worlds)
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
