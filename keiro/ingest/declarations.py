"""What to load: the source objects that dbt's source YAML declares in its `meta`."""

import re
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from keiro.ingest.labels import normalise_label

RAW_SCHEMA = "raw"
RESERVED_PREFIX = "_"
# What tells deliveries apart may be part of a key, where the rows of a file have no key alone.
FILE_KEYS = ("_extracted_at", "_file_name")
# Group 1 of `extracted_at`: a day, or a month that stands for its last day.
_DATE_FORMS = re.compile(r"(\d{4})[-_./]?(\d{2})(?:[-_./]?(\d{2}))?")


def _is_relative_glob(pattern: str) -> str:
    if pattern.startswith(("/", "\\")) or ".." in pattern.replace("\\", "/").split("/"):
        raise ValueError("a file pattern is relative to the exports folder and stays below it")
    return pattern


def _is_dated_regex(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if groups < 1:
        raise ValueError("the regular expression has no group that captures the date")
    return pattern


def _is_known_encoding(name: str) -> str:
    try:
        "a".encode(name)
    except LookupError as error:
        raise ValueError(f"no encoding has the name {name!r}") from error
    return name


class Column(BaseModel):
    """A declared column: its name in raw and the header labels that mean it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    personal: bool = False

    @cached_property
    def labels(self) -> frozenset[str]:
        """Normalised labels that mean this column; its own name is one of them."""
        return frozenset(normalise_label(label) for label in (self.name, *self.aliases))


class SourceObject(BaseModel):
    """One table of raw and the files that feed it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    object: str
    relation: str
    declared_in: str
    columns: tuple[Column, ...] = Field(min_length=1)
    files: tuple[Annotated[str, AfterValidator(_is_relative_glob)], ...] = Field(min_length=1)
    format: Literal["csv", "ndjson", "parquet", "auto"] = "auto"
    mode: Literal["snapshot", "append"] = "append"
    primary_key: tuple[str, ...]
    extracted_at: Annotated[str, AfterValidator(_is_dated_regex)] | None = None
    encodings: tuple[Annotated[str, AfterValidator(_is_known_encoding)], ...] = Field(
        default=("utf-8",), min_length=1
    )
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    totals: tuple[str, ...] = ()
    header: tuple[str, ...] | None = None
    owner: str | None = None

    @model_validator(mode="after")
    def _columns_are_consistent(self) -> "SourceObject":
        claimed: dict[str, str] = {}
        names: set[str] = set()
        for column in self.columns:
            if column.name.startswith(RESERVED_PREFIX):
                raise ValueError(f"column {column.name!r}: names with a leading _ are Keiro's own")
            if column.name.casefold() in names:
                raise ValueError(f"column {column.name!r} is declared twice")
            names.add(column.name.casefold())
            for label in column.labels:
                if label in claimed:
                    raise ValueError(
                        f"the label {label!r} is claimed by two columns,"
                        f" {claimed[label]!r} and {column.name!r}"
                    )
                claimed[label] = column.name
        declared = {column.name for column in self.columns} | set(FILE_KEYS)
        if "_extracted_at" in self.primary_key and self.extracted_at is None:
            raise ValueError("_extracted_at is in the primary key, so extracted_at is needed")
        for key in self.primary_key:
            if key not in declared:
                raise ValueError(f"the primary key column {key!r} is not declared under columns")
        return self

    @property
    def title(self) -> str:
        """`source.object`, as people call it."""
        return f"{self.source}.{self.object}"

    @property
    def versions_follow_dates(self) -> bool:
        """Whether a key's versions come from files of several dates, so that their order counts."""
        keys = set(self.primary_key)
        return self.extracted_at is not None and bool(keys) and not keys & set(FILE_KEYS)

    @cached_property
    def column_of_label(self) -> dict[str, str]:
        """Normalised label → declared column name."""
        return {label: column.name for column in self.columns for label in column.labels}

    @cached_property
    def required_columns(self) -> tuple[Column, ...]:
        """Columns that a file must have: the required ones and those of the primary key."""
        return tuple(c for c in self.columns if c.required or c.name in self.primary_key)

    @cached_property
    def personal_columns(self) -> frozenset[str]:
        """Names of the columns whose values no message may show."""
        return frozenset(column.name for column in self.columns if column.personal)

    def extraction_date(self, file_name: str) -> date | None:
        """The date that the file's name carries; None if none is declared.

        Raises ValueError where the declared expression finds no date in the name.
        """
        if self.extracted_at is None:
            return None
        found = re.search(self.extracted_at, file_name)
        form = _DATE_FORMS.fullmatch(found.group(1) or "") if found else None
        if form is None:
            raise ValueError(f"extracted_at {self.extracted_at!r} finds no date in the file's name")
        year, month = int(form.group(1)), int(form.group(2))
        if form.group(3):
            return date(year, month, int(form.group(3)))
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        date(year, month, 1)  # a 13th month is no date either
        return first_of_next - timedelta(days=1)
