"""Public holidays of other countries and states, by the model that lists them."""

import importlib.util
from datetime import date
from typing import Any

import pytest

from tests.conftest import PROJECT

MODEL = PROJECT / "models" / "intermediate" / "calendar" / "int_holidays_listed.py"


class Config(dict[str, Any]):
    """What dbt hands to a Python model."""

    def __call__(self, **_: object) -> None:
        """Settings of the model itself."""


class Dbt:
    """The part of dbt that the model asks."""

    def __init__(self, **config: object) -> None:
        self.config = Config(config)


def listed(country: str, subdivision: str = "") -> dict[date, tuple[str, str]]:
    spec = importlib.util.spec_from_file_location("int_holidays_listed", MODEL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    dbt = Dbt(
        country=country,
        country_subdivision=subdivision,
        calendar_start="2026-01-01",
        as_of="2026-06-30",
    )
    rows = module.model(dbt, None)
    return {row.holiday_date: (row.name_en, row.name_local) for row in rows.itertuples(index=False)}


def test_holidays_have_names_in_both_languages() -> None:
    japan = listed("JP")
    assert japan[date(2026, 5, 6)][1] == "振替休日"
    assert japan[date(2026, 5, 3)] == ("Constitution Day", "憲法記念日")
    germany = listed("DE")
    assert germany[date(2026, 10, 3)][1] == "Tag der Deutschen Einheit"
    assert "Day" in germany[date(2026, 10, 3)][0]


@pytest.mark.parametrize(("subdivision", "is_off"), [("", False), ("BY", True), ("BE", False)])
def test_a_state_has_holidays_of_its_own(subdivision: str, is_off: bool) -> None:
    """Epiphany is one in Bavaria, and neither in Berlin nor in all of Germany."""
    assert (date(2026, 1, 6) in listed("DE", subdivision)) is is_off


def test_a_country_of_one_language_is_well() -> None:
    assert listed("US")[date(2026, 7, 3)][0] == "Independence Day (observed)"
