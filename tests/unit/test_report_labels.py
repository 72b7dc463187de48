"""Every word is there in both languages, and every value that the tables may hold has one."""

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from keiro.report.labels import TEXTS, text, word

PROJECT = Path(__file__).parents[2]
TEMPLATES = PROJECT / "keiro" / "report" / "templates"
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SAME_IN_BOTH = {"kpi", "role.kgi", "layer.kpi"}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same(key):
    english, japanese = TEXTS[key]
    assert fields(english) == fields(japanese)
    assert not JAPANESE.search(english)
    assert JAPANESE.search(japanese) or key in SAME_IN_BOTH or fields(japanese)


def test_templates_use_only_texts_that_there_are():
    used = {
        key
        for template in TEMPLATES.glob("*.j2")
        for key in re.findall(r"v\.t\('(\w+)'", template.read_text(encoding="utf-8"))
    }
    assert len(used) > 50
    assert used <= set(TEXTS)


def accepted(model: str, column: str) -> list[str]:
    """The values that the contract of a mart allows in a column."""
    declared = yaml.safe_load((PROJECT / "models" / "marts" / model).read_text(encoding="utf-8"))
    columns: list[dict[str, Any]] = declared["models"][0]["columns"]
    tests = next(c["data_tests"] for c in columns if c["name"] == column)
    return next(
        t["accepted_values"]["arguments"]["values"] for t in tests if "accepted_values" in t
    )


@pytest.mark.parametrize(
    ("family", "model", "column"),
    [
        ("status", "kpi/fct_kpi_status.yml", "status"),
        ("maturity", "kpi/fct_kpi_values.yml", "status"),
        ("trust", "kpi/fct_kpi_values.yml", "trust"),
        ("kind", "kpi/fct_kpi_flags.yml", "kind"),
        ("forecast_reason", "kpi/fct_kpi_forecasts.yml", "reason"),
    ],
)
def test_each_value_of_the_contract_has_a_word(family, model, column):
    for value in accepted(model, column):
        assert f"{family}.{value}" in TEXTS


def test_a_value_that_is_new_is_shown_as_it_is():
    assert word("ja", "cause", "sabotage") == "sabotage"
    assert word("en", "cause", None) == "unknown"


def test_an_unknown_text_is_a_fault():
    with pytest.raises(KeyError):
        text("en", "no_such_text")
