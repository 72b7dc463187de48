"""JSON and Parquet come back as Python's json module and pyarrow read them: an own answer key."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("json"))
    project.declare(primary_key=[])
    return project


JSON_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abé", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def as_text(value: Any) -> Any:
    """The key: scalars as their text; nested values stay what their JSON text has to mean."""
    if value is None or isinstance(value, str | list | dict):
        return value
    return json.dumps(value)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    records=st.lists(
        st.fixed_dictionaries(
            {"Record ID": st.integers(0, 10**6)},
            optional={
                "email": JSON_VALUES,
                "x/y": JSON_VALUES,
                "Z~": JSON_VALUES,
                "z~": JSON_VALUES,
            },
        ),
        min_size=1,
        max_size=6,
    ),
    escaped=st.booleans(),
    packed=st.booleans(),
)
def test_ndjson_comes_back_as_json_reads_it(
    shared_project: Project, records: list[dict[str, Any]], escaped: bool, packed: bool
) -> None:
    project = shared_project
    text = "".join(json.dumps(record, ensure_ascii=escaped) + "\n" for record in records)
    project.query("drop schema if exists raw cascade")
    project.put("t.csv", b"Record ID\n")
    for old in project.exports.glob("t.ndjson*"):
        old.unlink()
    project.put(
        "t.ndjson.gz" if packed else "t.ndjson",
        gzip.compress(text.encode()) if packed else text.encode(),
    )
    project.load()
    expected: list[tuple[Any, ...]] = []
    for record in records:
        extra = {k: v for k, v in record.items() if k in ("x/y", "Z~", "z~") and v is not None}
        row = (str(record["Record ID"]), as_text(record.get("email")), extra or None)
        if repr(row) not in map(repr, expected):
            expected.append(row)
    rows = project.rows("record_id, email, _extra")
    assert len(rows) == len(expected)
    for (record_id, email, extra_text), key in zip(rows, expected, strict=True):
        nested = isinstance(key[1], list | dict)
        found = (
            record_id,
            json.loads(email) if nested else email,
            json.loads(extra_text) if extra_text else None,
        )
        assert found == key


def test_parquet_comes_back_as_pyarrow_reads_it(project: Project, tmp_path: Path) -> None:
    params = [[{"key": "id", "value": {"int_value": n, "string_value": None}}] for n in range(500)]
    table = pa.table(
        {
            "record_id": pa.array(range(500), pa.int64()),
            "Eメール": pa.array([None if n % 3 == 0 else f"é{n}" for n in range(500)]),
            "stage": pa.array(params),
            "amount": pa.array([n / 4 for n in range(500)], pa.float64()),
            "none": pa.nulls(500, pa.string()),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=100)
    project.put("t.parquet", (tmp_path / "t.parquet").read_bytes())
    project.load()
    rows = project.rows("record_id, email, stage, _extra, _row_number")
    for number, (row, record) in enumerate(zip(rows, table.to_pylist(), strict=True), start=1):
        assert row[:2] == (str(record["record_id"]), record["Eメール"])
        assert json.loads(row[2]) == record["stage"]
        assert json.loads(row[3]) == {"amount": record["amount"]}
        assert row[4] == number


def test_ndjson_and_parquet_of_the_same_rows_are_one_version(
    project: Project, tmp_path: Path
) -> None:
    records = [{"record_id": str(n), "stage": "Lead"} for n in range(50)]
    project.put("a.ndjson", "".join(json.dumps(record) + "\n" for record in records))
    pq.write_table(pa.Table.from_pylist(records), tmp_path / "b.parquet")
    project.put("b.parquet", (tmp_path / "b.parquet").read_bytes())
    assert [f.rows_unchanged for f in project.load().files] == [0, 50]


def test_times_with_a_zone_do_not_depend_on_the_session(project: Project, tmp_path: Path) -> None:
    project.query("set TimeZone = 'Asia/Tokyo'")
    project.query(
        f"copy (select 1 as record_id, timestamptz '2026-01-01 09:00+09' as stage,"
        f" timestamptz '2026-01-01 09:00+09' as other) to '{tmp_path}/t.parquet'"
    )
    project.put("t.parquet", (tmp_path / "t.parquet").read_bytes())
    project.load()
    assert project.rows("stage, _extra") == [
        ("2026-01-01 00:00:00+00", '{"other":"2026-01-01 00:00:00+00"}')
    ]


def test_lines_that_are_no_objects_or_repeat_a_field_are_quarantined(project: Project) -> None:
    project.put(
        "a.ndjson",
        '{"record_id": 1, "stage": "Lead", "x": {"y": 1}}\n[1, 2]\n'
        '{"record_id": 3, "record_id": 4}\n\n{"record_id": 5, "stage": null}\n"text"\n',
    )
    (result,) = project.load().files
    assert project.rows("record_id, stage, _extra, _row_number") == [
        ("1", "Lead", '{"x":{"y":1}}', 1),
        ("5", None, None, 4),
    ]
    assert [row[:2] for row in project.quarantine()] == [
        (2, "not_an_object"),
        (3, "repeated_field"),
        (5, "not_an_object"),
    ]
    assert result.rows_in == 5
