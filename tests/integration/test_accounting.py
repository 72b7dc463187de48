"""The invariant that all tests of loading run does notice a row that is nowhere, or too much."""

from pathlib import Path

import pytest

from tests.accounting import check_accounting
from tests.integration.ingest_project import Project


@pytest.mark.parametrize(
    "fault",
    [
        "delete from raw.crm__contacts where _row_number = 1",
        "insert into raw.crm__contacts select * replace ('stray.csv' as _file_name)"
        " from raw.crm__contacts",
        "delete from raw.keiro__quarantine",
        "insert into raw.keiro__quarantine from raw.keiro__quarantine",
        "delete from raw.keiro__load_log",
        "update raw.keiro__load_log set rows_loaded = 1, rows_unchanged = 1",
    ],
)
def test_a_fault_in_the_accounting_is_noticed(fault: str, tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.put("a.csv", "record_id,email\n1,a@example.com\n2,b@example.com\n,c@example.com\n")
    project.load()
    project.con.execute("begin")
    project.con.execute(fault)

    with pytest.raises(AssertionError):
        check_accounting(project.con)
    project.con.execute("rollback")
