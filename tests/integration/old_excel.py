"""A minimal XLS workbook, by Microsoft's published layout: BIFF8 records in a compound file."""

import struct

SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
# The smallest stream that is kept in sectors of the usual size.
_SMALLEST = 4096


def xls(title: str, rows: list[list[str | float]], *, date_column: int) -> bytes:
    """One sheet of texts and numbers; numbers of one column have the format of a date."""
    return _compound(_workbook(title, rows, date_column))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _workbook(title: str, rows: list[list[str | float]], date_column: int) -> bytes:
    # Two cell formats: general, and 14, which is the built-in date.
    formats = b"".join(_record(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, 14))
    name = title.encode("utf-16-le")
    start = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 1997, 0, 6))
    end = _record(0x000A, b"")
    length = 4 + 8 + len(name)
    offset = len(start) + len(formats) + 4 + length - 4 + len(end)
    sheet = struct.pack("<LBBBB", offset, 0, 0, len(title), 1) + name
    cells = b"".join(
        _cell(row, column, value, is_date=column == date_column)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
    )
    begin = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 1997, 0, 6))
    return start + formats + _record(0x0085, sheet) + end + begin + cells + end


def _cell(row: int, column: int, value: str | float, *, is_date: bool) -> bytes:
    if isinstance(value, str):
        text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        return _record(0x0204, struct.pack("<HHH", row, column, 0) + text)
    return _record(0x0203, struct.pack("<HHHd", row, column, int(is_date), value))


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(_SMALLEST, b"\0")
    stream += b"\0" * (-len(stream) % SECTOR)
    count = len(stream) // SECTOR
    # Sector 0 is the allocation table, 1 the directory, the stream follows.
    chain = [_FAT, _END, *range(3, count + 2), _END]
    table = struct.pack(f"<{len(chain)}L", *chain).ljust(SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + _entry(
        "Workbook", 2, 2, len(stream)
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<LLLLLLLLL", 0, 1, 1, 0, _SMALLEST, _END, 0, _END, 0)
    header += struct.pack("<L", 0).ljust(109 * 4, b"\xff")
    return header + table + directory.ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    label = (name + "\0").encode("utf-16-le")
    return (
        label.ljust(64, b"\0")
        + struct.pack("<HBBLLL", len(label), kind, 1, _FREE, _FREE, child)
        + b"\0" * 36
        + struct.pack("<LQ", start, size)
    )
