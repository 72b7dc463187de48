"""The declarations in dbt's source YAML: what is read from them, and what each mistake gets."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from keiro.errors import KeiroError
from keiro.ingest import read_declarations

FILE = "models/staging/crm/_crm__sources.yml"


def table(**changes: Any) -> dict[str, Any]:
    meta = {"files": ["crm/*.csv"], "format": "csv", "mode": "snapshot", "primary_key": ["id"]}
    columns = [
        {"name": "id", "config": {"meta": {"aliases": ["Record ID"], "required": True}}},
        {"name": "email", "config": {"meta": {"aliases": ["Email"], "personal": True}}},
        {"name": "note"},
    ]
    return {
        "name": changes.pop("name", "contacts"),
        "identifier": changes.pop("identifier", "crm__contacts"),
        "description": "Contacts",
        "data_tests": [],
        "columns": changes.pop("columns", columns),
        "config": {"tags": ["x"], "meta": {**meta, **changes}},
    }


def write(folder: Path, *tables: dict[str, Any], schema: str = "raw", file: str = FILE) -> Path:
    (folder / "dbt_project.yml").write_text('name: t\nmodel-paths: ["models", "metrics"]\n')
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    source = {"name": "crm", "schema": schema, "loader": "keiro", "tables": list(tables)}
    path.write_text(yaml.safe_dump({"version": 2, "sources": [source]}, allow_unicode=True))
    return folder


def test_declarations_are_read_with_their_defaults(tmp_path: Path) -> None:
    external = {"name": "external", "description": "no files: loaded by somebody else"}
    (crm,) = read_declarations(write(tmp_path, table(), external))
    assert (crm.title, crm.relation, crm.declared_in) == ("crm.contacts", "crm__contacts", FILE)
    assert (crm.files, crm.format, crm.mode) == (("crm/*.csv",), "csv", "snapshot")
    assert (crm.primary_key, crm.encodings, crm.extracted_at) == (("id",), ("utf-8",), None)
    assert [column.name for column in crm.columns] == ["id", "email", "note"]
    assert crm.personal_columns == {"email"}
    assert [column.name for column in crm.required_columns] == ["id"]


def test_all_source_files_below_the_model_paths_are_read(tmp_path: Path) -> None:
    write(tmp_path, table())
    write(tmp_path, table(identifier="b", name="b"), file="metrics/deep/_b__sources.yaml")
    write(tmp_path, table(identifier="c", name="c"), file="seeds/_c__sources.yml")
    write(tmp_path, table(identifier="d", name="d"), file="models/_d__models.yml")
    assert [obj.relation for obj in read_declarations(tmp_path)] == ["b", "crm__contacts"]


def column(name: str, **meta: Any) -> dict[str, Any]:
    return {"name": name, "config": {"meta": meta}}


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"primry_key": ["id"]}, "unknown key `primry_key`"),
    ({"format": "cvs"}, "format: "),
    ({"mode": "replace"}, "mode: "),
    ({"files": []}, "files: "),
    ({"files": ["../secret/*.csv"]}, "below it"),
    ({"files": ["/etc/*.csv"]}, "below it"),
    ({"primary_key": ["id", "day"]}, "primary key column 'day' is not declared"),
    ({"primary_key": ["_extracted_at"]}, "extracted_at is needed"),
    ({"mode": "window"}, "go together"),
    ({"window": ["id"]}, "go together"),
    ({"mode": "window", "window": ["day"]}, "window column 'day' is not declared"),
    ({"mode": "window", "window": ["_extracted_at"]}, "extracted_at is needed"),
    ({"mode": "window", "window": ["id"], "primary_key": ["id", "_file_name"]}, "no other file"),
    ({"mode": "append", "parts": r"_(\d+)"}, "belongs to `mode: snapshot`"),
    ({"parts": r"_\d+"}, "no group that captures the part's number"),
    ({"max_lost_share": 2}, "max_lost_share: "),
    ({"extracted_at": r"(\d{4"}, "not a regular expression"),
    ({"extracted_at": r"\d{8}"}, "no group"),
    ({"encodings": ["utf-8", "cp9321"]}, "no encoding has the name 'cp9321'"),
    ({"delimiter": "||"}, "delimiter: "),
    ({"columns": []}, "columns: "),
    ({"columns": [column("id"), column("ID")]}, "is declared twice"),
    ({"columns": [column("id"), column("_extra")]}, "Keiro's own"),
    ({"columns": [column("id", alias=["x"])]}, "unknown key `alias`"),
    (
        {"columns": [column("id", aliases=["Ｎａｍｅ "]), column("n", aliases=["name"])]},
        "'name' is claimed by two columns, 'id' and 'n'",
    ),
    ({"columns": [column("id"), column("n", aliases=["ID"])]}, "claimed by two columns"),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_mistake_names_the_file_the_key_and_the_remedy(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(KeiroError) as caught:
        read_declarations(write(tmp_path, table(**changes)))
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{FILE}: crm.contacts")
    assert caught.value.remedy


def test_a_misspelt_key_is_answered_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(KeiroError, match="did you mean `primary_key`"):
        read_declarations(write(tmp_path, table(primry_key=["id"])))


def test_a_missing_primary_key_is_a_mistake(tmp_path: Path) -> None:
    without = table()
    del without["config"]["meta"]["primary_key"]
    with pytest.raises(KeiroError, match="primary_key"):
        read_declarations(write(tmp_path, without))


def test_two_objects_with_one_relation_are_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, table(), table(name="people", identifier="CRM__contacts"))
    with pytest.raises(KeiroError, match=r"both loaded into\s+raw"):
        read_declarations(tmp_path)


def test_another_schema_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(KeiroError, match="schema: raw"):
        read_declarations(write(tmp_path, table(), schema="crm"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sources: [\n  - name: {", "line "),
        ("- a\n- b\n", "the file is not a mapping"),
        ("sources: {name: crm}", "sources is not a list"),
        ("sources: [{schema: raw}]", "a source's name is not a text"),
    ],
)
def test_yaml_of_a_wrong_shape_is_a_mistake(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, table())
    (tmp_path / FILE).write_text(text)
    with pytest.raises(KeiroError) as caught:
        read_declarations(tmp_path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(FILE)


def test_a_folder_without_a_project_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(KeiroError, match=r"no dbt_project\.yml"):
        read_declarations(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "name", "day"),
    [
        (r"(\d{4}-\d{2}-\d{2})", "x-2026-02-03.csv", "2026-02-03"),
        (r"events_(\d{8})", "events_20260203.parquet", "2026-02-03"),
        (r"(\d{4}-\d{2})", "report_2024-02.csv", "2024-02-29"),
        (r"(\d{6})", "report_202312.csv", "2023-12-31"),
        (r"(\d{8})", "x_20260230.csv", None),
        (r"(\d{6})", "x_202613.csv", None),
        (r"(\d{8})", "x.csv", None),
        (r"(\d+)", "x_1.csv", None),
    ],
)
def test_the_date_is_read_from_the_files_name(
    tmp_path: Path, pattern: str, name: str, day: str | None
) -> None:
    (crm,) = read_declarations(write(tmp_path, table(extracted_at=pattern)))
    if day is None:
        with pytest.raises(ValueError, match=r".+"):
            crm.extraction_date(name)
    else:
        assert str(crm.extraction_date(name)) == day
