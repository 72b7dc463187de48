"""Vega-Lite specifications of the charts, made with Altair, without their data.

A chart's rows are put in by the page's script, so one specification serves all KPIs of a unit.
All dates are read and written in UTC: a page opened in another time zone shows the same days.
"""

import math
from typing import Any

from keiro.report import formats
from keiro.report.labels import Lang, text

INK = "#1d2b36"
MUTED = "#66737d"
GRID = "#e6eaed"
ACCENT = "#1b5e7b"
PALE = "#9fb6c3"
AMBER = "#f3e3bd"
GREY = "#d5dadd"
# Months between two ticks, by the number of months that a chart shows.
MONTH_STEPS = ((4, 1), (8, 2), (14, 3), (math.inf, 6))
BAR_STEP = 26
OUTCOME_COLOURS = ("#1b5e7b", "#c9d6dd", "#b9846a")
FONT = (
    "'Hiragino Sans', 'Yu Gothic UI', 'Segoe UI', system-ui, 'Noto Sans CJK JP', 'Noto Sans JP', "
    "IPAexGothic, sans-serif"
)
Spec = dict[str, Any]


def specifications(
    lang: Lang, *, units: set[str], kgi_unit: str | None, months: int, stages: int
) -> dict[str, Spec]:
    """Specifications by name: `spark`, `outcomes`, `pace`, and `months:<unit>` for each unit.

    `months` is the length of the longest monthly series, `stages` the number of bars of outcomes.
    """
    import altair as alt

    # Altair validates each part as it is put together, which takes seconds; the tests validate
    # the finished specifications instead.
    with alt.utils.schemapi.debug_mode(False):
        specs = {"spark": _spark(), "outcomes": _outcomes(lang, stages)}
        specs |= {f"months:{unit}": _months(lang, unit, months) for unit in sorted(units)}
        if kgi_unit:
            specs["pace"] = _pace(lang, kgi_unit)
    return specs


def _spark() -> Spec:
    import altair as alt

    x = alt.X("d:T", scale=alt.Scale(type="utc"), axis=None)
    y = alt.Y("v:Q", scale=alt.Scale(zero=False, padding=3), axis=None)
    line = alt.Chart().mark_line(color=ACCENT, strokeWidth=1.5).encode(x, y)
    last = (
        alt.Chart()
        .transform_filter("datum.last")
        .mark_point(size=22, filled=True, opacity=1, stroke=ACCENT, strokeWidth=1.5)
        .encode(
            x,
            y,
            fill=alt.condition("datum.kind === 'final'", alt.value(ACCENT), alt.value("#ffffff")),
        )
    )
    return _finish(alt.layer(line, last), width=104, height=26, padding=2)


def _months(lang: Lang, unit: str, months: int) -> Spec:
    """Bands for flags, a step for the target, lines and points for the values."""
    import altair as alt

    utc = alt.Scale(type="utc")
    axis = _month_axis(lang, next(step for limit, step in MONTH_STEPS if months <= limit))
    middle = alt.X("m:T", scale=utc, axis=axis)
    start, end = alt.X("d:T", scale=utc, axis=axis), alt.X2("e:T")
    hover = [
        alt.Tooltip("period:N", title=text(lang, "month")),
        alt.Tooltip("value:N", title=text(lang, "value")),
        alt.Tooltip("target:N", title=text(lang, "target")),
        alt.Tooltip("n:N", title="n"),
        alt.Tooltip("note:N", title=text(lang, "value_status")),
    ]
    bands = (
        alt.Chart()
        .transform_filter("datum.trust !== 'ok'")
        .mark_rect(opacity=0.75)
        .encode(
            start,
            end,
            fill=alt.condition("datum.trust === 'withheld'", alt.value(GREY), alt.value(AMBER)),
        )
    )
    goal = (
        alt.Chart()
        .mark_rule(color=MUTED, strokeDash=[4, 3], strokeWidth=1.2)
        .encode(start, end, _y("t", lang, unit))
        .transform_filter("isValid(datum.t)")
    )
    joined = alt.Chart().mark_line(color=PALE, strokeWidth=1).encode(middle, _y("v", lang, unit))
    solid = alt.Chart().mark_line(color=ACCENT, strokeWidth=2).encode(middle, _y("s", lang, unit))
    dashed = (
        alt.Chart()
        .mark_line(color=ACCENT, strokeWidth=1.5, strokeDash=[3, 3])
        .encode(middle, _y("p", lang, unit))
    )
    points = (
        alt.Chart()
        .transform_filter("isValid(datum.v)")
        .mark_point(size=26, filled=True, opacity=1, strokeWidth=1.5)
        .encode(
            middle,
            _y("v", lang, unit),
            fill=alt.condition("datum.kind === 'final'", alt.value(ACCENT), alt.value("#ffffff")),
            stroke=alt.condition(
                "datum.kind === 'insufficient'", alt.value(PALE), alt.value(ACCENT)
            ),
        )
    )
    # The whole column of a month answers to the pointer, not only its point.
    area = alt.Chart().mark_rect(opacity=0).encode(start, end, tooltip=hover)
    return _finish(
        alt.layer(bands, goal, joined, solid, dashed, points, area), width="container", height=150
    )


def _pace(lang: Lang, unit: str) -> Spec:
    """The fiscal year's cumulative line, the line of the pace, and that of the year before."""
    import altair as alt

    x = alt.X("d:T", scale=alt.Scale(type="utc"), axis=_month_axis(lang, 1))
    before = alt.Chart().mark_line(color=PALE, strokeWidth=1.5).encode(x, _y("b", lang, unit))
    pace = (
        alt.Chart()
        .mark_line(color=MUTED, strokeWidth=1.5, strokeDash=[5, 4])
        .encode(x, _y("t", lang, unit))
    )
    actual = alt.Chart().mark_line(color=ACCENT, strokeWidth=3).encode(x, _y("a", lang, unit))
    today = (
        alt.Chart()
        .transform_filter("isValid(datum.a)")
        .transform_window(last="last_value(d)", frame=[None, None])
        .transform_filter("datum.d === datum.last")
        .mark_point(size=70, filled=True, color=ACCENT, opacity=1)
        .encode(x, _y("a", lang, unit))
    )
    hover = alt.selection_point(fields=["d"], nearest=True, on="pointerover", empty=False)
    rule = (
        alt.Chart()
        .mark_rule(color=MUTED)
        .encode(
            x,
            opacity=alt.condition(hover, alt.value(0.5), alt.value(0)),
            tooltip=[
                alt.Tooltip("kd:N", title=text(lang, "as_of")),
                alt.Tooltip("k:N", title=text(lang, "line_actual")),
                alt.Tooltip("kt:N", title=text(lang, "line_pace")),
                alt.Tooltip("kb:N", title=text(lang, "line_before")),
            ],
        )
        .add_params(hover)
    )
    # What is still to come opens from today to the 80 % interval of the year's end.
    coming = alt.Chart().transform_filter("isValid(datum.f)")
    band = coming.mark_area(color=ACCENT, opacity=0.15).encode(
        x, _y("fl", lang, unit), alt.Y2("fu:Q")
    )
    ahead = coming.mark_line(color=ACCENT, strokeWidth=1.5, strokeDash=[2, 3]).encode(
        x, _y("f", lang, unit)
    )
    return _finish(
        alt.layer(before, band, ahead, pace, actual, today, rule), width="container", height=260
    )


def _outcomes(lang: Lang, stages: int) -> Spec:
    """Shares of those who moved on, have not yet, or were lost, by stage."""
    import altair as alt

    words = [text(lang, f"outcome_{name}") for name in ("advanced", "open", "lost")]
    chart = (
        alt.Chart()
        .mark_bar(height=16)
        .encode(
            y=alt.Y(
                "stage:N",
                sort=None,
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelPadding=8, labelLimit=140),
            ),
            x=alt.X(
                "share:Q",
                title=None,
                scale=alt.Scale(domain=[0, 1], nice=False),
                axis=alt.Axis(format="%", tickCount=5, domain=False, ticks=False),
            ),
            color=alt.Color(
                "word:N",
                scale=alt.Scale(domain=words, range=list(OUTCOME_COLOURS)),
                legend=alt.Legend(orient="top", title=None, symbolType="square", offset=6),
            ),
            order="order:Q",
            tooltip=[
                alt.Tooltip("stage:N", title=text(lang, "stage")),
                alt.Tooltip("word:N", title=text(lang, "status")),
                alt.Tooltip("people:N", title=text(lang, "people")),
                alt.Tooltip("percent:N", title=text(lang, "share")),
            ],
        )
    )
    return _finish(chart, width="container", height=BAR_STEP * max(stages, 1))


def _y(field: str, lang: Lang, unit: str) -> Any:
    import altair as alt

    return alt.Y(
        f"{field}:Q",
        title=None,
        scale=alt.Scale(zero=True, nice=True),
        axis=alt.Axis(tickCount=4, domain=False, ticks=False, labelExpr=_label_expr(lang, unit)),
    )


def _month_axis(lang: Lang, step: int) -> Any:
    import altair as alt

    return alt.Axis(
        title=None,
        format="%Y年%-m月" if lang == "ja" else "%Y-%m",
        tickCount={"interval": "month", "step": step},
        grid=False,
        domainColor=GRID,
        tickColor=GRID,
        labelOverlap="greedy",
    )


def _label_expr(lang: Lang, unit: str) -> str:
    """The same short forms as in the text, as a Vega expression."""
    if unit == "ratio":
        return "format(datum.value, '.0%')"
    if unit in ("count", "days"):
        return "format(datum.value, ',~r')"
    sign = formats.symbol(unit)
    expression = f"'{sign}' + format(datum.value, ',.0f')"
    for limit, suffix in reversed(formats.SHORT[lang]):
        size = formats.SIZES[suffix]
        short = f"'{sign}' + format(datum.value / {size:.0f}, ',.3~r') + '{suffix}'"
        expression = f"abs(datum.value) >= {limit:.0f} ? {short} : ({expression})"
    return expression


def _finish(chart: Any, *, width: Any, height: Any, padding: int = 4) -> Spec:
    """The chart as JSON, with the page's look and a place for its rows."""
    styled = (
        chart.properties(width=width, height=height, padding=padding, background="transparent")
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(gridColor=GRID, labelColor=MUTED, labelFontSize=11)
        .configure_legend(labelColor=INK, labelFontSize=12)
    )
    import altair as alt

    styled.data = alt.NamedData(name="rows")
    spec: Spec = styled.to_dict()
    spec["autosize"] = {"type": "fit-x" if width == "container" else "pad", "contains": "padding"}
    return spec
