"""The declarations that docs/sources/other_tools.md shows load the files that they speak of."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keiro.ingest import ensure_schema, load_exports, read_declarations
from tests.conftest import PROJECT

PAGE = PROJECT / "docs" / "sources" / "other_tools.md"
X_ADS = (
    "Time period,Ad Group name,Impressions,Clicks,Leads,Spend\n"
    '2026-09-01,Tokyo,"1,000",10,1,500\n2026-09-01,Osaka,200,2,0,90\n'
)
X_AGAIN = (
    "Time period,Ad Group name,Impressions,Clicks,Leads,Spend\n2026-09-01,Tokyo,1100,11,1,505\n"
)
MATOMO = "label\tnb_uniq_visitors\tnb_visits\nSearch\t12\t34\n直接\t5\t6\n"
HITS = (
    '17\t4\t1712000000\t0\t1\t9\t8\t2\tHome: 5" screens\n'
    "17\t5\t1712000060\t1\t1\t9\t8\t2\tA\\tB, C\n"
)
Rows = list[tuple[Any, ...]]


@pytest.fixture
def loaded(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A project of the page's declarations, with a file of each tool loaded; X's twice."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    (tmp_path / "dbt_project.yml").write_text("name: t\nmodel-paths: [models]\n")
    (tmp_path / "models").mkdir()
    for number, block in enumerate(blocks):
        path = tmp_path / "models" / f"_{number}__sources.yml"
        path.write_text(block, encoding="utf-8")
    exports = tmp_path / "exports"
    files = {
        "x_ads/a.csv": X_ADS.encode(),
        "x_ads/b.csv": X_AGAIN.encode(),
        "matomo/Export_referrers_2026-09-01.tsv": MATOMO.encode("utf-16"),
        "adobe/01-site_20260901_hit_data.tsv": HITS.encode(),
    }
    for name, content in files.items():
        (exports / name).parent.mkdir(parents=True, exist_ok=True)
        (exports / name).write_bytes(content)
    con = duckdb.connect()
    objects = read_declarations(tmp_path)
    ensure_schema(con, objects)
    summary = load_exports(con, objects, exports)
    assert [file.message for file in summary.files if file.status != "loaded"] == []
    return con


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return con.execute(sql).fetchall()


def test_x_matomo_and_adobe_load_as_declared(loaded: duckdb.DuckDBPyConnection) -> None:
    assert _rows(
        loaded,
        "select ad_group, spend, _is_deleted, _extra from raw.x_ads__ad_groups"
        " order by _load_seq, _is_deleted, _row_number",
    ) == [
        ("Tokyo", "500", False, '{"Leads":"1"}'),
        ("Osaka", "90", False, '{"Leads":"0"}'),
        ("Tokyo", "505", False, '{"Leads":"1"}'),
        ("Osaka", None, True, None),
    ]
    assert _rows(loaded, "select label, visitors, visits from raw.matomo__referrers") == [
        ("Search", "12", "34"),
        ("直接", "5", "6"),
    ]
    assert _rows(loaded, "select hitid_low, exclude_hit, post_pagename from raw.adobe__hits") == [
        ("4", "0", 'Home: 5" screens'),
        ("5", "1", "A\\tB, C"),
    ]
