"""What was computed on a day is computed again from all that came later, as of that day."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.sources.project import SourceProject

FOLDERS = [f"intermediate/{name}" for name in ("accounts", "people", "stages", "web")]
INPUTS = {"hubspot": ["people", "accounts", "opportunities", "stage_evidence", "cast_failures"]}
STAGES = ["Lead", "MQL", "SAL", "SQL", "Opportunity", "Customer"]
FIRST = date(2026, 3, 1)
DAYS = [FIRST + timedelta(days=gap) for gap in (0, 33)]
TABLES = {
    "intermediate.int_stage_entries_followed": "contract, entity_id, stage, spell, entered_at,"
    " exited_at, exit_type, is_inferred, is_in_strict",
    "intermediate.int_opportunities_identified": "opportunity_id, person_id, stage, stage_kind,"
    " amount, close_at",
}


class Company:
    """Contacts and deals that change from snapshot to snapshot: forth, back, deleted, corrected."""

    def __init__(self) -> None:
        self.chance = random.Random(4)  # noqa: S311  nothing secret
        self.contacts: dict[int, tuple[int, date]] = {}
        self.deals: dict[int, tuple[str, int, date, date]] = {}

    def pass_to(self, day: date) -> None:
        """Let everything happen that happened since the last snapshot."""
        for number, (stage, created) in list(self.contacts.items()):
            step = self.chance.choice([-1, 0, 0, 1, 1, 2])
            self.contacts[number] = (min(max(stage + step, 0), len(STAGES) - 1), created)
            if self.chance.random() < 0.05:
                del self.contacts[number]
        for number, (_, amount, created, close) in list(self.deals.items()):
            state = self.chance.choice(["Discovery", "Discovery", "Closed Won", "Closed Lost"])
            closed = close if state == "Discovery" else day
            self.deals[number] = (state, amount + self.chance.choice([0, 10]), created, closed)
        for _ in range(15):
            self.contacts[len(self.contacts) + self.chance.randrange(10**6)] = (0, day)
        if self.contacts:
            number = len(self.deals) + self.chance.randrange(10**6)
            self.deals[number] = ("Discovery", 100, day, day + timedelta(days=90))

    def export(self, project: SourceProject, day: date) -> None:
        """Both snapshots of a day."""
        contacts = "Record ID,Email,Lifecycle Stage,Create Date\n" + "".join(
            f"{number},p{number}@example.com,{STAGES[stage]},{created} 09:00\n"
            for number, (stage, created) in self.contacts.items()
        )
        owners = list(self.contacts)
        deals = "Record ID,Deal Stage,Amount,Create Date,Close Date,Associated Contact IDs\n"
        deals += "".join(
            f"{number},{state},{amount},{created} 09:00,{close} 09:00,"
            f"{owners[number % len(owners)]}\n"
            for number, (state, amount, created, close) in self.deals.items()
        )
        project.put(f"hubspot/crm-all-contacts-{day}.csv", contacts)
        project.put(f"hubspot/crm-all-deals-{day}.csv", deals)


def computed(project: SourceProject, day: date) -> dict[str, list[tuple[Any, ...]]]:
    project.build("channels stage_pairs +int_stage_entries_followed", as_of=day)
    return {
        table: project.query(f"select {columns} from {table} order by all")
        for table, columns in TABLES.items()
    }


def test_a_past_day_is_computed_again_as_it_was(tmp_path: Path) -> None:
    project = SourceProject(tmp_path, INPUTS, folders=FOLDERS)
    company = Company()
    then: dict[date, dict[str, list[tuple[Any, ...]]]] = {}
    for day in DAYS:
        company.pass_to(day)
        company.export(project, day)
        assert not project.load().refused
        then[day] = computed(project, day)
    for day in DAYS[:-1]:
        assert computed(project, day) == then[day], day
    assert all(rows for rows in then[DAYS[-1]].values())
    assert len({repr(tables) for tables in then.values()}) == len(DAYS)
