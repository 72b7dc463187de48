"""How header labels are compared: without case, outer blanks, width or invisible characters."""

import re
import unicodedata

# Zero-width characters and the byte order mark: invisible, and frequent in exported headers.
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")


def visible_label(label: str) -> str:
    """A label as one reads it: NFKC, no invisible characters, single blanks, trimmed."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", label))
    return re.sub(r"\s+", " ", visible).strip()


def normalise_label(label: str) -> str:
    """The form in which two labels are the same label: as one reads it, without case."""
    return visible_label(label).casefold()


def quote_identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"
