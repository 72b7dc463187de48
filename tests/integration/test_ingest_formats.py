"""What is loaded equals what Python's csv and json modules and pyarrow read: an own answer key."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ingest_project import COLUMNS, Project

HEADER = ["Record ID", "Email", "Stage", 'Date entered "Won"', "メモ"]
# Real files lie beside the repository where a developer has them; they are not part of it.
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("dialects"))
    project.declare(primary_key=[], encodings=["utf-8", "cp932", "euc-jp", "utf-16"])
    return project


def render(rows: list[list[str]], **dialect: Any) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue()


def answer(cells: list[str]) -> tuple[Any, ...]:
    """The key: empty cells are null, undeclared columns an object without empty values."""
    extra = {label: cell for label, cell in zip(HEADER[3:], cells[3:], strict=True) if cell}
    return (*(cell or None for cell in cells[:3]), extra or None)


CELLS = st.text(
    alphabet=st.one_of(
        st.sampled_from(list(" ,;\t|\"'\n\r\\=#-0a\u3000髙")),
        st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0\ufeff"),
    ),
    max_size=12,
)
JAPANESE = st.text(alphabet='株式会社髙橋﨑①㈱～－ｱｲｳ、。 ABC,"\n0123表示回数', max_size=12)


@st.composite
def tables(draw: st.DrawFn, cell: st.SearchStrategy[str]) -> list[list[str]]:
    rows = draw(st.lists(st.lists(cell, min_size=5, max_size=5), min_size=1, max_size=8))
    return [[f"{number}{row[0]}", *row[1:]] for number, row in enumerate(rows)]


DIALECTS = {
    "delimiter": st.sampled_from([",", "\t", ";", "|"]),
    "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    "lineterminator": st.sampled_from(["\n", "\r\n"]),
}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    rows=tables(CELLS),
    dialect=st.fixed_dictionaries(DIALECTS),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    edges=st.tuples(
        st.sampled_from(["", "Report\n\n", 'Campaign "report"\r\n2026-01,2026-02\r\n']),
        st.booleans(),
        st.booleans(),
    ),
)
@example(
    rows=[["0", "\r", "", "\n", ""]],
    dialect={"delimiter": ",", "quoting": csv.QUOTE_MINIMAL, "lineterminator": "\n"},
    codec="utf-8",
    edges=("", False, False),
)
def test_a_table_in_any_dialect_comes_back_identical(
    shared_project: Project,
    rows: list[list[str]],
    dialect: dict[str, Any],
    codec: str,
    edges: tuple[str, bool, bool],
) -> None:
    preamble, final_newline, with_ragged_row = edges
    ragged = [["one cell too many"] * 6] if with_ragged_row else []
    if any("\r" in cell for row in rows for cell in row):
        dialect = {**dialect, "quoting": csv.QUOTE_ALL}  # Python's writer leaves a lone CR bare
    text = preamble + render([HEADER, *rows[:1], *ragged, *rows[1:]], **dialect)
    if not final_newline:
        text = text.removesuffix(dialect["lineterminator"])
    found = _loaded(shared_project, text.encode(codec), ragged=len(ragged))
    assert found == [answer(row) for row in rows]


def _loaded(project: Project, content: bytes, ragged: int = 0) -> list[tuple[Any, ...]]:
    """The rows of one file, loaded into an emptied database."""
    project.query("drop schema if exists raw cascade")
    project.put("t.csv", content)
    (result,) = project.load().files
    assert (result.status, result.rows_quarantined) == ("loaded", ragged)
    rows = project.rows("record_id, email, stage, _extra")
    return [(*cells, json.loads(extra) if extra else None) for *cells, extra in rows]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rows=tables(JAPANESE), codec=st.sampled_from(["cp932", "utf-8"]))
def test_japanese_text_comes_back_identical_from_cp932_and_utf8(
    shared_project: Project, rows: list[list[str]], codec: str
) -> None:
    content = render([["レコードID", "Eメール", "ステージ", *HEADER[3:]], *rows]).encode(codec)
    assert _loaded(shared_project, content) == [answer(row) for row in rows]


SENTENCE = "株式会社髙橋製作所の田中様より、資料請求のお問い合わせをいただきました。" * 4


@pytest.mark.parametrize(
    ("codec", "allowed", "name"),
    [
        ("utf-8", ["cp932", "utf-8"], "utf-8"),
        ("utf-8-sig", ["cp932", "utf-8"], "utf-8"),
        ("cp932", ["utf-8", "cp932"], "cp932"),
        ("cp932", ["euc-jp", "cp932", "utf-8"], "cp932"),
        ("euc-jp", ["cp932", "euc-jp", "utf-8"], "euc-jp"),
        ("utf-16", ["utf-8", "utf-16"], "utf-16"),
        ("utf-16-le", ["utf-8", "utf-16-le"], "utf-16-le"),
        ("ascii", ["cp932", "utf-8"], "utf-8"),
    ],
)
def test_the_encoding_is_decided_by_evidence(
    project: Project, codec: str, allowed: list[str], name: str
) -> None:
    project.declare(encodings=allowed)
    value = SENTENCE if codec != "ascii" else "plain"
    value = value.replace("髙", "高") if codec == "euc-jp" else value
    label = "レコードID" if codec != "ascii" else "Record ID"
    project.put(
        "a.csv",
        f"{label},ステージ\n1,{value}\n".encode(codec)
        if codec != "ascii"
        else f"{label},Stage\n1,{value}\n".encode(),
    )
    (result,) = project.load().files
    assert (result.status, result.message) == ("loaded", None)
    assert project.rows("record_id, stage") == [("1", value)]
    assert result.encoding in (name, "cp932" if codec == "ascii" else name)


def test_preamble_totals_and_repeated_headers_are_cut_off_and_counted(project: Project) -> None:
    project.declare(totals=["Total:", "合計"], primary_key=[])
    project.put(
        "a.csv",
        "Campaign report\n"
        '"September 1, 2026 - September 30, 2026"\n'
        "\n"
        'Stage,"Record ID",Email\n'
        'Lead,"1,234",a\n'
        "Total brand,2,b\n"
        'Stage,"Record ID",Email\n'
        "MQL,3,c\n"
        ",,\n"
        "\n"
        "合計: アカウント,9,--\n"
        "Total: Account,9\n",
    )
    (result,) = project.load().files
    assert project.rows("record_id, stage, _row_number") == [
        ("1,234", "Lead", 1),
        ("2", "Total brand", 2),
        ("3", "MQL", 4),
    ]
    assert (result.rows_in, result.rows_loaded, result.rows_skipped_preamble) == (3, 3, 6)


def test_headers_match_without_case_width_and_blanks(project: Project) -> None:
    project.put(
        "a.csv", "\ufeff record id ,Ｅメール,STAGE,,\u200bstage note,x,x\n1,a,Lead,,n,2,3\n"
    )
    project.load()
    assert project.rows("record_id, email, stage, _extra") == [
        ("1", "a", "Lead", '{"x":"2","x (2)":"3","\u200bstage note":"n"}')
    ]


def test_a_file_without_header_takes_the_declared_one(project: Project) -> None:
    project.declare(header=["Record ID", "Stage"])
    project.put("a.csv", "1,Lead\n2,MQL\n")
    project.put("b.csv", "3;SQL\n")
    project.put("c.csv", "4,SQL,too many\n")
    summary = project.load()
    assert project.rows("record_id, stage") == [("1", "Lead"), ("2", "MQL"), ("3", "SQL")]
    assert ["`header` declares" in str(file.message) for file in summary.refused] == [True]


def test_stray_quotes_and_mixed_line_ends_lose_nothing(project: Project) -> None:
    content = 'Record ID,Email,Stage\r\n1,5" pipe,a\n2,"b"x,c\r\n3,"d\r\ne\nf",g\r4,h,"i ""j"""\n'
    project.put("a.csv", content)
    (result,) = project.load().files
    rows = list(csv.reader(io.StringIO(content, newline="")))[1:]
    assert project.rows() == [tuple(row) for row in rows]
    assert result.rows_in == 4


def test_row_numbers_count_every_record_of_the_file(project: Project) -> None:
    rows = [[str(n), "a\nb" if n % 7 == 0 else "c", "d"] for n in range(1, 5001)]
    ragged = {3, 4, 5, 1000, 4998, 4999, 5000}
    lines = [render([row[:2] if int(row[0]) in ragged else row]) for row in rows]
    project.put("a.csv", "Record ID,Email,Stage\r\n" + "".join(lines))
    (result,) = project.load().files
    assert project.query(
        "select count(*) from raw.crm__contacts where _row_number::varchar <> record_id"
    ) == [(0,)]
    assert {row[0] for row in project.quarantine()} == ragged
    assert (result.rows_in, result.rows_loaded) == (5000, 5000 - len(ragged))


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


def test_names_that_look_like_patterns_are_names(project: Project) -> None:
    project.put("a [1]*?{x} it's.csv", "Record ID\n1\n")
    project.put("a 1.csv", "Record ID\n2\n")
    assert [file.rows_in for file in project.load().files] == [1, 1]
    assert sorted(project.rows("record_id")) == [("1",), ("2",)]


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


@pytest.mark.skipif(not SHARED.exists(), reason="the real sample files are not here")
def test_real_files_are_accounted_for_row_by_row(project: Project) -> None:
    columns = [*COLUMNS[1:], {"name": "record_id", "aliases": ["event_id", "mql_id", "ad_id"]}]
    project.declare(columns=columns, primary_key=[], mode="append")
    names = [
        "snowplow_web/source__snowplow_web_events.csv",
        "olist_funnel/olist_marketing_qualified_leads_dataset.csv",
        "facebook_ads/KAG_conversion_data.csv",
    ]
    for name in names:
        project.put(Path(name).name, (SHARED / name).read_bytes())
    loaded = {file.file_name: file for file in project.load().files}
    for name in names:
        with (SHARED / name).open(encoding="utf-8", newline="") as stream:
            rows = [tuple(row) for row in csv.reader(stream)][1:]
        file = loaded[Path(name).name]
        assert (file.rows_in, file.rows_loaded) == (len(rows), len(set(rows)))
