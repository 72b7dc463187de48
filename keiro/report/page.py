"""Puts the page together: one HTML file that holds both languages and asks for nothing outside."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from keiro.report import funnel, goal, process, tree
from keiro.report.charts import specifications
from keiro.report.designs import Designs, build_designs
from keiro.report.facts import Facts, read_facts
from keiro.report.initiatives import Step, build_initiatives
from keiro.report.labels import LANGUAGES, Lang
from keiro.report.notices import Notices, Provenance, build_notices, build_provenance
from keiro.report.rows import Kpi
from keiro.report.trends import (
    Cell,
    Trend,
    build_trends,
    chosen,
    month_rows,
    month_table,
    spark_rows,
)
from keiro.report.voice import Voice


@dataclass(frozen=True)
class Body:
    """All that one language's part of the page shows."""

    voice: Voice
    roots: list[tree.Node]
    goal: goal.Goal
    stages: list[funnel.Stage]
    process: process.Process
    has_outcomes: bool
    trends: list[Trend]
    month_table: list[tuple[str, list[Cell]]]
    notices: Notices
    initiatives: list[Step]
    designs: Designs | None
    provenance: Provenance


def write_report(published_db: Path, out_file: Path, *, language: Lang = "en") -> None:
    """Write the page of a published database.

    Args:
        published_db: The published DuckDB file; only funnel, kpi and load are read, read-only.
        out_file: The HTML file to write; an existing one is replaced in one step.
        language: The language that is shown first. The page holds both.

    Raises:
        duckdb.Error: the file is no database, or a table lacks a column of the contract.
        OSError: the page cannot be written.

    """
    html = render(read_facts(published_db), language)
    draft = out_file.with_name(f".{out_file.name}.draft")
    draft.write_text(html, encoding="utf-8")
    os.replace(draft, out_file)  # noqa: PTH105


def render(facts: Facts, language: Lang) -> str:
    """The page as text."""
    order = [language, *(lang for lang in LANGUAGES if lang != language)]
    bodies: list[Body] = []
    payload: dict[str, Any] = {"specs": {}, "rows": {}, "titles": {}}
    for lang in order:
        voice = Voice(lang, facts)
        roots = tree.build_tree(voice)
        kpis = chosen(voice, roots)
        rows = _rows(voice, roots, kpis)
        payload["specs"][lang] = _specs(voice, kpis)
        payload["rows"][lang] = rows
        payload["titles"][lang] = voice.t("title")
        bodies.append(_body(voice, roots, kpis, has_outcomes=bool(rows["outcomes"])))
    environment = Environment(
        loader=PackageLoader("keiro.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    scripts = [_library(), _asset(environment, "page.js")]
    return environment.get_template("page.html.j2").render(
        bodies=bodies,
        language=language,
        style=Markup(_asset(environment, "page.css")),  # noqa: S704  a file of this package
        scripts=[Markup(script) for script in scripts],  # noqa: S704  no data in them
        script_sources=" ".join(_csp_hash(script) for script in scripts),
        payload=embed_json(payload),
    )


def embed_json(value: Any) -> Markup:
    """JSON that can stand inside a script element: no `<`, `>` or `&` of the data is left."""
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        plain = plain.replace(character, f"\\u{ord(character):04x}")
    return Markup(plain)  # noqa: S704  nothing that ends the element is left


def _body(voice: Voice, roots: list[tree.Node], kpis: list[Kpi], *, has_outcomes: bool) -> Body:
    return Body(
        voice=voice,
        roots=roots,
        goal=goal.build_goal(voice, roots),
        stages=funnel.build_funnel(voice),
        process=process.build_process(voice),
        has_outcomes=has_outcomes,
        trends=build_trends(voice, kpis),
        month_table=month_table(voice, kpis),
        notices=build_notices(voice),
        initiatives=build_initiatives(voice),
        designs=build_designs(voice),
        provenance=build_provenance(voice),
    )


def _rows(voice: Voice, roots: list[tree.Node], kpis: list[Kpi]) -> dict[str, Any]:
    """The charts' rows by name."""
    shown = [node.metric for root in roots for node in root.walk() if node.has_months]
    return {
        "pace": goal.pace_rows(voice),
        "outcomes": funnel.outcome_rows(voice),
        **{f"months:{kpi.metric}": month_rows(voice, kpi) for kpi in kpis},
        **{f"spark:{metric}": spark_rows(voice, metric) for metric in shown},
    }


def _specs(voice: Voice, kpis: list[Kpi]) -> dict[str, Any]:
    metric = goal.kgi_metric(voice)
    return specifications(
        voice.lang,
        units={kpi.unit for kpi in kpis},
        kgi_unit=voice.facts.kpis[metric].unit if metric else None,
        months=max((len(voice.facts.months(kpi.metric)) for kpi in kpis), default=0),
        stages=len({row["stage"] for row in funnel.outcome_rows(voice)}),
    )


@cache
def _library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    import vl_convert

    # Its type hints ask for the snippet that its documentation calls optional.
    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return bundle.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def _asset(environment: Environment, name: str) -> str:
    assert environment.loader is not None  # noqa: S101  set above
    return environment.loader.get_source(environment, name)[0]


def _csp_hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
