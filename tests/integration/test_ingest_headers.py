"""Headers of several rows, labels matched by patterns, constants, merged cells: as declared."""

from pathlib import Path
from typing import Any

import pytest
from ingest_project import COLUMNS, Project

from keiro.errors import KeiroError
from keiro.ingest import read_declarations

COSTS: list[dict[str, Any]] = [
    {"name": "day", "aliases": ["Day", "日"], "required": True},
    {
        "name": "amount_spent",
        "pattern": r"(?i)(amount spent|消化金額) \((?P<currency>[A-Z]{3})\)",
        "required": True,
    },
    {
        "name": "currency",
        "aliases": ["Currency"],
        "from_header": {"column": "amount_spent", "group": "currency"},
        "required": True,
    },
    {"name": "account", "from_file_name": r"(?:^|/)act_(\d+)/"},
    {"name": "time_zone", "from_preamble": r"\(in (UTC|JST)\)"},
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize(
    ("label", "currency"),
    [
        ("Amount spent (USD)", "USD"),
        ("消化金額 (JPY)", "JPY"),
        ("AMOUNT SPENT  （EUR）", "EUR"),  # full-width parentheses and two blanks
    ],
)
def test_the_currency_comes_from_the_header(project: Project, label: str, currency: str) -> None:
    project.declare(columns=COSTS, primary_key=["day"], files=["**/*.csv"])
    project.put("act_77/a.csv", f'Report (in UTC)\n\nDay,{label},Reach\n2024-04-01,"1,234",5\n')
    (result,) = project.load().files
    assert project.rows("day, amount_spent, currency, account, time_zone, _extra") == [
        ("2024-04-01", "1,234", currency, "77", "UTC", '{"Reach":"5"}')
    ]
    assert result.rows_skipped_preamble == 1


def test_a_column_of_the_header_is_stronger_than_a_constant(project: Project) -> None:
    project.declare(columns=COSTS, primary_key=["day"])
    project.put("a.csv", "Day,Amount spent (USD),Currency\n2024-04-01,5,CHF\n2024-04-02,5,\n")
    project.load()
    assert project.rows("day, currency, account") == [
        ("2024-04-01", "CHF", None),
        ("2024-04-02", None, None),
    ]


def test_a_required_constant_that_is_nowhere_refuses_the_file(project: Project) -> None:
    columns = [*COSTS, {"name": "range", "required": True, "from_preamble": r"Range: (\S+)"}]
    project.declare(columns=columns, primary_key=["day"])
    project.put("a.csv", "Day,Amount spent (USD)\n2024-04-01,5\n")
    (refused,) = project.load().refused
    assert "missing required column: range, nor found in the preamble" in str(refused.message)


def test_a_constant_of_the_file_name_holds_for_json_too(project: Project) -> None:
    columns = [*COLUMNS, {"name": "property", "from_file_name": r"analytics_(\d+)"}]
    project.declare(columns=columns, files=["**/*.ndjson"])
    project.put("analytics_12/a.ndjson", '{"record_id": 1}\n')
    project.load()
    assert project.rows("record_id, property") == [("1", "12")]


def test_a_header_of_two_rows_is_joined(project: Project) -> None:
    columns = [
        {"name": "record_id", "aliases": ["ID"], "required": True},
        {"name": "email", "aliases": ["連絡先 Email"]},
        {"name": "leads", "aliases": ["Q1 Leads"]},
    ]
    project.declare(columns=columns, header_rows=2)
    header = "ID,連絡先,,Q1,,Q2\n,Email,Phone,Leads,MQL,Leads\n"
    project.put("a.csv", f"報告書\n\n{header}1,a@example.com,03,5,6,7\n{header}2,,,8,9,\n")
    (result,) = project.load().files
    assert project.rows("record_id, email, leads, _extra") == [
        ("1", "a@example.com", "5", '{"Q1 MQL":"6","Q2 Leads":"7","連絡先 Phone":"03"}'),
        ("2", None, "8", '{"Q1 MQL":"9"}'),
    ]
    assert (result.rows_in, result.rows_skipped_preamble) == (2, 3)


MERGED = "Stage,Email,Record ID\nLead,a,1\n,b,2\n,,3\n\u3000,d,4\n小計,,4\nMQL,,5\n,f,6\n"


def test_blanks_of_merged_cells_take_the_value_above(project: Project) -> None:
    project.declare(fill_down=["stage"], totals=["小計"])
    project.put("a.csv", MERGED)
    (result,) = project.load().files
    assert project.rows("record_id, stage, email") == [
        ("1", "Lead", "a"),
        ("2", "Lead", "b"),
        ("3", "Lead", None),
        ("4", "Lead", "d"),
        ("5", "MQL", None),
        ("6", "MQL", "f"),
    ]
    assert (result.rows_in, result.rows_skipped_preamble) == (6, 1)
    assert project.query("select line_number, kind, text from raw.keiro__skipped_lines") == [
        (6, "totals", "小計,,4")
    ]


def test_a_record_keeps_its_own_blanks_and_gives_them_to_nobody(project: Project) -> None:
    project.declare(fill_down=["email"], record_start="stage", primary_key=[])
    # One event per group of rows; its first row has all of its own cells.
    project.put(
        "a.csv",
        "Stage,Email,Record ID\nview,a,1\n,,2\n,,3\nview,,4\n,,5\nview,c,6\n,d,7\n,,8\nshort\n",
    )
    (result,) = project.load().files
    assert project.rows("record_id, stage, email, _row_number") == [
        ("1", "view", "a", 1),
        ("2", "view", "a", 2),
        ("3", "view", "a", 3),
        ("4", "view", None, 4),
        ("5", "view", None, 5),
        ("6", "view", "c", 6),
        ("7", "view", "d", 7),
        ("8", "view", "d", 8),
    ]
    assert result.rows_quarantined == 1


WRONG = [
    ({"section": "("}, "section: not a regular expression"),
    ({"footer": ["ok", "["]}, "footer.1: not a regular expression"),
    ({"header_rows": 0}, "header_rows: Input should be greater than or equal to 1 (got 0)"),
    ({"header_rows": 2, "header": ["Record ID"]}, "header_rows: a file without header"),
    ({"section": "x", "header": ["Record ID"]}, "section: a file without header"),
    ({"fill_down": ["stag"]}, "fill_down: the column 'stag' is not declared"),
    ({"record_start": "stage"}, "record_start: name the columns that it limits in `fill_down`"),
    ({"fill_down": ["stage"], "record_start": "x"}, "record_start: the column 'x' is not declared"),
    ({"fill_down": ["stage"], "record_start": "stage"}, "take it out of `fill_down`"),
    ({"columns": [{**COLUMNS[0], "pattern": "("}]}, "columns.0.pattern: not a regular"),
    ({"columns": [{**COLUMNS[0], "from_preamble": "x"}]}, "columns.0.from_preamble: the regular"),
    ({"columns": [{**COLUMNS[0], "from_file_name": "x"}]}, "columns.0.from_file_name: the regular"),
    (
        {"columns": [*COLUMNS, {"name": "c", "from_header": {"column": "stage", "group": "x"}}]},
        "column 'c': from_header names 'stage', which is no declared column with a `pattern`",
    ),
    (
        {
            "columns": [
                *COLUMNS[:2],
                {"name": "stage", "pattern": "S (?P<y>.)"},
                {"name": "c", "from_header": {"column": "stage", "group": "x"}},
            ]
        },
        "column 'c': from_header: the pattern of 'stage' has no group (?P<x>…)",
    ),
    ({"sections": "x"}, "unknown key `sections`"),
]


@pytest.mark.parametrize(("meta", "message"), WRONG)
def test_a_wrong_declaration_is_named_with_file_key_and_remedy(
    project: Project, meta: dict[str, Any], message: str
) -> None:
    project.declare(**meta)
    with pytest.raises(KeiroError) as raised:
        read_declarations(project.folder)
    assert message in str(raised.value)
    assert "models/staging/_crm__sources.yml: crm.contacts" in str(raised.value)
    assert raised.value.remedy
