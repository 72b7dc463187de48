"""Where the KGI will end, the chance of its target, and how right past forecasts were."""

from dataclasses import dataclass

from keiro.report.rows import Target
from keiro.report.voice import Voice


@dataclass(frozen=True)
class Tile:
    """A figure of the KGI's panel, with a note below it."""

    name: str
    value: str
    exact: str
    note: str


@dataclass(frozen=True)
class Score:
    """A line of the table of past forecasts, as it is shown."""

    horizon: str
    n: str
    coverage: str
    brier: str
    run_rate: str


def outlook_tiles(voice: Voice, target: Target) -> tuple[Tile, ...]:
    """Forecast with its interval, chance of the target, coverage beside what is required.

    A forecast that cannot be made is a tile too, with the reason.
    """
    unit = voice.facts.kpis[target.metric].unit
    if target.forecast is None:
        reason = target.forecast_reason
        note = voice.word("forecast_reason", reason) if reason else ""
        return (Tile(voice.t("forecast"), voice.t("no_forecast"), "", note),) if reason else ()
    tiles = [
        Tile(
            voice.t("forecast"),
            voice.number(target.forecast, unit),
            voice.exact(target.forecast, unit),
            voice.t(
                "forecast_note",
                lower=voice.number(target.forecast_lower, unit),
                upper=voice.number(target.forecast_upper, unit),
            ),
        )
    ]
    if target.p_hit is not None:
        tiles.append(Tile(voice.t("p_hit"), chance(target.p_hit), "", voice.t("p_hit_note")))
    if target.coverage is not None and target.coverage_required is not None:
        tiles.append(
            Tile(
                voice.t("coverage"),
                f"{target.coverage:.1f}x",
                "",
                voice.t("coverage_note", required=f"{target.coverage_required:.1f}x"),
            )
        )
    return tuple(tiles)


def chance(share: float) -> str:
    """A chance in whole percents; draws tell no less than one in a hundred from none."""
    if 0 < share < 0.01:
        return "< 1%"
    return "> 99%" if 0.99 < share < 1 else f"{share:.0%}"


def scores(voice: Voice) -> tuple[Score, ...]:
    """Scores of past forecasts by what was left of the period, all of them together last."""
    shown = []
    for row in voice.facts.scores:
        few = f" ({voice.t('score_few')})" if row["status"] == "insufficient" else ""
        shown.append(
            Score(
                voice.t("score_all") if row["horizon"] == "all" else row["horizon"],
                f"{row['n']:,}{few}",
                voice.percent(row["coverage"]),
                f"{row['brier']:.3f}",
                f"{row['brier_run_rate']:.3f}",
            )
        )
    return tuple(shown)
