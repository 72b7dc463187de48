"""The one kind of error that Keiro shows to people: what is wrong, where, and the remedy."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line. 1 is left to Python's own crashes, 2 to wrong usage."""

    OK = 0
    USAGE = 2
    BAD_INPUT = 3
    BUILD_FAILED = 4
    CHECKS_FAILED = 5
    CHECKS_ERRORED = 6
    BUSY = 7


class KeiroError(Exception):
    """A fault that a person can mend; `str()` gives the message and the remedy, no personal data.

    `what` names the thing and value at fault, `where` the file and row, `remedy` what to do.
    """

    def __init__(
        self,
        what: str,
        *,
        remedy: str,
        where: str | None = None,
        exit_code: ExitCode = ExitCode.BAD_INPUT,
    ) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        self.exit_code = exit_code
        place = f"{where}: " if where else ""
        super().__init__(f"{place}{what}\n  remedy: {remedy}")
