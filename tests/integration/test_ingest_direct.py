"""Big files go straight into raw: the outcome is that of files which are staged beside it."""

from pathlib import Path
from typing import Any

import pytest
from ingest_project import Project

HEADER = "Record ID,Email,Stage,Other\n"
FILES = {
    "clean": HEADER + "1,a,A,x\n2,,B,\n3,c,,y\n",
    "duplicates": HEADER + "1,a,A,x\n2,b,B,x\n1,a,A,x\n2,b,C,x\n3,,,\n3,,,\n",
    "no key": HEADER + ",a,A,x\n1,b,B,x\n,,B,\n",
    "lines that are no rows": HEADER + "1,a,A,x\n,,,\nTotal,2,,\n" + HEADER + "2,b,B,x\n",
    "ragged": HEADER + "1,a,A,x\n2,b\n3,c,C,x\n",
    "quoted": HEADER + '1,"a\nb",A,"x ""y"""\n2,,B,\n',
    "an open quote": HEADER + '1,a,A,x\n2,"b,B,x\n',
    "only a header": HEADER,
    "html": "<html>",
}
LINES = {
    "objects": '{"record_id": 1, "stage": "A", "z": [1]}\n{"record_id": 2}\n',
    "odd": '{"record_id": 1}\n[1]\n{"record_id": 1, "stage": "B"}\n{"stage": "C", "stage": "D"}\n',
    "broken": '{"record_id": 1}\n{"record_id": \n',
}
FACTS = (
    "record_id, email, stage, _extra, _file_name, _row_number, _row_hash, _load_seq, _is_deleted"
)


def outcome(project: Project) -> dict[str, Any]:
    """All that a load leaves behind but times."""
    return {
        "raw": project.rows(FACTS),
        "quarantine": project.quarantine(),
        "log": project.log("* exclude (loaded_at)"),
    }


@pytest.mark.parametrize(("mode", "key"), [("append", ["record_id"]), ("snapshot", [])])
@pytest.mark.parametrize(
    ("ending", "name"),
    [("csv", name) for name in FILES] + [("ndjson", name) for name in LINES],
)
def test_the_outcome_is_that_of_a_staged_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    name: str,
    key: list[str],
    mode: str,
) -> None:
    found = []
    for direct_from in (1 << 62, 0):
        monkeypatch.setattr("keiro.ingest.read.DIRECT_BYTES", direct_from)
        project = Project(tmp_path / str(direct_from))
        project.declare(primary_key=key, mode=mode, totals=["Total"], max_lost_share=1)
        project.put(f"a.{ending}", (FILES if ending == "csv" else LINES)[name])
        project.load()
        project.put("b.csv", HEADER + "1,a,A,x\n2,b,Z,\n")
        project.load()
        found.append(outcome(project))
        project.con.close()
    assert found[0] == found[1]
    assert found[0]["log"]
