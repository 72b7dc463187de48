"""Error texts without the values of rows that they quote, which may be personal data."""

import re

# What dbt and SQLAlchemy put around the database's own message.
_DBT_HEADING = re.compile(r"\A((?:Runtime|Database) Error in [^\n'\"]+)\n\s*")
_SQL_TEXT = re.compile(r"\n\s*(?:LINE \d+:|compiled code at|\[SQL:)")
# The database quotes names in these errors; in all others it may quote values of rows. Only
# names of exceptions may stand before: further on, the words could be part of a value.
_STRUCTURAL = re.compile(
    r"\A(?:\([\w.]+\)\s+|[\w.]+:\s+)*(?:Binder|Catalog|Parser|Compilation) Error\b"
)
_LINE_END = re.compile(r"\s*\n\s*")
_QUOTED = re.compile(r"['\"](?:.*['\"]|.*)")
_ADDRESS = re.compile(r"\S+@\S+")
_MASK = "'…'"


def mask_values(text: str) -> str:
    """One line of an error text, without SQL and without the values that it quotes.

    Quoted values are not escaped: they may hold quotation marks and line ends. So all from the
    first mark to the last one goes, and in a text of several lines all after the first mark,
    since a later line can repeat the value bare. Names in structural errors (an unknown column,
    a syntax error) stay.
    """
    message = text.strip()
    heading = ""
    if found := _DBT_HEADING.match(message):
        heading, message = f"{found[1].strip()} · ", message[found.end() :].strip()
    if _STRUCTURAL.match(message):
        shown = _SQL_TEXT.split(message, maxsplit=1)[0].strip()
        return heading + _ADDRESS.sub("…", _LINE_END.sub(" · ", shown))
    if "\n" not in message:
        return heading + _ADDRESS.sub("…", _QUOTED.sub(_MASK, message))
    first = re.split(r"['\"\n]", message, maxsplit=1)[0]
    quoted = _MASK if message[len(first)] != "\n" else ""
    return heading + _ADDRESS.sub("…", first) + quoted
