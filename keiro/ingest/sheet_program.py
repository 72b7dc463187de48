"""The program that turns worksheets into CSV files, one after the other, as a process of its own.

So a workbook that is damaged, or larger than memory allows, ends this process and not the load:
the reader holds a sheet whole. Started with the workbook, a folder, the delimiter, a limit of
memory in bytes and perhaps the name of a sheet; writes one JSON object a line and waits for a
line after each sheet. It imports nothing of Keiro, which keeps its start short.

Every cell becomes text: dates and times in ISO form, numbers in their shortest decimal form
without exponent, booleans `true` and `false`, errors as a spreadsheet shows them.
"""

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

# What an error cell shows, by the reader's name for it.
ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
_ERROR = re.compile(r"Error\((\w+)\)")
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_DATE = r"^[0-9]{4,5}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$"
_DAY = 86_400_000
# Spreadsheets keep 15 digits: a whole number of more is rounded, unless its last ones are zeros.
_EXACT = 1e15
# A serial below a year is a time of day or a duration: nobody's exports are of the year 1900.
_SHORTEST_DATE = 366 * _DAY


class Sheet:
    """One worksheet, read as often as its cells need another reading of their type."""

    def __init__(self, workbook: Any, name: str) -> None:
        self._workbook = workbook
        self._name = name
        sheet = self._load("string")
        if sheet.width == 0 or sheet.height == 0:
            self.texts: list[Any] = []
            return
        batch, errors = sheet.to_arrow_with_errors()
        self.texts = list(batch.columns)
        self._show_errors(errors.errors if errors else [])

    def _load(self, kind: str, columns: list[int] | None = None) -> Any:
        return self._workbook.load_sheet(
            self._name, header_row=None, dtypes=kind, use_columns=columns
        )

    def _typed(self, kind: str, columns: list[int]) -> dict[int, Any]:
        """These columns with the cells of a type; what is of another type is null."""
        if not columns:
            return {}
        batch = self._load(kind, columns).to_arrow()
        return dict(zip(columns, batch.columns, strict=True))

    def _matching(self, pattern: str) -> list[int]:
        return [
            position
            for position, column in enumerate(self.texts)
            if pc.any(pc.match_substring_regex(column, pattern)).as_py()
        ]

    def _replace(self, position: int, mask: Any, values: Any) -> None:
        chosen = pc.fill_null(mask, False)
        self.texts[position] = pc.if_else(chosen, values, self.texts[position])

    def _show_errors(self, errors: list[Any]) -> None:
        shown: dict[int, dict[int, str]] = {}
        for error in errors:
            kind = _ERROR.search(error.detail)
            if kind:
                row, column = error.offset_position
                shown.setdefault(column, {})[row] = ERRORS.get(kind[1], f"#{kind[1].upper()}!")
        for column, cells in shown.items():
            values = self.texts[column].to_pylist()
            for row, text in cells.items():
                values[row] = text
            self.texts[column] = pa.array(values, pa.string())

    def show_dates(self) -> None:
        """Dates without the midnight that the reader adds, times of day without a date."""
        for position, spans in self._typed("duration", self._matching(_DATE)).items():
            text, length = self.texts[position], pc.cast(spans, pa.int64())
            midnight = pc.equal(pc.fill_null(pc.utf8_slice_codeunits(text, -9), ""), " 00:00:00")
            is_date = pc.greater_equal(length, _SHORTEST_DATE)
            days = pc.utf8_slice_codeunits(text, 0, -9)
            self._replace(position, pc.and_(is_date, midnight), days)
            self._replace(position, pc.less(length, _SHORTEST_DATE), _clock(length))

    def show_numbers(self) -> dict[int, int]:
        """Numbers in their shortest form; by column, how many whole ones may have lost digits."""
        floats = self._typed("float", self._matching(_NUMBER))
        shortest = {position: _shortest(values) for position, values in floats.items()}
        large = {p: _is_large(values) for p, values in floats.items()}
        doubtful = [
            position
            for position, text in shortest.items()
            if pc.any(pc.not_equal(text, self.texts[position])).as_py()
            or pc.any(large[position]).as_py()
        ]
        rounded = {}
        for position, logical in self._typed("boolean", doubtful).items():
            # Texts have no truth value, and the reader gives numbers one as it does booleans.
            is_boolean = pc.is_in(self.texts[position], pa.array(["true", "false"]))
            is_number = pc.and_(pc.is_valid(logical), pc.invert(is_boolean))
            self._replace(position, is_number, shortest[position])
            count = pc.sum(pc.and_(is_number, pc.fill_null(large[position], False))).as_py()
            if count:
                rounded[position] = count
        return rounded

    def write(self, path: Path, delimiter: str) -> None:
        """The cells as CSV, each row as wide as the sheet."""
        names = [str(position) for position in range(len(self.texts))]
        arrow_csv.write_csv(
            pa.table(self.texts, names=names),
            path,
            arrow_csv.WriteOptions(include_header=False, delimiter=delimiter),
        )


def _is_large(values: Any) -> Any:
    return pc.and_(pc.greater_equal(pc.abs(values), _EXACT), pc.equal(values, pc.floor(values)))


def _shortest(values: Any) -> Any:
    """Floats as the shortest decimal text that means them, without exponent."""
    numbers = values.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        whole = (np.floor(numbers) == numbers) & (np.abs(numbers) < 2.0**63)
    integers = pa.array(np.where(whole, numbers, 0).astype(np.int64), mask=~whole)
    text = pc.coalesce(pc.cast(integers, pa.string()), pc.cast(values, pa.string()))
    distinct = pc.unique(text.filter(pc.fill_null(pc.match_substring(text, "e"), False)))
    if not len(distinct):
        return text
    positional = pa.array([format(Decimal(number), "f") for number in distinct.to_pylist()])
    index = pc.index_in(text, distinct)
    return pc.coalesce(positional.take(index), text)


def _clock(milliseconds: Any) -> Any:
    """Milliseconds as hours, minutes and seconds; hours may be more than a day's."""
    values = milliseconds.to_numpy(zero_copy_only=False)
    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)
    seconds = np.where(missing, 0, values).astype(np.int64) // 1000
    distinct, index = np.unique(seconds, return_inverse=True)
    texts = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in distinct.tolist()]
    return pa.array(texts, pa.string()).take(pa.array(index.astype(np.int64), mask=missing))


def limit_memory(limit: int) -> None:
    """Let allocations above the limit fail, where the operating system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def say(**message: Any) -> None:
    """One line for the process that waits."""
    print(json.dumps(message), flush=True)


def main(source: str, folder: str, delimiter: str, memory: str, *wanted: str) -> None:
    """Convert the sheets in their order as long as the other side asks for one more."""
    limit_memory(int(memory))
    try:
        workbook = fastexcel.read_excel(source)
        names = list(wanted) or workbook.sheet_names
        for number, name in enumerate(names):
            if name not in workbook.sheet_names:
                say(missing=name, sheets=workbook.sheet_names)
                return
            sheet = Sheet(workbook, name)
            path = Path(folder) / f"sheet-{number}.csv"
            if sheet.texts:
                sheet.show_dates()
                rounded = sheet.show_numbers()
                sheet.write(path, delimiter)
                del sheet
                say(sheet=name, path=str(path), rounded=rounded)
                if not sys.stdin.readline():
                    return
    except MemoryError:
        say(fault="memory")
    except BaseException as error:  # the reader's panics are no Exception
        say(fault="password" if "assword" in str(error) else "damaged")


if __name__ == "__main__":
    main(*sys.argv[1:])
