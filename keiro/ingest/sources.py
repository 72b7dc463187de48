"""Reads the source YAML files of a dbt project into `SourceObject`s."""

import difflib
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from keiro.errors import ExitCode, KeiroError
from keiro.ingest.declarations import RAW_SCHEMA, Column, SourceObject

_TABLE_KEYS = set(SourceObject.model_fields) - {
    "source",
    "object",
    "relation",
    "declared_in",
    "columns",
}
_COLUMN_KEYS = set(Column.model_fields) - {"name"}


def read_declarations(project_dir: Path) -> list[SourceObject]:
    """All source objects that the project declares files for, ordered by relation.

    Reads `*__sources.yml` below the project's `model-paths`. Where the project has the variable
    `sources`, only those that it names are on. Raises KeiroError with the file and the key at
    fault.
    """
    root = project_dir.absolute()
    project = _read_project(root)
    objects: list[SourceObject] = []
    for path in _source_files(root, project):
        objects += _read_file(path, path.relative_to(root).as_posix())
    switched_on = (project.get("vars") or {}).get("sources")
    if switched_on is not None:
        objects = [obj for obj in objects if obj.source in switched_on]
    _check_relations(objects)
    return sorted(objects, key=lambda obj: obj.relation)


def _read_project(project_dir: Path) -> dict[str, Any]:
    project_file = project_dir / "dbt_project.yml"
    if not project_file.exists():
        raise KeiroError(
            "there is no dbt_project.yml here",
            where=str(project_dir),
            remedy="change to the project's folder or name it with --project-dir",
            exit_code=ExitCode.USAGE,
        )
    return _read_yaml(project_file, "dbt_project.yml")


def _source_files(project_dir: Path, project: dict[str, Any]) -> list[Path]:
    found: set[Path] = set()
    for folder in project.get("model-paths", ["models"]):
        for ending in ("yml", "yaml"):
            found.update((project_dir / folder).rglob(f"*__sources.{ending}"))
    return sorted(found)


def _read_yaml(path: Path, where: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}, line {mark.line + 1}" if mark else where
        raise KeiroError(
            f"not readable as YAML: {getattr(error, 'problem', error)}",
            where=place,
            remedy="correct the YAML at that line",
        ) from error
    if content is None:
        return {}
    return dict(_expect(content, dict, where, "the file"))


def _expect(value: Any, kind: type[Any], where: str, what: str) -> Any:
    """The value if it is of that kind; dbt has not read these files yet, so shapes may be wrong."""
    if isinstance(value, kind):
        return value
    names: dict[type[Any], str] = {dict: "a mapping", list: "a list", str: "a text"}
    raise KeiroError(
        f"{what} is not {names[kind]}",
        where=where,
        remedy="see the example of a source in docs/add_a_source.md",
    )


def _read_file(path: Path, where: str) -> list[SourceObject]:
    objects = []
    content = _read_yaml(path, where)
    for source in _expect(content.get("sources", []), list, where, "sources"):
        _expect(source, dict, where, "an entry of sources")
        source_name = str(_expect(source.get("name"), str, where, "a source's name"))
        tables = source.get("tables") or []
        for table in _expect(tables, list, where, f"tables of {source_name}"):
            _expect(table, dict, where, f"an entry of {source_name}'s tables")
            meta = _meta(table, where)
            if "files" in meta:
                objects.append(_build(source, table, meta, where))
    return objects


def _meta(node: dict[str, Any], where: str) -> dict[str, Any]:
    """`config.meta` of a YAML node, or dbt's older place for it, `meta`."""
    config = node.get("config") or {}
    meta = _expect(config, dict, where, "config").get("meta") or node.get("meta") or {}
    return dict(_expect(meta, dict, where, "meta"))


def _build(
    source: dict[str, Any], table: dict[str, Any], meta: dict[str, Any], where: str
) -> SourceObject:
    table_name = str(_expect(table.get("name"), str, where, "a table's name"))
    place = f"{where}: {source['name']}.{table_name}"
    schema = source.get("schema", source["name"])
    if schema != RAW_SCHEMA:
        raise KeiroError(
            f"the source's schema is {schema!r}, but files are loaded into {RAW_SCHEMA!r}",
            where=place,
            remedy=f"write `schema: {RAW_SCHEMA}` under the source",
        )
    _refuse_unknown_keys(meta, _TABLE_KEYS, f"{place}: meta")
    columns = []
    for column in _expect(table.get("columns") or [], list, where, f"columns of {table_name}"):
        _expect(column, dict, where, f"an entry of {table_name}'s columns")
        column_meta = _meta(column, where)
        _refuse_unknown_keys(column_meta, _COLUMN_KEYS, f"{place}: column {column.get('name')}")
        columns.append({"name": column.get("name"), **column_meta})
    try:
        return SourceObject.model_validate(
            {
                "source": source["name"],
                "object": table_name,
                "relation": table.get("identifier", table_name),
                "declared_in": where,
                "columns": columns,
                **meta,
            }
        )
    except ValidationError as error:
        raise _declaration_error(error, place) from error


def _refuse_unknown_keys(meta: dict[str, Any], known: set[str], where: str) -> None:
    for key in meta:
        if key not in known:
            close = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean `{close[0]}`? " if close else ""
            raise KeiroError(
                f"unknown key `{key}`",
                where=where,
                remedy=f"{hint}known keys are {', '.join(sorted(known))}",
            )


def _declaration_error(error: ValidationError, where: str) -> KeiroError:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    given = first.get("input")
    shown = f" (got {given!r})" if isinstance(given, str | int | float | bool) else ""
    return KeiroError(
        f"{key}: {message}{shown}" if key else message,
        where=where,
        remedy="correct the source's declaration",
    )


def _check_relations(objects: list[SourceObject]) -> None:
    seen: dict[str, SourceObject] = {}
    for obj in objects:
        other = seen.setdefault(obj.relation.casefold(), obj)
        if other is not obj:
            raise KeiroError(
                f"{obj.title} and {other.title} ({other.declared_in}) are both loaded into"
                f" {RAW_SCHEMA}.{obj.relation}",
                where=obj.declared_in,
                remedy="give each table an `identifier` of its own, such as <source>__<table>",
            )
