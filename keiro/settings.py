"""Settings of an installation: one typed class, from `keiro.toml` and `KEIRO_*` variables.

What the models need (as-of date, time zone, fiscal year) are variables of `dbt_project.yml`,
so that `dbt build` alone knows them too; `as_of` can be overridden here.
"""

import json
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from keiro.errors import ExitCode, KeiroError

SETTINGS_FILE = "keiro.toml"
PROJECT_FILE = "dbt_project.yml"


def _listed(value: Any) -> Any:
    """A list as people write one in a variable: JSON, or names with commas between them."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [name.strip() for name in value.split(",") if name.strip()]


Folders = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_listed), Field(min_length=1)]


def _place(value: Any) -> Any:
    """A URL stays the text that it is: a path would lose one of its slashes."""
    return Path(value) if isinstance(value, str) and "://" not in value else value


Exports = Annotated[Path | str, BeforeValidator(_place)]


class Settings(BaseSettings):
    """Where things are and how a run behaves. Relative paths are below `project_dir`."""

    model_config = SettingsConfigDict(env_prefix="KEIRO_", extra="forbid")

    project_dir: Path = Path()
    exports_dir: Exports = Path("exports")
    trust_file_times: bool = False
    warehouse: Path = Path("warehouse/keiro.duckdb")
    published_dir: Path = Path("published")
    target_dir: Path = Path("target")
    expectations: Folders = (Path("expectations"),)
    as_of: date | Literal["yesterday"] | None = None
    language: Literal["en", "ja"] = "en"
    keep_versions: int = Field(default=5, ge=1)
    schedule: str = "0 6 * * *"
    host: str = "127.0.0.1"
    port: int = Field(default=4200, ge=1, le=65535)
    io_retries: int = Field(default=3, ge=0)
    io_retry_seconds: float = Field(default=2.0, ge=0)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, `keiro.toml` of the project."""
        del dotenv_settings, file_secret_settings
        project = Path(init_settings().get("project_dir", Path()))
        toml = TomlConfigSettingsSource(settings_cls, project / SETTINGS_FILE)
        return init_settings, env_settings, toml

    def path(self, relative: Path) -> Path:
        """The absolute form of a path that is relative to the project; `~` is one's own folder."""
        path = relative.expanduser()
        return path if path.is_absolute() else (self.project_dir / path).resolve()

    @property
    def exports(self) -> Path | str:
        """Where the exports are: the absolute path of a folder, or the URL of a remote one."""
        place = self.exports_dir
        return place if isinstance(place, str) else self.path(place)

    @property
    def download_dir(self) -> Path:
        """Where downloads of remote exports wait until they are loaded: beside the warehouse."""
        warehouse = self.path(self.warehouse)
        return warehouse.with_name(warehouse.name + ".downloads")

    @property
    def local_exports(self) -> Path:
        """The exports folder to write to. Raises KeiroError where it is a remote one."""
        if isinstance(self.exports, str):
            raise KeiroError(
                "the exports folder is a remote one, which is only read",
                where="exports_dir",
                remedy="name a folder of this machine",
                exit_code=ExitCode.USAGE,
            )
        return self.exports

    @cached_property
    def dbt_vars(self) -> dict[str, Any]:
        """The `vars` of `dbt_project.yml`, the single place of what the models are told."""
        file = self.project_dir / PROJECT_FILE
        if not file.exists():
            raise KeiroError(
                f"there is no {PROJECT_FILE} here",
                where=str(self.project_dir.resolve()),
                remedy="change to the project's folder or name it with --project-dir",
                exit_code=ExitCode.USAGE,
            )
        declared = read_project(file).get("vars")
        if declared is None:
            return {}
        # An own project gives the variables of the Keiro package under its name.
        scoped = declared.get("keiro") if isinstance(declared, dict) else None
        if not isinstance(declared, dict) or not isinstance(scoped or {}, dict):
            raise _wrong_variable("vars", declared, "write `vars` as names with values")
        return {**(scoped or {}), **declared}

    @property
    def timezone(self) -> ZoneInfo:
        """The business time zone: it decides on which day a thing happened."""
        name = self._variable("business_timezone", "Asia/Tokyo")
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, LookupError) as error:
            remedy = "write the name of a time zone of the IANA database, as Asia/Tokyo"
            raise _wrong_variable("business_timezone", name, remedy) from error

    @property
    def resolved_as_of(self) -> date:
        """The last day whose end is known. The only place where a run may look at the clock."""
        if self.as_of == "yesterday":
            return datetime.now(self.timezone).date() - timedelta(days=1)
        if self.as_of is not None:
            return self.as_of
        day = self._variable("as_of", "2026-09-30")
        try:
            return date.fromisoformat(day)
        except ValueError as error:
            remedy = 'write a day of the calendar as "YYYY-MM-DD"'
            raise _wrong_variable("as_of", day, remedy) from error

    def _variable(self, name: str, example: str) -> str:
        value = self.dbt_vars.get(name)
        if value is None:
            raise _wrong_variable(name, value, f'give it below `vars`, as {name}: "{example}"')
        return str(value)


def read_project(file: Path) -> dict[str, Any]:
    """What a `dbt_project.yml` says, by key. Raises KeiroError where it is no such file."""
    try:
        declared = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise KeiroError(
            f"it cannot be read: {error}",
            where=str(file),
            remedy="correct the YAML at this place; the file is UTF-8",
            exit_code=ExitCode.USAGE,
        ) from error
    if not isinstance(declared, dict):
        raise KeiroError(
            f"it holds {declared!r} and not keys with values",
            where=str(file),
            remedy="write it as dbt wants it: name, profile, model-paths, vars",
            exit_code=ExitCode.USAGE,
        )
    return declared


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` that are None are left out. Raises KeiroError."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise KeiroError(
            f"the setting {name} is wrong: {first['msg']} (got {first.get('input')!r})",
            where=f"{SETTINGS_FILE} or KEIRO_{str(first['loc'][0]).upper()}",
            remedy="correct the value; docs/settings.md says what each setting means",
            exit_code=ExitCode.USAGE,
        ) from error
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise KeiroError(
            f"it cannot be read: {error}",
            where=str(Path(given.get("project_dir", "")) / SETTINGS_FILE),
            remedy='correct the TOML at this place, as in language = "ja"; the file is UTF-8',
            exit_code=ExitCode.USAGE,
        ) from error
    except SettingsError as error:
        raise KeiroError(
            f"a setting cannot be read: {error}",
            where=f"{SETTINGS_FILE} or a variable KEIRO_*",
            remedy="correct the value; docs/settings.md says what each setting means",
            exit_code=ExitCode.USAGE,
        ) from error


def _wrong_variable(name: str, value: Any, remedy: str) -> KeiroError:
    return KeiroError(
        f"the variable {name} is wrong (got {value!r})",
        where=PROJECT_FILE,
        remedy=remedy,
        exit_code=ExitCode.USAGE,
    )
