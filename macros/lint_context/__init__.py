"""What sqlfluff's Jinja needs of dbt to read the models without a database or credentials."""

from pathlib import Path
from typing import Any

import yaml

# sqlfluff runs in the project's folder, where it finds its own configuration.
_PROJECT = yaml.safe_load(Path("dbt_project.yml").read_text(encoding="utf-8"))


def var(name: str, default: Any = None) -> Any:
    """A variable of `dbt_project.yml`, as dbt gives it."""
    return _PROJECT["vars"].get(name, default)


def env_var(name: str, default: str = "") -> str:
    """The default of an environment variable: lint never sees a secret."""
    return default or name
