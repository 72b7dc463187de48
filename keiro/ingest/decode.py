"""Bytes → UTF-8 text on disk: the encoding, decided by evidence.

The evidence, strongest first: a byte order mark; which of the allowed encodings decode the whole
file strictly; where several do, the statistics of the bytes (charset-normalizer). Files are
streamed, so memory does not grow with them.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keiro.errors import KeiroError
from keiro.ingest.survey import Survey

BLOCK = 1 << 22
# Enough non-ASCII text for byte statistics; a few kilobytes decide between Japanese encodings.
_SAMPLE_BYTES = 1 << 16
# Characters of three bytes or more that prove UTF-8: in text of another encoding hardly one arises
# (in CP932 a rare kanji with a half-width letter behind it), while statistics of so few bytes err.
_PROOF_OF_UTF8 = 1
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class DecodedFile:
    """A UTF-8 file (perhaps with a byte order mark) and the encoding that it had.

    `is_plain`: it is ASCII without NULs.
    """

    path: Path
    encoding: str
    is_plain: bool = False


def decode(
    path: Path, survey: Survey, allowed: tuple[str, ...], scratch: Path, where: str
) -> DecodedFile:
    """The file as UTF-8, with the encoding chosen among `allowed` by what its bytes say.

    Raises KeiroError where no allowed encoding fits, with the place of the first bad byte.
    """
    narrow = [name for name in allowed if not _canonical(name).startswith(("utf-16", "utf-32"))]
    if survey.is_plain and narrow and _contains_ascii(narrow[0]):
        return DecodedFile(path, _label(narrow[0]), is_plain=True)
    encoding = _decide(path, allowed, narrow, where)
    if _canonical(encoding) == "utf-8":
        return DecodedFile(path, _label(encoding))
    target = scratch / "decoded"
    with target.open("wb") as text:
        for piece in _decoded(path, encoding):
            text.write(piece.encode("utf-8"))
    return DecodedFile(target, encoding)


def _canonical(encoding: str) -> str:
    name = codecs.lookup(encoding).name
    return "utf-8" if name in ("utf-8-sig", "ascii") else name


def _label(encoding: str) -> str:
    return "utf-8" if _canonical(encoding) == "utf-8" else encoding


def _contains_ascii(encoding: str) -> bool:
    """Whether ASCII is what it is in the encoding; ISO-2022-JP, for one, writes kanji with it."""
    ascii_bytes = bytes(range(1, 128))
    return ascii_bytes.decode(encoding, errors="replace") == ascii_bytes.decode("ascii")


def _decide(path: Path, allowed: tuple[str, ...], narrow: list[str], where: str) -> str:
    with path.open("rb") as stream:
        head = stream.read(BLOCK)
    mark = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if mark is not None:
        return _marked(path, mark, allowed, where)
    wide = _wide_without_mark(head)
    if wide is not None:
        allowed_wide = {_canonical(name) for name in allowed}
        if wide in allowed_wide:
            return wide
        raise _refusal(f"the bytes look like {wide}", wide, allowed, where)
    fitting = [name for name in narrow if _first_bad_byte(path, name) is None]
    if not fitting or _is_damaged_utf8(path, narrow, fitting):
        raise _undecodable(path, narrow, allowed, where)
    return fitting[0] if len(fitting) == 1 else _by_statistics(path, fitting)


def _marked(path: Path, mark: str, allowed: tuple[str, ...], where: str) -> str:
    """The encoding that a byte order mark names, if it is allowed and the rest agrees."""
    if not any(_canonical(name).startswith(mark) for name in allowed):
        raise _refusal(f"the byte order mark says {mark}", mark, allowed, where)
    bad = _first_bad_byte(path, mark)
    if bad is not None:
        raise KeiroError(
            f"the byte order mark says {mark}, but the byte at offset {bad} does not fit",
            where=where,
            remedy="export the file again; it is damaged or put together from two files",
        )
    return mark


def _wide_without_mark(head: bytes) -> str | None:
    """UTF-16 without a mark: its separators and line ends have NULs, all on the same side."""
    even = head[0:_SAMPLE_BYTES:2].count(0)
    odd = head[1:_SAMPLE_BYTES:2].count(0)
    units = min(len(head), _SAMPLE_BYTES) // 2
    if max(even, odd) < max(3, units // 100) or min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    """Offset of the first byte that does not decode strictly; None where all do."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    ascii_based = "utf-16" not in encoding.lower() and "utf-32" not in encoding.lower()
    offset = 0
    with path.open("rb") as stream:
        while True:
            block = stream.read(BLOCK)
            held = decoder.getstate()[0]
            if not (block and ascii_based and not held and block.isascii()):
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    return offset - len(held) + error.start
            if not block:
                return None
            offset += len(block)


def _is_damaged_utf8(path: Path, narrow: list[str], fitting: list[str]) -> bool:
    """Whether a file that another encoding happens to fit is UTF-8 with a few broken bytes.

    Text in another encoding is mostly invalid as UTF-8, so that valid characters are evidence.
    """
    utf8 = [name for name in narrow if _canonical(name) == "utf-8"]
    if not utf8 or utf8[0] in fitting:
        return False
    text = _non_ascii_sample(path).decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) - broken > 4 * broken


def _by_statistics(path: Path, fitting: list[str]) -> str:
    """The likeliest of several encodings that all decode the file."""
    sample = _non_ascii_sample(path)
    readings: dict[str, str] = {}
    for candidate in fitting:
        readings.setdefault(sample.decode(candidate, errors="ignore"), candidate)
    if len(readings) == 1:  # the same text whichever is taken
        return fitting[0]
    utf8 = next((name for name in fitting if _canonical(name) == "utf-8"), None)
    long_characters = sum(c > "\u07ff" for c in sample.decode("utf-8", errors="ignore"))
    if utf8 is not None and long_characters >= _PROOF_OF_UTF8:
        return utf8
    best = _likely_encoding(sample, list(readings.values()))
    return next((n for n in fitting if best and _canonical(n) == _canonical(best)), fitting[0])


def _likely_encoding(sample: bytes, candidates: list[str] | None = None) -> str | None:
    from charset_normalizer import from_bytes

    isolation = [_canonical(name).replace("-", "_") for name in candidates or []] or None
    best = from_bytes(sample, cp_isolation=isolation).best()
    return best.encoding if best is not None else None


def _non_ascii_sample(path: Path) -> bytes:
    """The lines of the file that hold non-ASCII bytes, up to the size of a sample."""
    sample = bytearray()
    with path.open("rb") as stream:
        while len(sample) < _SAMPLE_BYTES and (block := stream.read(BLOCK)):
            if not block.isascii():
                lines = [line for line in block.splitlines(keepends=True) if not line.isascii()]
                # The first and the last line of a block may be cut within a character.
                whole = lines[1:-1] if len(lines) > 2 and len(block) == BLOCK else lines
                sample += b"".join(whole)
    return bytes(sample[:_SAMPLE_BYTES])


def _undecodable(path: Path, narrow: list[str], allowed: tuple[str, ...], where: str) -> KeiroError:
    places = {name: _first_bad_byte(path, name) or 0 for name in narrow}
    if not places:
        likely = _likely_encoding(_non_ascii_sample(path))
        return _refusal("the bytes have no byte order mark", likely, allowed, where)
    furthest, offset = max(places.items(), key=lambda item: item[1])
    with path.open("rb") as stream:
        line = 1
        left = offset
        while left and (block := stream.read(min(BLOCK, left))):
            line += block.count(b"\n")
            left -= len(block)
        byte = stream.read(1)
    likely = _likely_encoding(_non_ascii_sample(path))
    shown = f"byte 0x{byte.hex()}" if byte else "the end of the file"
    return _refusal(
        f"{shown} at offset {offset} (line {line}) is not {furthest}", likely, allowed, where
    )


def _refusal(what: str, likely: str | None, allowed: tuple[str, ...], where: str) -> KeiroError:
    hint = f"; the likely encoding is {likely}" if likely else ""
    add = f"add {likely} to `encodings` of the source" if likely else "export it as UTF-8"
    return KeiroError(
        f"{what}{hint}; allowed are {', '.join(allowed)}",
        where=where,
        remedy=f"{add}, or export the file in an allowed encoding",
    )
