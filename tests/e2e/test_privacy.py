"""Nothing personal leaves the work database: in no table, page, manifest or printed line."""

import csv

import duckdb
import pytest

from tests.e2e.conftest import PublishedDemo


@pytest.fixture(scope="module")
def personal(demo: PublishedDemo) -> set[str]:
    """E-mail addresses, full names and deal names of the CRM exports."""
    found: set[str] = set()
    contacts = max((demo.exports / "hubspot").glob("*all-contacts*.csv"))
    with contacts.open(encoding="cp932", newline="") as lines:
        for row in csv.DictReader(lines):
            found |= {row["Eメール"].lower(), row["姓"] + row["名"], f"{row['姓']} {row['名']}"}
    deals = max((demo.exports / "hubspot").glob("*all-deals*.csv"))
    with deals.open(encoding="utf-8", newline="") as lines:
        found |= {row["Deal Name"] for row in csv.DictReader(lines)}
    return {text for text in found if len(text.strip()) > 2}


def test_published_tables_hold_nothing_personal(demo: PublishedDemo, personal: set[str]) -> None:
    assert len(personal) > 5000
    with duckdb.connect(str(demo.database), read_only=True) as con:
        con.execute(
            "create temp table personal as select unnest($texts) as text", {"texts": list(personal)}
        )
        columns = con.execute(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " where data_type = 'VARCHAR' and schema_name in ('funnel', 'kpi', 'load')"
        ).fetchall()
        assert len(columns) > 60
        leaks = [
            (schema, table, column)
            for schema, table, column in columns
            if con.execute(
                f"""
                select count(*)
                from (select distinct lower({column}) as text from {schema}.{table}) as t
                where text like '%@%.example%' or text in (select lower(text) from personal)
                """
            ).fetchone()
            != (0,)
        ]
    assert leaks == []


def test_page_manifest_and_output_hold_nothing_personal(
    demo: PublishedDemo, personal: set[str]
) -> None:
    folder = demo.published / "current"
    texts = [
        demo.output,
        (folder / "manifest.json").read_text(encoding="utf-8"),
        (folder / "report.html").read_text(encoding="utf-8"),
    ]
    # A name of two or three characters can stand in any Japanese text by chance.
    long_ones = [text for text in personal if len(text) > 5]
    assert len(long_ones) > 5000
    pages = [text.lower() for text in texts]
    assert [text for text in long_ones for page in pages if text.lower() in page] == []
