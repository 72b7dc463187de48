"""Too few records teach nothing, a bad declaration is refused, and a weight is read as meant."""

import json
import subprocess
import sys

import pyarrow as pa
import pytest

from keiro.errors import KeiroError
from keiro.identity.learning import learn
from keiro.identity.model import read_model
from keiro.identity.scoring import match

DECLARED = {
    "comparisons": [
        {"name": "name", "kind": "name", "columns": ["name"]},
        {"name": "phone", "kind": "code", "columns": ["phone"]},
        {"name": "town", "kind": "exact", "columns": ["town"]},
    ],
    "candidates": [["name"], ["phone"]],
    "certain": [["name", "phone"]],
    "training": [["name"], ["phone"]],
}


def table(rows: int, **columns: list[str | None]) -> pa.Table:
    ids = [f"r{number:04d}" for number in range(rows)]
    return pa.table({"record_id": ids, **{k: pa.array(v, pa.string()) for k, v in columns.items()}})


def test_too_few_sure_pairs_teach_nothing_and_say_so() -> None:
    model = read_model(DECLARED, "here")
    names = ["saito", "saito", "mori", "mori"]
    few = table(4, name=names, phone=["1", "1", "2", "3"], town=[None] * 4)
    learned = learn(few, model)
    assert learned.settings is None
    assert learned.certain_pairs == 1
    assert learned.note == (
        "pairs of records that are surely one person: 1; to learn from, 30 are needed"
    )
    assert match(few, model, 0.5).num_rows == 0


def test_columns_without_a_value_are_left_out() -> None:
    model = read_model(DECLARED, "here")
    names = ["mori"] * 10
    nothing = table(10, name=names, phone=[None] * 10, town=[None] * 10)
    by_name = model.model_copy(update={"certain": [["name"]]})
    assert learn(nothing, by_name).note == (
        "fewer than two comparisons have values and pairs to learn from: name"
    )
    people = 200
    names = [f"name{number // 2 * 7919 % 1000:03d}" for number in range(people)]
    phones = [f"{number // 2 * 104729 % 1000000:06d}" for number in range(people)]
    filled = table(people, name=names, phone=phones, town=[None] * people)
    learned = learn(filled, model)
    assert learned.note == "left out, since no pairs teach it: town"
    compared = [c["output_column_name"] for c in json.loads(learned.settings)["comparisons"]]
    assert compared == ["name", "phone"]
    pairs = match(filled, model, 0.9).to_pylist()
    assert {(p["left_record_id"], p["right_record_id"]) for p in pairs} >= {("r0000", "r0001")}
    assert set(json.loads(pairs[0]["weights"])) == {"name", "phone"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"comparisons": DECLARED["comparisons"][:1]}, "comparisons: List should have at least 2"),
        ({"training": [[]]}, "training.0"),
        ({"certain_recall": 0}, "certain_recall"),
        ({"threshhold": 1}, "threshhold"),
        (
            {"comparisons": [{"name": "p", "kind": "person", "columns": ["a"]}] * 2},
            "a comparison of kind person takes 3 column",
        ),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_key(wrong: dict, message: str) -> None:
    with pytest.raises(KeiroError, match=message) as refused:
        read_model({**DECLARED, **wrong}, "models/people.yml")
    assert str(refused.value).startswith("models/people.yml: match model: ")


def test_splink_is_not_imported_where_nobody_is_matched() -> None:
    code = (
        "import sys, keiro.identity.grouping, keiro.identity.learning, keiro.identity.scoring;"
        " keiro.identity.scoring.no_pairs(); print('splink' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert done.stdout == "False\n"
