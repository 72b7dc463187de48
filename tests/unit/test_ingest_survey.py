"""The survey of files that are hashed in several threads, and of those that are not."""

from pathlib import Path

import pytest
from blake3 import blake3

from keiro.ingest.survey import survey

SMALL, BIG = 1000, 20_000_000


@pytest.mark.parametrize("size", [0, SMALL, BIG])
def test_the_digest_is_that_of_the_whole_content(tmp_path: Path, size: int) -> None:
    content = (b"0123456789abcde\n" * (size // 16 + 1))[:size]
    path = tmp_path / "export"
    path.write_bytes(content)
    found = survey(path)
    assert found.digest == blake3(content).hexdigest()
    assert found.is_plain


@pytest.mark.parametrize("size", [SMALL, BIG])
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("byte", "expected"), [(0x00, (True, True)), (0x93, (False, False))])
def test_one_byte_anywhere_is_seen(
    tmp_path: Path, size: int, place: float, byte: int, expected: tuple[bool, bool]
) -> None:
    content = bytearray(b"a" * size)
    content[int(place * (size - 1))] = byte
    path = tmp_path / "export"
    path.write_bytes(content)
    found = survey(path)
    assert (found.is_ascii, found.has_nul) == expected
    assert found.digest == blake3(content).hexdigest()
