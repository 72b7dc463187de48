"""The count of records beside the parser: blocks of any size, blank lines, line ends in quotes."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keiro.ingest import count

CELLS = st.text(alphabet='ab",\n\r', max_size=4)
LINES = st.lists(st.one_of(st.lists(CELLS, min_size=1, max_size=3), st.none()), max_size=8)


@given(
    lines=LINES,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    block=st.integers(min_value=1, max_value=12),
    is_cut=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_as_many_records_as_were_written(
    lines: list[list[str] | None],
    end: str,
    block: int,
    is_cut: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lines of None are blank; the last line may lack its end."""
    text = io.StringIO()
    # Where a carriage return alone ends the lines, a line feed within cells would be taken for it.
    foreign = str.maketrans("", "", "\n" if end == "\r" else "")
    for cells in lines:
        if cells is None:
            text.write(end)
        else:
            # A line end of another kind in a cell without quotes would be one to most readers.
            quoting = csv.QUOTE_ALL if "\r" in "".join(cells) else csv.QUOTE_MINIMAL
            writer = csv.writer(text, lineterminator=end, quoting=quoting)
            writer.writerow([cell.translate(foreign) for cell in cells])
    content = text.getvalue().encode()
    file = tmp_path / "a.csv"
    file.write_bytes(content.removesuffix(end.encode()) if is_cut else content)
    monkeypatch.setattr(count, "_BLOCK", block)
    found = count.count_records(file, 0)
    assert found == count.RecordCount(sum(cells is not None for cells in lines), paired=True)
