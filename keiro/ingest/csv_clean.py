"""What no cell should hold is taken out before parsing: NUL characters, byte order marks within.

NULs come from broken exporters, and many readers of tables end a text at them; a byte order mark
at the start of a later line says that files were put together. Both are found by a search of the
bytes, so that a clean file costs no more than that.
"""

import re
from pathlib import Path

_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 22
_MARKS_AT_LINE_START = re.compile(rb"(?<=[\r\n])(?:\xef\xbb\xbf)+")
# How UTF-8's kana (ã‚, ãƒ, ã and a control character) and accents (Ã and a sign) look after they
# were read as Windows-1252 or Latin-1 and written as UTF-8 once more.
_MOJIBAKE = (
    b"\xc3\xa3\xe2\x80\x9a",
    b"\xc3\xa3\xc6\x92",
    b"\xc3\xa3\xc2\x81",
    b"\xc3\xa3\xc2\x82",
    b"\xc3\x83\xc2",
)
_SAMPLE = 1 << 20


def clean_text(path: Path, scratch: Path, *, is_plain: bool) -> tuple[Path, tuple[str, ...]]:
    """The text without NULs and later byte order marks, and notes on what is odd in it.

    The path itself where nothing is to be taken out, as in what `is_plain`: ASCII without NULs.
    Mojibake is kept as it is.
    """
    if is_plain:
        return path, ()
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    is_clean = _is_clean(path)
    garbled = sum(sample.count(mark) for mark in _MOJIBAKE) if not sample.isascii() else 0
    notes = []
    if garbled:
        notes.append(
            f"{garbled} place(s) in the first MB look like text that was decoded wrongly before the"
            " export (such as ã‚ for あ); kept as they are"
        )
    if is_clean:
        return path, tuple(notes)
    target = scratch / "cleaned"
    nuls, marks = _copy_clean(path, target)
    if sample.startswith(_BOM):
        marks -= 1  # at the file's start it is nothing to speak of
    if nuls:
        notes.append(f"{nuls} NUL character(s) removed")
    if marks:
        notes.append(f"{marks} byte order mark(s) within the file removed")
    return target, tuple(notes)


def _is_clean(path: Path) -> bool:
    """Whether there is neither a NUL nor a byte order mark after the file's start."""
    before = b""
    with path.open("rb") as text:
        text.read(1)  # a mark at the start is no fault
        while block := text.read(_BLOCK):
            if b"\0" in block or (not block.isascii() and _BOM in before + block):
                return False
            before = block[-len(_BOM) + 1 :]
    return True


def _copy_clean(path: Path, target: Path) -> tuple[int, int]:
    """Copy without NULs and marks at line starts; how many NULs and marks there were."""
    nuls = marks = 0
    text = b"\n"  # the byte before what is to be copied: the file's start is a line's start
    with path.open("rb") as source, target.open("wb") as copy:
        while True:
            block = source.read(_BLOCK)
            nuls += block.count(b"\0")
            text += block.replace(b"\0", b"")
            cut = len(text) if not block else _before_marks(text)
            kept = _MARKS_AT_LINE_START.sub(b"", text[:cut])
            marks += (cut - len(kept)) // len(_BOM)
            copy.write(kept[1:])
            text = text[cut - 1 :]
            if not block:
                return nuls, marks


def _before_marks(text: bytes) -> int:
    """Where to cut a text so that no mark and the line end before it are cut in two."""
    cut = len(text)
    while cut > 1 and text[cut - 1] in b"\xef\xbb\xbf\r\n":
        cut -= 1
    return cut
