"""What a publication is made of, as one hash: equal hash, nothing new to build.

It must be cheap, since it decides whether dbt and Great Expectations are imported at all.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keiro
from keiro.settings import Settings, read_project

# What can change a published number or picture when it is upgraded.
LIBRARIES = (
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "metricflow",
    "great-expectations",
    "altair",
    "holidays",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "statsmodels",
)
PATH_KEYS = (
    "model-paths",
    "seed-paths",
    "macro-paths",
    "test-paths",
    "analysis-paths",
    "snapshot-paths",
)
DBT_DEFAULTS = {"model-paths": ["models"], "seed-paths": ["seeds"], "macro-paths": ["macros"]}
PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "packages.yml", "dependencies.yml")


@lru_cache(maxsize=1)
def library_versions() -> dict[str, str]:
    """Versions of Keiro and of the libraries that can change a number, by package name."""
    versions = {"keiro": keiro.__version__}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "absent"
    return versions


def project_fingerprint(settings: Settings, as_of: date) -> str:
    """Hash of everything but the data: project files, Keiro itself, libraries, as-of, language."""
    root = settings.project_dir.resolve()
    digest = hashlib.sha256()
    suites = [settings.path(folder) for folder in settings.expectations]
    for label, file in (*_project_files(root), *_suite_files(suites)):
        digest.update(label.encode() + b"\0" + file.read_bytes() + b"\0")
    package = Path(keiro.__file__).parent
    for file in _files(package):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0")
        digest.update(file.read_bytes())
    settled = {"as_of": as_of.isoformat(), "language": settings.language, **library_versions()}
    digest.update(json.dumps(settled, sort_keys=True).encode())
    return digest.hexdigest()


def build_fingerprint(settings: Settings) -> str:
    """Hash of what decides how tables are computed from raw, whatever the day: code, seeds, salt.

    While it stays the same, a build may start from the tables of the last one.
    """
    salt = os.environ.get("KEIRO_PSEUDONYM_SALT", "")
    project = project_fingerprint(settings, date.min)
    return hashlib.sha256(f"{project}\0{salt}".encode()).hexdigest()


def run_fingerprint(project: str, load_log: Iterable[tuple[Any, ...]]) -> str:
    """Hash of the project's fingerprint and of what has been loaded (sorted rows of the log)."""
    digest = hashlib.sha256(project.encode())
    for row in load_log:
        digest.update(json.dumps(row, default=str, ensure_ascii=False).encode())
    return digest.hexdigest()


def _project_files(root: Path) -> Iterator[tuple[str, Path]]:
    """The files of the project and of its installed dbt packages, in a stable order."""
    packages = sorted((root / "dbt_packages").glob("*/dbt_project.yml"))
    for number, base in enumerate([root, *(package.parent for package in packages)]):
        for name in PROJECT_FILES:
            if (base / name).exists():
                yield f"{number}/{name}", base / name
        for folder in sorted(_source_folders(base)):
            for file in _files(base / folder):
                yield f"{number}/{folder}/{file.relative_to(base / folder).as_posix()}", file


def _suite_files(folders: list[Path]) -> Iterator[tuple[str, Path]]:
    """The files of the expectation suites, wherever their folders are."""
    for number, folder in enumerate(folders):
        for file in _files(folder):
            yield f"suites/{number}/{file.relative_to(folder).as_posix()}", file


def _files(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    )


def _source_folders(base: Path) -> set[str]:
    file = base / "dbt_project.yml"
    declared = read_project(file) if file.exists() else {}
    folders: set[str] = set()
    for key in PATH_KEYS:
        folders.update(declared.get(key, DBT_DEFAULTS.get(key, [])))
    return folders
