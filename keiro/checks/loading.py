"""Reads `expectations/*.yml`."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from keiro.checks.model import Suite
from keiro.errors import KeiroError


def load_suites(folder: Path) -> list[Suite]:
    """All suites of a folder, by file name. Raises KeiroError naming file, check and key."""
    if not folder.is_dir():
        raise KeiroError(
            "there is no folder of expectations",
            where=str(folder),
            remedy="create it, or correct the project's folder; Keiro's own is `expectations/`",
        )
    files = sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])
    suites = [_load(file) for file in files]
    _names_are_unique(files, suites)
    return suites


def _load(file: Path) -> Suite:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise KeiroError(
            f"this is not readable YAML: {error}",
            where=file.name,
            remedy="correct the indentation or quoting at the place that is named",
        ) from error
    if not isinstance(content, dict):
        raise KeiroError(
            "a suite is a mapping with the keys suite, layer, description and checks",
            where=file.name,
            remedy="see expectations/raw.yml for the shape",
        )
    try:
        return Suite.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise KeiroError(
            f"{_sentence(dict(first))}",
            where=f"{file.name}: {_place(content, first['loc'])}",
            remedy="correct the suite; keiro/checks/model.py documents each key",
        ) from error


def _place(content: dict[str, Any], loc: tuple[int | str, ...]) -> str:
    """`checks[3] (raw.rows_add_up).severity`: by its id, nobody counts list items."""
    parts: list[str] = []
    for index, part in enumerate(loc):
        if isinstance(part, int) and loc[index - 1] == "checks":
            check = content["checks"][part]
            name = check.get("id") if isinstance(check, dict) else None
            parts[-1] += f"[{part}]" + (f" ({name})" if name else "")
        else:
            parts.append(str(part))
    return ".".join(parts) or "the suite"


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return f"the key {error['loc'][-1]!r} is unknown"
    if error["type"] == "missing":
        return f"the key {error['loc'][-1]!r} is missing"
    return f"{error['msg']} (got {error['input']!r})"


def _names_are_unique(files: list[Path], suites: list[Suite]) -> None:
    seen: dict[str, Path] = {}
    for file, suite in zip(files, suites, strict=True):
        if suite.suite in seen:
            raise KeiroError(
                f"the suite name {suite.suite!r} is taken by {seen[suite.suite].name}",
                where=file.name,
                remedy="give each file's suite a name of its own",
            )
        seen[suite.suite] = file
