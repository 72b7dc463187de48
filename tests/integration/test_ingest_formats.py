"""Encodings, headers, line ends and row numbers of CSV files, read as Python's csv reads them."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from ingest_project import COLUMNS, Project

# Real files lie beside the repository where a developer has them; they are not part of it.
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def render(rows: list[list[str]], **dialect: Any) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue()


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


def test_names_that_look_like_patterns_are_names(project: Project) -> None:
    project.put("a [1]*?{x} it's.csv", "Record ID\n1\n")
    project.put("a 1.csv", "Record ID\n2\n")
    assert [file.rows_in for file in project.load().files] == [1, 1]
    assert sorted(project.rows("record_id")) == [("1",), ("2",)]


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
