"""What sqlfluff's Jinja needs of dbt to read the models without a database or credentials."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

# sqlfluff runs in the project's folder, where it finds its own configuration.
_PROJECT = yaml.safe_load(Path("dbt_project.yml").read_text(encoding="utf-8"))

# Macros of macros/cast that models and other macros use: lint sees them as calls of functions.
_CASTS = (
    "clean_text",
    "no_placeholder",
    "normalise_company",
    "normalise_domain",
    "normalise_email",
    "normalise_person_name",
    "normalise_phone",
    "parse_amount",
    "parse_boolean",
    "parse_date",
    "parse_integer",
    "parse_local_timestamp",
    "parse_number",
    "parse_share",
    "parse_timestamp",
    "salesforce_id",
)


def _call(name: str) -> Callable[..., str]:
    return lambda expression, *_, **__: f"{name}({expression})"


globals().update({name: _call(name) for name in _CASTS})


def var(name: str, default: Any = None) -> Any:
    """A variable of `dbt_project.yml`, as dbt gives it."""
    return _PROJECT["vars"].get(name, default)


def env_var(name: str, default: str = "") -> str:
    """The default of an environment variable: lint never sees a secret."""
    return default or name


def public_mail_domains() -> str:
    """One of them stands for all."""
    return "'gmail.com'"
