"""What to load: the source objects that dbt's source YAML declares in its `meta`."""

import re
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from keiro.ingest.labels import normalise_label, visible_label
from keiro.ingest.structure import check_structure, is_capturing_regex, is_regex

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


def _is_part_regex(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if groups < 1:
        raise ValueError("the regular expression has no group that captures the part's number")
    return pattern


def _is_known_encoding(name: str) -> str:
    try:
        "a".encode(name)
    except LookupError as error:
        raise ValueError(f"no encoding has the name {name!r}") from error
    return name


Regex = Annotated[str, AfterValidator(is_regex)]
CapturingRegex = Annotated[str, AfterValidator(is_capturing_regex)]


class FromHeader(BaseModel):
    """Where a constant stands in the header: a named group of another column's pattern."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    group: str


class Column(BaseModel):
    """A declared column: its name in raw and the header labels that mean it.

    The `from_…` keys give the one value of all rows of a file whose header does not have the
    column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    aliases: tuple[str, ...] = ()
    pattern: Regex | None = None
    required: bool = False
    personal: bool = False
    from_header: FromHeader | None = None
    from_preamble: CapturingRegex | None = None
    from_file_name: CapturingRegex | None = None
    tracked: bool = False
    merges: bool = False

    @cached_property
    def labels(self) -> frozenset[str]:
        """Normalised labels that mean this column; its own name is one of them."""
        return frozenset(normalise_label(label) for label in (self.name, *self.aliases))

    @property
    def has_constant(self) -> bool:
        """Whether a file may give the column one value for all rows."""
        return bool(self.from_header or self.from_preamble or self.from_file_name)


class SourceObject(BaseModel):
    """One table of raw and the files that feed it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    object: str
    relation: str
    declared_in: str
    columns: tuple[Column, ...] = Field(min_length=1)
    files: tuple[Annotated[str, AfterValidator(_is_relative_glob)], ...] = Field(min_length=1)
    format: Literal["csv", "ndjson", "parquet", "xlsx", "auto"] = "auto"
    members: tuple[str, ...] = Field(default=("*",), min_length=1)
    sheet: str | None = None
    mode: Literal["snapshot", "append", "window"] = "append"
    window: tuple[str, ...] = ()
    parts: Annotated[str, AfterValidator(_is_part_regex)] | None = None
    max_lost_share: float = Field(default=0.2, ge=0, le=1)
    primary_key: tuple[str, ...]
    merge_rows: str | None = None
    extracted_at: Annotated[str, AfterValidator(_is_dated_regex)] | None = None
    encodings: tuple[Annotated[str, AfterValidator(_is_known_encoding)], ...] = Field(
        default=("utf-8",), min_length=1
    )
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    totals: tuple[str, ...] = ()
    footer: tuple[Regex, ...] = ()
    header: tuple[str, ...] | None = None
    header_rows: int = Field(default=1, ge=1, le=5)
    section: Regex | None = None
    fill_down: tuple[str, ...] = ()
    record_start: str | None = None
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
        self._check_window({column.name for column in self.columns})
        check_structure(self)
        return self

    def _check_window(self, declared: set[str]) -> None:
        if (self.mode == "window") != bool(self.window):
            raise ValueError("`mode: window` and the key `window` go together")
        if self.parts and self.mode != "snapshot":
            raise ValueError("`parts` belongs to `mode: snapshot`")
        if self.mode == "window" and "_file_name" in self.primary_key:
            raise ValueError("rows that have _file_name in their key are restated by no other file")
        for name in self.window:
            if name not in declared | {"_extracted_at"}:
                raise ValueError(f"the window column {name!r} is not declared under columns")
        if "_extracted_at" in self.window and self.extracted_at is None:
            raise ValueError("_extracted_at is in the window, so extracted_at is needed")

    @property
    def title(self) -> str:
        """`source.object`, as people call it."""
        return f"{self.source}.{self.object}"

    @property
    def versions_follow_dates(self) -> bool:
        """Whether a key's versions come from files of several dates, so that their order counts."""
        keys = set(self.primary_key)
        if self.extracted_at is None or "_file_name" in keys:
            return False
        return self.restates or (bool(keys) and not keys & set(FILE_KEYS))

    @property
    def has_versions(self) -> bool:
        """Whether what a file brings depends on the files before it."""
        return self.restates or bool(self.primary_key)

    @property
    def restates(self) -> bool:
        """Whether a file says which rows there are no more, and not only which there are."""
        return self.mode != "append"

    @cached_property
    def column_of_label(self) -> dict[str, str]:
        """Normalised label → declared column name."""
        return {label: column.name for column in self.columns for label in column.labels}

    @cached_property
    def patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Declared column name and compiled pattern, of the columns that have one."""
        return tuple((c.name, re.compile(c.pattern)) for c in self.columns if c.pattern is not None)

    def column_for(self, label: str) -> str | None:
        """The declared column that a header label means: by alias, else by pattern."""
        normal = normalise_label(label)
        if normal in self.column_of_label:
            return self.column_of_label[normal]
        visible = visible_label(label)
        return next((name for name, pattern in self.patterns if pattern.fullmatch(visible)), None)

    @cached_property
    def required_columns(self) -> tuple[Column, ...]:
        """Columns that a file must have: the required ones and those of the primary key."""
        return tuple(c for c in self.columns if c.required or c.name in self.primary_key)

    @cached_property
    def personal_columns(self) -> frozenset[str]:
        """Names of the columns whose values no message may show."""
        return frozenset(column.name for column in self.columns if column.personal)

    def extraction_date(self, name: str) -> date | None:
        """The date in a file's path below the exports folder; None if none is declared.

        Where several places hold one, the last counts: the file's name before a folder's. Raises
        ValueError where the declared expression finds no date.
        """
        if self.extracted_at is None:
            return None
        form = None
        for found in re.finditer(self.extracted_at, name):
            form = _DATE_FORMS.fullmatch(found.group(1) or "") or form
        if form is None:
            raise ValueError(f"extracted_at {self.extracted_at!r} finds no date in the file's name")
        year, month = int(form.group(1)), int(form.group(2))
        if form.group(3):
            return date(year, month, int(form.group(3)))
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        date(year, month, 1)  # a 13th month is no date either
        return first_of_next - timedelta(days=1)
