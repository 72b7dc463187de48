"""Simulated worlds whose true conversion is known, estimated by the project's own SQL.

A world is a stage pair of its own: monthly cohorts of 50 to 800 entities, an eventual conversion of
5 to 60 %, lognormal, Weibull or exponential lags, and losses that compete; in half of the worlds
the conversion differs between cohorts. All worlds are built at once by dbt, as any warehouse is.
Usage: python benchmarks/worlds.py [--worlds 200] [--seed 1]
"""

import argparse
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml
from scipy import stats

from keiro.dbt import DbtProject
from keiro.settings import load_settings

PROJECT = Path(__file__).resolve().parent.parent
AS_OF = date(2026, 6, 17)
COPIED = (
    "macros",
    "profiles.yml",
    "models/intermediate/conversions",
    "models/marts/funnel/fct_stage_conversions.sql",
    "models/marts/funnel/fct_cohort_conversions.sql",
    "models/marts/funnel/fct_conversion_curves.sql",
    "models/marts/funnel/fct_stage_velocities.sql",
)
DRIFTS = ("none", "none", "none", "between", "walk", "trend")
Edit = tuple[str, str, str]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Pair:
    """A row of the seed `stage_pairs`: the horizon, blank to be learned, and since when known."""

    horizon_days: int | None
    observed_from: date | None = None


@dataclass(frozen=True)
class World:
    """What is true of one stage pair. Days; probabilities by cohort, oldest first."""

    name: str
    family: str
    drift: str
    horizon: int
    months: list[date]
    sizes: list[int]
    eventual: Floats
    lag: Any
    loss: Any
    loses: float
    is_latent: bool

    def true_conversions(self) -> Floats:
        """Each cohort's probability to convert within the horizon's last day."""
        end = self.horizon + 1.0
        if self.is_latent:
            return np.asarray(self.eventual * self.lag.cdf(end))
        # Who converts and who is lost are independent; the first of the two happens.
        days = np.linspace(0.0, end, 20_001)
        middles = (days[1:] + days[:-1]) / 2
        stays = 1 - self.loses * self.loss.cdf(middles)
        return np.asarray(self.eventual * np.sum(np.diff(self.lag.cdf(days)) * stays))


def make_world(number: int, rng: np.random.Generator, as_of: date = AS_OF) -> World:
    """A world drawn at random."""
    family = ("lognormal", "weibull", "exponential")[number % 3]
    drift = DRIFTS[number % len(DRIFTS)]
    median = float(np.exp(rng.uniform(np.log(5), np.log(50))))
    months = _months_before(as_of, int(rng.integers(18, 31)))
    base = rng.uniform(0.05, 0.6)
    eventual = np.clip(base * _drift(drift, len(months), rng), 0.01, 0.95)
    size = rng.uniform(50, 800)
    return World(
        name=f"w{number:03d}",
        family=family,
        drift=drift,
        horizon=int(rng.choice([30, 60, 90, 120])),
        months=months,
        sizes=[int(n) for n in np.clip(size * rng.uniform(0.7, 1.3, len(months)), 50, 800)],
        eventual=eventual,
        lag=_lag(family, median, rng),
        loss=stats.lognorm(s=rng.uniform(0.5, 1.2), scale=rng.uniform(10, 90)),
        loses=float(rng.uniform(0.0, 1.0)),
        is_latent=bool(rng.integers(2)),
    )


def _months_before(as_of: date, count: int) -> list[date]:
    last = as_of.year * 12 + as_of.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(last - count + 1, last + 1)]


def _drift(kind: str, count: int, rng: np.random.Generator) -> Floats:
    """Factors of the conversion by cohort, around 1."""
    if kind == "between":
        return np.asarray(np.exp(rng.normal(0, rng.uniform(0.1, 0.3), count)))
    if kind == "walk":
        return np.asarray(np.exp(np.cumsum(rng.normal(0, rng.uniform(0.03, 0.1), count))))
    if kind == "trend":
        return np.linspace(1, rng.uniform(0.6, 1.5), count)
    return np.ones(count)


def _lag(family: str, median: float, rng: np.random.Generator) -> Any:
    if family == "lognormal":
        return stats.lognorm(s=rng.uniform(0.6, 1.3), scale=median)
    shape = rng.uniform(0.7, 1.8) if family == "weibull" else 1.0
    return stats.weibull_min(shape, scale=median / np.log(2) ** (1 / shape))


def simulate(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Entities of a world with their whole lives: conversion and loss in days after the entry."""
    cohort = np.repeat(np.arange(len(world.months)), world.sizes)
    size = len(cohort)
    willing = rng.random(size) < world.eventual[cohort]
    losing = (rng.random(size) < world.loses) & ~(willing & world.is_latent)
    converts = np.where(willing, world.lag.rvs(size, random_state=rng), np.inf)
    lost = np.where(losing, world.loss.rvs(size, random_state=rng), np.inf)
    months = np.array(world.months, dtype="datetime64[M]")[cohort]
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    return pd.DataFrame(
        {
            "world": world.name,
            "cohort": cohort,
            "entered": months.astype("datetime64[D]") + (rng.random(size) * length).astype(int),
            "converts": _whole_days(np.where(converts < lost, converts, np.inf)),
            "lost": _whole_days(np.where(converts < lost, np.inf, lost)),
        }
    )


def _whole_days(days: Floats) -> pd.Series:
    """Days rounded down; none for what does not happen within a century."""
    happens = days < 36_500
    return pd.Series(np.where(happens, days, 0).astype(int)).astype("Int64").where(happens)


class WorldsProject:
    """A dbt project of the models of conversions, with made-up stage entries below them."""

    def __init__(self, folder: Path, pairs: Mapping[str, Pair], as_of: date = AS_OF) -> None:
        """Lay the project out in `folder`; `pairs` are the stage pairs by name."""
        self.folder, self.as_of = folder, as_of
        for name in COPIED:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
            copy(PROJECT / name, folder / name)
        entries = folder / "entries.parquet"
        (folder / "models/marts/funnel/fct_stage_entries.sql").write_text(
            "select *, null::varchar as segment, null::varchar as region,"
            f" null::varchar as owner_id, null::varchar as campaign from read_parquet('{entries}')",
            encoding="utf-8",
        )
        (folder / "models/marts/funnel/dim_stages.sql").write_text(
            "select stage, case when stage like '%_from' then 1 else 2 end as position"
            " from (select distinct stage from {{ ref('fct_stage_entries') }})",
            encoding="utf-8",
        )
        (folder / "seeds").mkdir()
        rows = [
            f"{name},{name}_from,{name}_to,{pair.horizon_days or ''},{pair.observed_from or ''}"
            for name, pair in pairs.items()
        ]
        header = "stage_pair,from_stage,to_stage,horizon_days,observed_from"
        (folder / "seeds/stage_pairs.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
        declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
        declared["models"] = {"keiro": {"+materialized": "table"}}
        types = {"horizon_days": "integer", "observed_from": "date"}
        declared["seeds"] = {"keiro": {"stage_pairs": {"+column_types": types}}}
        declared |= {"model-paths": ["models"], "test-paths": ["tests"]}
        (folder / "dbt_project.yml").write_text(yaml.safe_dump(declared), encoding="utf-8")
        self.settings = load_settings(project_dir=folder)

    def edit(self, name: str, before: str, after: str) -> None:
        """Change a model, to see what a test makes of it."""
        (path,) = self.folder.glob(f"models/**/{name}.sql")
        text = path.read_text(encoding="utf-8")
        if before not in text:
            raise ValueError(f"{name} does not say {before!r}")
        path.write_text(text.replace(before, after), encoding="utf-8")

    def build(self, entries: duckdb.DuckDBPyRelation) -> None:
        """Build all models from rows in the shape of fct_stage_entries."""
        entries.write_parquet(str(self.folder / "entries.parquet"))
        DbtProject(self.settings, self.as_of).build()

    def connect(self) -> duckdb.DuckDBPyConnection:
        """The warehouse, to be read."""
        return duckdb.connect(str(self.settings.path(self.settings.warehouse)), read_only=True)


# Lives as they are known on the as-of day: what comes later has not happened.
ENTRIES = """
with lives as (
    select
        world || '_' || row_number() over () as entity_id, world, entered::date as entered,
        entered::date + converts::integer as converted_date,
        entered::date + lost::integer as lost_date
    from lives
    where entered::date <= date '{as_of}'
), known as (
    select
        entity_id, world, entered,
        case when converted_date <= date '{as_of}' then converted_date end as converted_date,
        case when lost_date <= date '{as_of}' then lost_date end as lost_date
    from lives
)
select
    entity_id, world || '_from' as stage, 1 as spell, cast(entered as timestamp) as entered_at,
    entered as entered_date, cast(coalesce(converted_date, lost_date) as timestamp) as exited_at,
    case when converted_date is not null then 'advanced'
        when lost_date is not null then 'lost' else 'open' end as exit_type,
    'other' as channel
from known
union all
select
    entity_id, world || '_to', 1, cast(converted_date as timestamp), converted_date, null, 'open',
    'other'
from known
where converted_date is not null
"""

ESTIMATES = """
create table estimates as
with outcomes as (
    select
        lives.world, date_trunc('month', lives.entered)::date as month, truths.drift, truths.family,
        max(truths.truth) as truth,
        count(*) filter (where lives.converts <= truths.horizon) as will_convert
    from lives
    join truths on lives.world = truths.world and lives.cohort = truths.cohort
    where lives.entered::date <= date '{as_of}'
    group by all
)
select
    conversions.*, outcomes.truth, outcomes.drift, outcomes.family, outcomes.will_convert,
    curves.conversion as pooled
from built.funnel.fct_cohort_conversions conversions
join outcomes
    on conversions.stage_pair = outcomes.world and conversions.cohort_month = outcomes.month
join built.funnel.fct_conversion_curves curves
    on conversions.stage_pair = curves.stage_pair and conversions.scope = curves.scope
    and conversions.horizon_days = curves.lag_days
where conversions.scope = 'all'
"""


def estimate_worlds(
    folder: Path, worlds: int, seed: int, *, edits: Collection[Edit] = ()
) -> duckdb.DuckDBPyConnection:
    """A database with the table `estimates`: a row per cohort of each world.

    Beside the columns of fct_cohort_conversions stand `truth` (the probability to convert within
    the horizon), `will_convert` (how many of the cohort do in the end) and `pooled` (the curve of
    all cohorts at the horizon). `edits` change
    the models: file, text before and after.
    """
    rng = np.random.default_rng(seed)
    made = [make_world(number, rng) for number in range(worlds)]
    con = duckdb.connect()
    con.register("lives", pd.concat([simulate(world, rng) for world in made]))
    con.register("truths", pd.concat([truths(world) for world in made]))
    project = WorldsProject(folder, {world.name: Pair(world.horizon) for world in made})
    for edit in edits:
        project.edit(*edit)
    project.build(con.sql(ENTRIES.format(as_of=AS_OF)))
    warehouse = project.settings.path(project.settings.warehouse)
    con.execute(f"attach '{warehouse}' as built (read_only)")
    con.execute(ESTIMATES.format(as_of=AS_OF))
    return con


def truths(world: World) -> pd.DataFrame:
    """What is true of each cohort of a world."""
    return pd.DataFrame(
        {
            "world": world.name,
            "family": world.family,
            "drift": world.drift,
            "horizon": world.horizon,
            "cohort": range(len(world.months)),
            "truth": world.true_conversions(),
        }
    )


SUMMARY = """
select
    {by}, count(*) as cohorts,
    round(100 * avg(rate - truth), 2) as mean_error,
    round(100 * avg(abs(rate - truth)), 2) as absolute_error,
    round(100 * avg(plain_rate - truth), 2) as plain_mean_error,
    round(100 * avg(abs(plain_rate - truth)), 2) as plain_absolute_error,
    round(100 * avg((truth between rate_lower and rate_upper)::int), 1) as covered,
    round(100 * avg((will_convert between projected_lower and projected_upper)::int), 1)
        as outcomes_covered
from estimates where status = 'provisional' group by 1 order by 1
"""


def main() -> None:
    """Simulate, estimate, and print errors in points and coverage in percent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        con = estimate_worlds(Path(folder), arguments.worlds, arguments.seed)
        shares = "case when developed_share < 0.5 then '20 to 50 %' else 'above' end"
        for by in ("'all' as part", "drift", "family", f"{shares} as developed"):
            print(con.sql(SUMMARY.format(by=by)).df().to_string(index=False), end="\n\n")


if __name__ == "__main__":
    main()
