"""The tree on the terminal: each metric with its value, status, trust and identity check."""

from datetime import date
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.tree import Tree as Lines

from keiro.console import TRUST_STYLES
from keiro.report.formats import NO_VALUE, number, percent
from keiro.report.labels import Lang, word
from keiro.tree.graph import Edge
from keiro.tree.reading import Row, Standing
from keiro.tree.wording import say


def tree_lines(standing: Standing, language: Lang) -> RenderableType:
    """The tree as lines; a metric that stands below several ones is unfolded once."""
    root = standing.rows[standing.tree.root]
    lines = Lines(_line(None, root, language))
    seen = {standing.tree.root}
    _grow(lines, standing, standing.tree.root, seen, language)
    return lines


def heading(standing: Standing, language: Lang) -> str:
    """The period, scope and as-of date that the values are of."""
    known = (row for row in standing.rows.values() if row["period_start"] is not None)
    row = next(known, None)
    period = f"{row['period_start']} – {row['period_end']}" if row else NO_VALUE
    scope = say(language, "all") if standing.scope == "all" else standing.scope
    as_of = standing.publication.manifest["as_of"]
    return say(language, "title", period=period, scope=scope, as_of=as_of)


def as_json(standing: Standing) -> dict[str, Any]:
    """The same as plain values for scripts: metrics in the tree's order, and its edges."""
    in_tree = [metric for _, _, metric in standing.tree.walk()]
    edges = [edge for metric in in_tree for edge in standing.tree.below(metric)]
    return {
        "version": standing.publication.version,
        "as_of": standing.publication.manifest["as_of"],
        "grain": standing.grain,
        "scope": standing.scope,
        "root": standing.tree.root,
        "metrics": [plain(standing.rows[metric]) for metric in in_tree],
        "drivers": [plain(vars(edge)) for edge in edges],
    }


def plain(row: Row) -> Row:
    """A row with dates as text."""
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()
    }


def _grow(lines: Lines, standing: Standing, metric: str, seen: set[str], language: Lang) -> None:
    for edge in standing.tree.below(metric):
        row = standing.rows[edge.driver]
        if edge.driver in seen:
            label = escape(str(row[f"label_{language}"]))
            lines.add(f"[dim]{label} ({say(language, 'above')})[/dim]")
            continue
        seen.add(edge.driver)
        branch = lines.add(_line(edge, row, language))
        _grow(branch, standing, edge.driver, seen, language)


def _line(edge: Edge | None, row: Row, language: Lang) -> str:
    style = TRUST_STYLES.get(str(row["trust"]), "")
    value = _value(row, language)
    parts = [
        f"[bold]{escape(str(row[f'label_{language}'] or row['metric']))}[/bold]",
        f"[{style}]{escape(value)}[/{style}]" if style else escape(value),
        *(escape(fact) for fact in _facts(row, language)),
    ]
    if edge is not None:
        parts.append(f"[dim]{escape(_why(edge, language))}[/dim]")
    if row["identity_formula"]:
        verdict = _verdict(row, language)
        parts.append(f"[dim]= {escape(row['identity_formula'])}[/dim] ({escape(verdict)})")
    return "  ".join(parts)


def _value(row: Row, language: Lang) -> str:
    if row["trust"] == "withheld":
        return word(language, "trust", "withheld")
    return number(row["value"], row["unit"], language)


def _facts(row: Row, language: Lang) -> list[str]:
    """Cases, target and how far it is reached, maturity and trust, as far as they are not plain."""
    facts = []
    if row["n"] is not None:
        facts.append(say(language, "cases", n=f"{row['n']:,}"))
    if row["target"] is not None:
        target = say(language, "target", target=number(row["target"], row["unit"], language))
        status = word(language, "status", row["target_status"])
        facts.append(f"{target} ({percent(row['attainment'])}, {status})")
    if row["status"] not in (None, "final"):
        facts.append(word(language, "maturity", row["status"]))
    if row["trust"] == "drifting":
        facts.append(word(language, "trust", "drifting"))
    return facts


def _why(edge: Edge, language: Lang) -> str:
    why = say(language, f"kind.{edge.kind}", lag=edge.lag_days)
    if edge.kind == "hypothesis" and edge.evidence is None:
        return f"{why}, {say(language, 'unproven')}"
    return why


def _verdict(row: Row, language: Lang) -> str:
    status = row["identity_status"]
    if status is None:
        return say(language, "identity.unknown")
    key = row["identity_reason"] if status == "not_judged" else status
    sides = {}
    if status == "broken":
        names = {"value": "identity_value", "formula_value": "formula_value"}
        sides = {name: f"{row[column]:,.6g}" for name, column in names.items()}
    verdict = say(language, f"identity.{key}", **sides)
    elsewhere = row["identity_broken_periods"]
    if elsewhere and status != "broken":
        verdict += ", " + say(language, "identity.broken_periods", n=elsewhere)
    return verdict
