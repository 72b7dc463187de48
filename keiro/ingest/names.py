"""Names of exported files: as people read them, which a pattern matches, which are nobody's."""

import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase

_JUNK = (".ds_store", "thumbs.db", "desktop.ini")
# What macOS adds; the locks of Excel, LibreOffice and Emacs, which say who edits a file.
_JUNK_STARTS = ("._", "~$", ".~lock.", ".#")


def readable(raw: bytes, *fallbacks: str) -> str:
    """A name as who gave it saw it, in composed form.

    Without a word on their encoding, bytes are in the code page of the machine that wrote them:
    UTF-8 on a Mac (in decomposed form), CP932 on Japanese Windows. Bytes of no such encoding are
    shown as escapes.
    """
    for encoding in ("utf-8", "cp932", *fallbacks):
        try:
            return unicodedata.normalize("NFC", raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="backslashreplace")


def is_left_behind(name: str) -> bool:
    """Whether a path is of a file that file managers or office programs leave behind."""
    parts = name.casefold().split("/")
    return "__macosx" in parts or parts[-1] in _JUNK or parts[-1].startswith(_JUNK_STARTS)


def is_meant(name: str) -> bool:
    """Whether somebody put a file there to be read, and not beside the exports: `_SUCCESS`."""
    beside = any(part.startswith((".", "_")) for part in name.split("/"))
    return not beside and not is_left_behind(name)


def is_taken(patterns: Iterable[str], name: str) -> bool:
    """Whether one of the globs matches a path, and somebody meant the file."""
    return any(matches(pattern, name) for pattern in patterns) and not is_left_behind(name)


def matches(pattern: str, name: str) -> bool:
    """Whether a glob matches a path as `Path.glob` does: `**` is any number of folders."""
    return _matches(_parts(pattern), _parts(name))


def may_hold(pattern: str, folder: str) -> bool:
    """Whether a glob may match anything below a folder; `folder` is empty for the topmost."""
    above = _parts(folder) if folder else []
    start = _parts(pattern)[:-1]
    for part, wanted in zip(above, start, strict=False):
        if wanted == "**":
            return True
        if not fnmatchcase(part, wanted):
            return False
    return len(above) <= len(start) or "**" in start


def _parts(path: str) -> list[str]:
    return unicodedata.normalize("NFC", path).split("/")


def _matches(pattern: list[str], parts: list[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(pattern[1:], parts[start:]) for start in range(len(parts)))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(pattern[1:], parts[1:])
