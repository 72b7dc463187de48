"""What a project declares of its sources' exports reaches the casts, and a slip is said."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from tests.conftest import PROJECT


class CompilerError(Exception):
    pass


def refuse(message: str) -> None:
    raise CompilerError(message)


def options(declared: dict[str, dict[str, str]] | None) -> Any:
    """The shipped macros with the variables of a project."""
    variables = {"business_timezone": "Asia/Tokyo", "source_options": declared}
    environment = Environment(extensions=["jinja2.ext.do"])  # noqa: S701  it renders SQL
    environment.globals["var"] = lambda name, default=None: variables.get(name, default)
    environment.globals["exceptions"] = type(
        "Exceptions", (), {"raise_compiler_error": staticmethod(refuse)}
    )
    text = Path(PROJECT / "macros/options.sql").read_text(encoding="utf-8")
    return environment.from_string(text).module


@pytest.mark.parametrize("declared", [None, {}, {"hubspot": {}}, {"crm": {"timezone": "UTC"}}])
def test_what_is_not_declared_has_a_default(declared: dict[str, dict[str, str]] | None) -> None:
    macros = options(declared)
    defaults = {
        key: macros.source_option("hubspot", key)
        for key in ("timezone", "date_order", "excel_dates", "decimal_sign")
    }
    assert defaults == {
        "timezone": "Asia/Tokyo",
        "date_order": "ymd",
        "excel_dates": "1900",
        "decimal_sign": ".",
    }


def test_what_is_declared_holds_for_its_source_alone() -> None:
    macros = options({"crm": {"timezone": "Europe/Berlin", "date_order": "dmy"}})
    assert macros.source_option("crm", "timezone") == "Europe/Berlin"
    assert macros.source_option("crm", "date_order") == "dmy"
    assert macros.source_option("crm", "decimal_sign") == "."
    assert macros.source_option("hubspot", "date_order") == "ymd"


def test_an_option_that_does_not_exist_is_named() -> None:
    with pytest.raises(CompilerError, match=r"'timezon'.*options are timezone"):
        options({"crm": {"timezon": "UTC"}}).source_option("crm", "timezone")
    with pytest.raises(CompilerError, match=r"source_options of crm.*'colour'"):
        options(None).source_option("crm", "colour")
