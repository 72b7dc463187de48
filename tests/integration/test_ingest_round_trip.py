"""Random tables in random dialects come back cell for cell; Python's csv writes them."""

import csv
import gzip
import io
import json
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ingest_project import Project

from keiro.ingest import SourceObject, ensure_schema, load_exports, read_declarations

HEADER = ["Record ID", "Email", "Stage", 'Date entered "Won"', "メモ"]
# Each encoding with what it can write; Windows-1252's gaps and half-width kana mean other things.
CODECS = {
    "utf-8": None,
    "utf-8-sig": None,
    "utf-16": None,
    "cp932": "株式会社髙橋﨑①㈱～－ｱｲｳ、。 ABC,;\t|\"'\n0123表示回数",
    "euc-jp": "株式会社高橋の見込み客、。 ABC,;\t|\"'\n0123表示回数",
    "latin-1": "Müller höbbela São Paulo Straße ,;\t|\"'\n0123",
}
ENCODINGS = ["utf-8", "utf-16"]
BIASED = st.sampled_from(list(" ,;\t|\"'\n\r\\=#-0a\u3000髙"))
ANY = st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0\ufeff")
PREAMBLES = ["", "Report\n\n", 'Campaign "report"\r\n2026-01,2026-02\r\n', "# a, b\n#\n# c\n\n\n"]
FOOTERS = ["", "\n\n{q}Copyright (c) 2026{q}\n{q}Confidential{q}\n", "\n{q}Copyright (c){q},,\n\n"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("dialects"))


@pytest.fixture(scope="module")
def objects(project: Project) -> dict[str, list[SourceObject]]:
    """The declaration for each encoding: one that fits any bytes is allowed only where it is."""
    declared = {}
    for codec, alphabet in CODECS.items():
        allowed = [*ENCODINGS, codec] if alphabet else ENCODINGS
        project.declare(primary_key=[], encodings=allowed, footer=["^Copyright"], mode="append")
        declared[codec] = read_declarations(project.folder)
    return declared


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """Rows with an own first cell each, and how to write them."""
    codec = draw(st.sampled_from(list(CODECS)))
    alphabet = CODECS[codec]
    cell = st.text(st.one_of(BIASED, ANY) if alphabet is None else alphabet, max_size=12)
    rows = draw(st.lists(st.lists(cell, min_size=5, max_size=5), min_size=1, max_size=8))
    preambles = PREAMBLES if alphabet is None else PREAMBLES[:2]
    return {
        "rows": [[f"{number}{row[0]}", *row[1:]] for number, row in enumerate(rows)],
        "codec": codec,
        "dialect": {
            "delimiter": draw(st.sampled_from([",", "\t", ";", "|"])),
            "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
            "lineterminator": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        },
        "preamble": draw(st.sampled_from(preambles)),
        "footer": draw(st.sampled_from(FOOTERS)),
        "trailing": draw(st.sampled_from(["", "header", "rows", "all", "some"])),
        "again": draw(st.booleans()),
        "ragged": draw(st.booleans()),
        "final_end": draw(st.booleans()),
        "packed": draw(st.booleans()),
    }


def text_of(file: dict[str, Any], labels: list[str]) -> str:
    """The file's text: the header, once more within if `again`, and a row too long if `ragged`."""
    dialect = dict(file["dialect"])
    if dialect["lineterminator"] == "\r" or any("\r" in c for row in file["rows"] for c in row):
        dialect["quoting"] = csv.QUOTE_ALL  # Python's writer leaves a lone CR bare
    header = labels + [""] * (file["trailing"] in ("header", "all"))
    first, *rest = (
        row + [""] * (file["trailing"] in ("rows", "all") or (file["trailing"] == "some" and n % 2))
        for n, row in enumerate(file["rows"])
    )
    again = [header] if file["again"] else []
    ragged = [["one cell too many"] * 7] if file["ragged"] else []
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows([header, first, *ragged, *again, *rest])
    quote = '"' if dialect["quoting"] == csv.QUOTE_ALL else ""
    end = dialect["lineterminator"]
    footer = file["footer"].format(q=quote).replace("\n", end).replace(",", dialect["delimiter"])
    body = text.getvalue() + footer
    return file["preamble"] + (body if file["final_end"] else body.removesuffix(end))


def answer(cells: list[str], labels: list[str]) -> tuple[Any, ...]:
    """The key: empty cells are null, undeclared columns an object without empty values."""
    extra = {label: cell for label, cell in zip(labels[3:], cells[3:], strict=True) if cell}
    return (*(cell or None for cell in cells[:3]), extra or None)


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(file=files())
@example(
    file={
        "rows": [["0", "\r", "", "\n", ""]],
        "codec": "utf-8",
        "dialect": {"delimiter": ",", "quoting": csv.QUOTE_MINIMAL, "lineterminator": "\n"},
        "preamble": "",
        "footer": "",
        "trailing": "",
        "again": False,
        "ragged": False,
        "final_end": False,
        "packed": False,
    }
)
def test_a_table_in_any_dialect_comes_back_identical(
    project: Project, objects: dict[str, list[SourceObject]], file: dict[str, Any]
) -> None:
    codec = file["codec"]
    header = HEADER if codec != "latin-1" else [*HEADER[:4], "Memo"]
    content = text_of(file, header).encode(codec)
    project.put("t.csv", gzip.compress(content, 1) if file["packed"] else content)
    with duckdb.connect() as con:
        ensure_schema(con, objects[codec])
        (result,) = load_exports(con, objects[codec], project.exports).files
        found = con.execute(
            "select record_id, email, stage, _extra from raw.crm__contacts order by _row_number"
        ).fetchall()
    assert (result.status, result.rows_quarantined) == ("loaded", file["ragged"]), result.message
    assert result.rows_in == len(file["rows"]) + file["ragged"]
    assert [(*cells, json.loads(extra) if extra else None) for *cells, extra in found] == [
        answer(row, header) for row in file["rows"]
    ]
