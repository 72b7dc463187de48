"""How right the probabilistic tier is on real records whose persons are known.

Both data sets go through the function that Keiro's own model calls, each with a declaration of its
columns; both are judged at a threshold of 0.9. The truth is read apart and never handed over.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from keiro.identity.grouping import group
from keiro.identity.learning import learn
from keiro.identity.model import read_model
from keiro.identity.scoring import match
from tests.conftest import SHARED_DATA

THRESHOLD = 0.9

FAKE = {
    "id_column": "unique_id",
    "comparisons": [
        {"name": "first_name", "kind": "name", "columns": ["first_name"]},
        {"name": "surname", "kind": "name", "columns": ["surname"]},
        {"name": "dob", "kind": "date", "columns": ["dob"]},
        {"name": "city", "kind": "exact", "columns": ["city"]},
        {"name": "email", "kind": "email", "columns": ["email"]},
    ],
    "candidates": [["first_name"], ["surname"], ["dob"], ["email"]],
    "certain": [["first_name", "dob"], ["email"]],
    "training": [["dob"], ["email"]],
}
FEBRL = {
    "id_column": "rec_id",
    "comparisons": [
        {"name": "given_name", "kind": "name", "columns": ["given_name"]},
        {"name": "surname", "kind": "name", "columns": ["surname"]},
        {"name": "street_number", "kind": "exact", "columns": ["street_number"]},
        {"name": "address_1", "kind": "text", "columns": ["address_1"]},
        {"name": "suburb", "kind": "text", "columns": ["suburb"]},
        {"name": "postcode", "kind": "code", "columns": ["postcode"]},
        {"name": "born", "kind": "date", "columns": ["date_of_birth"], "format": "%Y%m%d"},
        {"name": "soc_sec_id", "kind": "code", "columns": ["soc_sec_id"]},
    ],
    "candidates": [
        ["soc_sec_id"],
        ["given_name", "surname"],
        ["date_of_birth"],
        ["surname", "postcode"],
        ["given_name", "postcode"],
        ["address_1"],
        ["suburb", "street_number"],
    ],
    "certain": [["soc_sec_id"], ["given_name", "surname", "date_of_birth"]],
    "training": [["date_of_birth"], ["soc_sec_id"]],
}


def _frame(path: Path) -> pd.DataFrame:
    if not path.exists():
        pytest.skip(f"no real data: {path.name} is not there")
    frame = pd.read_csv(path, dtype=str, skipinitialspace=True, keep_default_na=False)
    frame.columns = frame.columns.str.strip()
    clean = frame.apply(lambda column: column.str.strip().str.lower())
    return clean.astype(object).where(clean != "", None)


def _records(frame: pd.DataFrame, truth: str) -> pa.Table:
    return pa.Table.from_pandas(frame.drop(columns=truth), preserve_index=False)


def _persons(records: pa.Table, declared: Mapping[str, Any]) -> list[int]:
    """The person of each record, as its position, by matching and grouping."""
    model = read_model(declared, "the test")
    ids = records[model.id_column].to_pylist()
    found = match(records, model, THRESHOLD)
    position = {record: number for number, record in enumerate(ids)}
    links = pa.table(
        {
            "left_position": [position[i] for i in found["left_record_id"].to_pylist()],
            "right_position": [position[i] for i in found["right_record_id"].to_pylist()],
            "rule": ["match"] * found.num_rows,
            "match_probability": found["match_probability"],
        }
    )
    nobody = links.select(["left_position", "right_position"]).slice(0, 0)
    person = {row["position"]: row["person_position"] for row in group(links, nobody).to_pylist()}
    return [person.get(number, number) for number in range(len(ids))]


def _pairs(labels: Sequence[object]) -> set[tuple[int, int]]:
    members: dict[object, list[int]] = {}
    for record, label in enumerate(labels):
        members.setdefault(label, []).append(record)
    return {pair for same in members.values() for pair in combinations(same, 2)}


def _precision_and_recall(found: Sequence[object], truth: Sequence[object]) -> tuple[float, float]:
    said, true = _pairs(found), _pairs(truth)
    return len(said & true) / len(said), len(said & true) / len(true)


def test_invented_britons_are_found_where_mail_alone_finds_half() -> None:
    frame = _frame(SHARED_DATA / "splink_fake" / "fake_1000_from_splink_demos.csv")
    truth = frame["cluster"].tolist()
    assert len(_pairs(truth)) == 2975
    mails = [mail or f"none {record}" for record, mail in enumerate(frame["email"])]
    precision, recall = _precision_and_recall(mails, truth)
    assert (precision, round(recall, 4)) == (1.0, 0.5388)

    precision, recall = _precision_and_recall(_persons(_records(frame, "cluster"), FAKE), truth)
    assert precision >= 0.99
    assert recall >= 0.93


def test_damaged_duplicates_of_australians_are_found() -> None:
    frame = _frame(SHARED_DATA / "febrl" / "dataset3.csv")
    frame["person"] = [re.match(r"rec-(\d+)-", record).group(1) for record in frame["rec_id"]]
    assert max(Counter(frame["person"]).values()) == 6

    persons = _persons(_records(frame, "person"), FEBRL)
    precision, recall = _precision_and_recall(persons, frame["person"].tolist())
    assert precision >= 0.99
    assert recall >= 0.97


def test_the_same_records_in_another_order_learn_the_same() -> None:
    frame = _frame(SHARED_DATA / "splink_fake" / "fake_1000_from_splink_demos.csv")
    model = read_model(FAKE, "the test")
    shuffled = frame.sample(frac=1, random_state=3)
    assert learn(_records(frame, "cluster"), model) == learn(_records(shuffled, "cluster"), model)
