"""From a set probability on, people without a shared key are one; below it they no longer are."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from keiro.errors import KeiroError
from tests.conftest import PROJECT
from tests.sources.identity import Record, write_people
from tests.sources.project import SourceProject

ADAPTER = """
select
    '{source}' as source,
    * replace (cast(created_at as timestamp) as created_at),
    'other' as channel
from read_csv('{path}', all_varchar = true, nullstr = '', quote = '"')
"""
MERGES = """
select 'crm' as source, 'person' as entity_type, *
from (values ('a', 'b'), ('b', 'c1'), ('x', 'y'), ('y', 'x')) as m (merged_id, surviving_id)
"""
OVERRIDES = ("source_a", "id_a", "source_b", "id_b", "decision", "reason", "decided_by")

Key = tuple[str, str]
Decision = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Built:
    """Of each record: its person and rule; the scored pairs, what was learned, resolved ids."""

    persons: dict[Key, str]
    rules: dict[Key, str]
    pairs: list[tuple]
    learned: list[tuple]
    ids: list[tuple]


def build(folder: Path, threshold: float, decisions: Sequence[Decision] = ()) -> Built:
    project = SourceProject(
        folder,
        {"crm": ["people", "merged_ids"], "events": ["people"]},
        folders=["intermediate/people", "intermediate/accounts"],
        variables={"identity_match_threshold": threshold},
    )
    written = {"models/int_merged_ids_from_crm.sql": MERGES}
    for source in ("crm", "events"):
        adapter = ADAPTER.format(source=source, path=folder / f"{source}.csv")
        written[f"models/int_people_from_{source}.sql"] = adapter
    for test in PROJECT.glob("tests/data/assert_pe*.sql"):
        written[f"tests/{test.name}"] = test.read_text(encoding="utf-8")
    for name, text in written.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "seeds" / "person_overrides.csv").open("w", newline="") as file:
        csv.writer(file).writerows([OVERRIDES, *((*d, "seen", "tester") for d in decisions)])
    project.connect().close()
    project.build("+int_people_identified")
    rows = project.query(
        "select source, source_person_id, person_id, identity_rule"
        " from intermediate.int_people_identified"
    )
    return Built(
        {(source, record): person for source, record, person, _ in rows},
        {(source, record): rule for source, record, _, rule in rows},
        project.query("from intermediate.int_people_matched"),
        project.query("from intermediate.int_people_weights_learned"),
        project.query("select source_id, surviving_source_id from intermediate.int_ids_resolved"),
    )


def pairs(persons: dict[Key, object]) -> set[frozenset[Key]]:
    members: dict[object, list[Key]] = {}
    for record, person in persons.items():
        members.setdefault(person, []).append(record)
    return {frozenset(pair) for same in members.values() for pair in combinations(same, 2)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people")


@pytest.fixture(scope="module")
def truth(folder: Path) -> list[Record]:
    return write_people(folder)


@pytest.fixture(scope="module")
def off(folder: Path, truth: list[Record]) -> Built:
    assert len(truth) > 300
    return build(folder, 0)


@pytest.fixture(scope="module")
def on(folder: Path, off: Built) -> Built:
    assert len(off.persons) > 300
    return build(folder, 0.9)


def test_without_a_threshold_only_keys_join_and_nothing_is_learned(
    off: Built, truth: list[Record]
) -> None:
    assert off.pairs == []
    assert off.learned == []
    assert set(off.rules.values()) == {"alone", "first", "email"}
    shared = [r for r in truth if r.source == "events" and r.person % 5 < 2]
    assert sum(rule == "email" for rule in off.rules.values()) == len(shared) == 96
    # A chain of merges ends at the record; two ids that point at each other are known by none.
    assert sorted(off.ids) == [("a", "c1"), ("b", "c1"), ("y", "x")]


def test_a_threshold_finds_people_and_keeps_namesakes_apart(
    on: Built, off: Built, truth: list[Record]
) -> None:
    true = pairs({(r.source, r.source_person_id): r.person for r in truth})
    found = pairs(on.persons)
    assert len(true - pairs(off.persons)) >= 70
    assert found - true == set()
    assert len(found) / len(true) >= 0.95
    # Who was one person by a key still is, under the same id.
    kept = [r for r, rule in off.rules.items() if rule != "alone"]
    assert {r: on.persons[r] for r in kept} == {r: off.persons[r] for r in kept}


def test_pairs_are_explained_without_a_personal_value(on: Built, folder: Path) -> None:
    with (folder / "crm.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    personal = {cell for row in rows for cell in row[1:7] if len(cell) > 3}
    assert len(personal) > 300
    for pair in on.pairs:
        weights = json.loads(next(cell for cell in pair if str(cell).startswith("{")))
        assert set(weights) == {"name", "company", "phone"}
    shown = str(on.pairs) + str(on.learned)
    assert [text for text in personal if text in shown] == []


def test_a_decision_takes_effect_and_is_taken_back_without_a_trace(
    folder: Path, on: Built, off: Built
) -> None:
    matched = next(r for r, rule in on.rules.items() if rule == "match" and r[0] == "events")
    partner = ("crm", "c" + matched[1][1:])
    one, other = [r for r, rule in on.rules.items() if rule == "alone"][:2]
    assert on.persons[matched] == on.persons[partner]

    decided = build(folder, 0.9, [(*partner, *matched, "different"), (*one, *other, "same")])
    assert decided.persons[matched] == off.persons[matched] != decided.persons[partner]
    assert decided.persons[one] == decided.persons[other]
    assert {decided.rules[one], decided.rules[other]} == {"first", "override"}
    others = set(on.persons) - {matched, one, other}
    assert {r: decided.persons[r] for r in others} == {r: on.persons[r] for r in others}

    contradictory = [
        ("crm", "c1", "crm", "c2", "same"),
        ("crm", "a", "crm", "c2", "different"),
    ]
    with pytest.raises(KeiroError, match="assert_person_decisions_hold"):
        build(folder, 0, contradictory)
    assert build(folder, 0).persons == off.persons
