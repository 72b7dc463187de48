"""The findings as a table, for the published file and the page."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from keiro.lint.data import make_data, narrowed
from keiro.lint.judging import Verdict, judge
from keiro.lint.output import plain
from keiro.lint.reading import read_design

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("finding_id", "rule_id", "severity", "metric", "file")),
        *(
            (f"{kind}_{language}", pa.string())
            for kind in ("message", "remedy")
            for language in ("en", "ja")
        ),
        ("evidence", pa.string()),
        ("reason", pa.string()),
        ("position", pa.int64()),
    ]
)


def findings_table(
    target_dir: Path,
    relations: Mapping[str, duckdb.DuckDBPyRelation],
    targets: Iterable[Mapping[str, Any]],
    as_of: date,
) -> pa.Table:
    """One row per finding, those that are switched off among them.

    Args:
        target_dir: dbt's target folder, with `manifest.json` of a parse.
        relations: the tables of `keiro.lint.data.QUERIES`, by name.
        targets: rows of `kpi.fct_kpi_targets`.
        as_of: the day on which it is judged.

    """
    data = make_data(narrowed(relations))
    return as_table(judge(read_design(target_dir, targets=targets, as_of=as_of, data=data)))


def as_table(verdict: Verdict) -> pa.Table:
    """Findings in their order, the worst first; `position` counts from 0."""
    every = [*verdict.findings, *verdict.switched_off]
    seen: dict[str, int] = {}
    rows = []
    for position, finding in enumerate(every):
        # A rule may find several things of one metric, such as two of its edges.
        name = f"{finding.rule.id}:{finding.metric}"
        number = seen[name] = seen.get(name, -1) + 1
        row = plain(finding)
        rows.append(
            {
                **row,
                "finding_id": f"{name}:{number}" if number else name,
                "rule_id": row["rule"],
                "evidence": json.dumps(row["evidence"], ensure_ascii=False, sort_keys=True),
                "reason": (finding.reason or "").strip() or None,
                "position": position,
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)
