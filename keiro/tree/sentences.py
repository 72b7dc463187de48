"""An explanation in sentences, in English or in Japanese."""

from itertools import groupby
from typing import Any

from keiro.report.formats import number, percent, period
from keiro.report.labels import Lang
from keiro.tree.explaining import Explanation
from keiro.tree.reading import Row
from keiro.tree.show import plain
from keiro.tree.wording import WORDS, say

# Of each way of splitting up so many parts are said one by one.
SHOWN = 6


def sentences(explanation: Explanation, language: Lang, *, year_begins: int) -> list[str]:
    """What changed, by how much, through what, and how far to trust it; one sentence an item.

    `year_begins` is the month in which fiscal years begin.
    """
    change = explanation.change
    lines = [_what_changed(explanation, language, year_begins), *_how_sure(explanation, language)]
    groups = groupby(explanation.contributions, key=lambda row: str(row["decomposition"]))
    for decomposition, group in groups:
        rows = list(group)
        methods = "、" if language == "ja" else ", "
        names = sorted({say(language, f"method.{row['method']}") for row in rows})
        lines.append(
            say(
                language,
                f"by_{decomposition}",
                formula=explanation.kpi["identity_formula"],
                method=methods.join(names),
            )
        )
        lines += [f"  {_part(explanation, row, language)}" for row in rows[:SHOWN]]
        if rest := rows[SHOWN:]:
            together = sum(row["contribution"] for row in rest)
            contribution = signed(together, explanation.kpi["unit"], language)
            lines.append("  " + say(language, "more_parts", n=len(rest), contribution=contribution))
    if not explanation.contributions:
        lines.append(say(language, "nothing"))
    lines += [
        say(language, key)
        for key in (change["status"], change["trust"])
        if key in ("provisional", "insufficient", "drifting")
    ]
    if explanation.contributions:
        lines.append(say(language, "not_causal"))
    return lines


def as_json(explanation: Explanation) -> dict[str, Any]:
    """The same as plain values for scripts."""
    question = plain(vars(explanation.question))
    return {
        "version": explanation.publication.version,
        **question,
        "unit": explanation.kpi["unit"],
        **plain(explanation.change),
        "contributions": [plain(row) for row in explanation.contributions],
    }


def signed(value: float, unit: str, language: Lang) -> str:
    """A difference with its sign; of shares in percentage points."""
    sign = "+" if value > 0 else "-" if value < 0 else "±"
    if unit == "ratio":
        points = "ポイント" if language == "ja" else " points"
        return f"{sign}{100 * abs(value):.1f}{points}"
    if unit == "count" and abs(value) < 100 and value != round(value):
        return f"{sign}{abs(value):,.1f}"
    return f"{sign}{number(abs(value), unit, language)}"


def _what_changed(explanation: Explanation, language: Lang, year_begins: int) -> str:
    change, question, unit = explanation.change, explanation.question, explanation.kpi["unit"]
    before, after = (number(change[key], unit, language) for key in ("from_value", "to_value"))
    names = [
        period(question.grain, day, day, language, year_begins=year_begins) if day else ""
        for day in (question.before, question.after)
    ]
    key = "rose" if change["change"] > 0 else "fell" if change["change"] < 0 else "same"
    return say(
        language,
        key if question.before else "against",
        label=_label(explanation, question.metric, language) + _scope(explanation, language),
        before=before,
        after=after,
        from_period=names[0],
        to_period=names[1],
        change=signed(change["change"], unit, language),
        share=_relative(change, unit, language),
    )


def _how_sure(explanation: Explanation, language: Lang) -> list[str]:
    change, unit = explanation.change, explanation.kpi["unit"]
    lower, upper = change["change_lower"], change["change_upper"]
    if lower is None or upper is None:
        return [say(language, "no_interval")] if explanation.contributions else []
    key = "interval" if lower > 0 or upper < 0 else "noise"
    return [
        say(
            language,
            key,
            lower=signed(lower, unit, language),
            upper=signed(upper, unit, language),
        )
    ]


def _part(explanation: Explanation, row: Row, language: Lang) -> str:
    unit = explanation.kpi["unit"]
    has_interval = row["lower"] is not None and row["upper"] is not None
    share = row["share_of_change"]
    said = say(
        language,
        "part" if has_interval else "part_without",
        driver=_driver(explanation, row, language),
        contribution=signed(row["contribution"], unit, language),
        share="" if share is None else _bracketed(_share(share, language), language),
        lower=signed(row["lower"], unit, language) if has_interval else "",
        upper=signed(row["upper"], unit, language) if has_interval else "",
    )
    if row["is_distinguishable"] is False:
        said += say(language, "list", item=say(language, "part_noise"))
    return said


def _driver(explanation: Explanation, row: Row, language: Lang) -> str:
    if row["decomposition"] == "cohorts":
        return say(language, f"cohort.{row['effect']}")
    driver = str(row["driver"])
    name = say(language, driver) if driver in WORDS else _label(explanation, driver, language)
    if row["decomposition"] == "segments" and row["effect"] in ("rate", "mix", "entry"):
        name += _bracketed(say(language, f"effect.{row['effect']}"), language)
    return name


def _label(explanation: Explanation, name: str, language: Lang) -> str:
    """The label of a metric or scope, else its name."""
    labels = explanation.labels.get(name)
    return str(labels[f"label_{language}"] or name) if labels else name


def _scope(explanation: Explanation, language: Lang) -> str:
    scope = explanation.question.scope
    return "" if scope == "all" else _bracketed(_label(explanation, scope, language), language)


def _relative(change: Row, unit: str, language: Lang) -> str:
    """The change as a percentage of the value before, where that means something."""
    if unit == "ratio" or change["from_value"] <= 0 or change["change"] == 0:
        return ""
    share = percent(change["change"] / change["from_value"])
    share = f"+{share}" if change["change"] > 0 else share
    # In Japanese it stands in a bracket already.
    return f"、{share}" if language == "ja" else f" ({share})"


def _share(share: float, language: Lang) -> str:
    # Rounded first: what rounds to zero has no sign.
    return say(language, "share", share=f"{round(share, 2) + 0.0:.0%}")


def _bracketed(text: str, language: Lang) -> str:
    return f"（{text}）" if language == "ja" else f" ({text})"
