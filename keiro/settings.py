"""Settings of an installation: one typed class, from `keiro.toml` and `KEIRO_*` variables.

What the models need (as-of date, time zone, fiscal year) are variables of `dbt_project.yml`,
so that `dbt build` alone knows them too; `as_of` can be overridden here.
"""

from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from keiro.errors import ExitCode, KeiroError

SETTINGS_FILE = "keiro.toml"


class Settings(BaseSettings):
    """Where things are and how a run behaves. Relative paths are below `project_dir`."""

    model_config = SettingsConfigDict(env_prefix="KEIRO_", extra="forbid")

    project_dir: Path = Path()
    exports_dir: Path = Path("exports")
    warehouse: Path = Path("warehouse/keiro.duckdb")
    published_dir: Path = Path("published")
    target_dir: Path = Path("target")
    expectations: tuple[Path, ...] = (Path("expectations"),)
    as_of: date | Literal["today"] | None = None
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
        """The absolute form of a path that is relative to the project."""
        return relative if relative.is_absolute() else (self.project_dir / relative).resolve()

    @cached_property
    def dbt_vars(self) -> dict[str, Any]:
        """The `vars` of `dbt_project.yml`, the single place of what the models are told."""
        file = self.project_dir / "dbt_project.yml"
        if not file.exists():
            raise KeiroError(
                "there is no dbt_project.yml here",
                where=str(self.project_dir.resolve()),
                remedy="change to the project's folder or name it with --project-dir",
                exit_code=ExitCode.USAGE,
            )
        declared: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")).get("vars", {})
        # An own project gives the variables of the Keiro package under its name.
        return {**declared.get("keiro", {}), **declared}

    @property
    def timezone(self) -> ZoneInfo:
        """The business time zone: it decides on which day a thing happened."""
        return ZoneInfo(str(self.dbt_vars["business_timezone"]))

    @property
    def resolved_as_of(self) -> date:
        """The last day whose end is known. The only place where a run may look at the clock."""
        if self.as_of == "today":
            return datetime.now(self.timezone).date()
        return self.as_of or date.fromisoformat(str(self.dbt_vars["as_of"]))


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
            where=f"{SETTINGS_FILE} or KEIRO_{name.upper()}",
            remedy="correct the value; docs/settings.md says what each setting means",
            exit_code=ExitCode.USAGE,
        ) from error
