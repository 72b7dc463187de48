"""How a run tells what it is doing, without knowing who listens: terminal, Prefect or nobody."""

from typing import Protocol


class Reporter(Protocol):
    """What a listener has to offer; `what` names a file, model or check, never a value."""

    def begin(self, step: str) -> None:
        """A step has started."""

    def advance(self, done: int, total: int, what: str) -> None:
        """`done` of `total` parts of the running step are done, `what` was the last one."""

    def end(self, step: str, seconds: float) -> None:
        """A step has ended well."""


class Silent:
    """Listens to nothing."""

    def begin(self, step: str) -> None:
        """Ignore it."""

    def advance(self, done: int, total: int, what: str) -> None:
        """Ignore it."""

    def end(self, step: str, seconds: float) -> None:
        """Ignore it."""
