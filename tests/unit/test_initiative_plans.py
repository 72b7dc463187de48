"""Plans of initiatives: each fault is named with its row and value, and a sound plan has none."""

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from keiro.errors import KeiroError
from keiro.initiatives.plans import COLUMNS, check_initiatives

SOUND = {
    "initiative_id": "calls",
    "name_en": "Calls",
    "name_ja": "電話",
    "owner": "sales",
    "metric": "leads",
    "scope": "all",
    "design": "interrupted_series",
    "control_metric": "visits",
    "start_date": "2026-04-06",
    "end_date": "2026-06-28",
    "lag_days": "14",
    "expected_effect": "0.15",
    "guardrail_metric": "cost_per_lead",
    "review_due_date": "2026-07-31",
}


def kpi(name: str, kind: str, direction: str = "up", *, is_quotient: bool = False) -> Any:
    meta = SimpleNamespace(direction=direction)
    return SimpleNamespace(name=name, kind=kind, is_quotient=is_quotient, meta=meta)


KPIS = [
    kpi("leads", "count"),
    kpi("visits", "count"),
    kpi("open_pipeline", "stock"),
    kpi("cost_per_lead", "ratio", "down", is_quotient=True),
    kpi("median_days", "ratio", "down"),
]


def write(folder: Path, *rows: dict[str, str], columns: list[str] | None = None) -> Path:
    file = folder / "initiatives.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, columns or list(COLUMNS), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_sound_plans_and_no_file_are_well(tmp_path: Path) -> None:
    reviewed = SOUND | {"initiative_id": "b", "decision": "adopt", "reviewed_date": "2026-07-30"}
    costs = SOUND | {"initiative_id": "c", "metric": "cost_per_lead", "expected_effect": "-0.1"}
    check_initiatives(write(tmp_path, SOUND, reviewed, costs), KPIS)
    check_initiatives(tmp_path / "absent.csv", KPIS)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("metric", "lead", "there is no metric 'lead'"),
        ("metric", "", "metric '' is empty"),
        ("metric", "open_pipeline", "'open_pipeline' is a stock"),
        ("guardrail_metric", "median_days", "'median_days' is a ratio"),
        ("control_metric", "nothing", "there is no metric 'nothing'"),
        ("control_metric", "", "needs a control_scope or a control_metric"),
        ("design", "guess", "design 'guess' is none of randomised"),
        ("design", "randomised", "control_metric 'visits'"),
        ("start_date", "2026-4-6", "start_date '2026-4-6' cannot be read"),
        ("start_date", "2026-06-15", "end_date '2026-06-28' is 14 days from the start"),
        ("lag_days", "two", "lag_days 'two' cannot be read"),
        ("lag_days", "-1", "lag_days -1 is below 0"),
        ("expected_effect", "0", "expected_effect 0.0 is no relative change"),
        ("expected_effect", "nan", "expected_effect nan is no relative change"),
        ("expected_effect", "-0.15", "would make 'leads' worse"),
        ("review_due_date", "2026-07-11", "review_due_date '2026-07-11' is before"),
        ("decision", "adopt", "decision 'adopt' has no reviewed_date"),
        ("decision", "keep", "decision 'keep' is none of adopt"),
        ("reviewed_date", "2026-07-30", "reviewed_date '2026-07-30' has no decision"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, column: str, value: str, said: str) -> None:
    with pytest.raises(KeiroError) as caught:
        check_initiatives(
            write(tmp_path, SOUND, SOUND | {"initiative_id": "b", column: value}), KPIS
        )
    assert said in str(caught.value)
    assert "row 3: " in str(caught.value)
    assert "row 2: " not in str(caught.value)
    assert "docs/initiatives.md" in caught.value.remedy


def test_a_repeated_id_names_both_rows(tmp_path: Path) -> None:
    with pytest.raises(KeiroError, match="row 3: initiative_id 'calls' is that of row 2 too"):
        check_initiatives(write(tmp_path, SOUND, SOUND), KPIS)


def test_a_missing_column_and_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeiroError, match="row 1: there is no column lag_days"):
        check_initiatives(write(tmp_path, columns=[c for c in COLUMNS if c != "lag_days"]), KPIS)
    file = write(tmp_path, SOUND)
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp932"))
    with pytest.raises(KeiroError, match="row 2: the byte 0x93 is not UTF-8"):
        check_initiatives(file, KPIS)
