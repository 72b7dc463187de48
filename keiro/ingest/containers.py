"""What holds files: gzip, zstd and ZIP. Unpacked as streams to disk, never further than is safe.

A member of an archive is a file of its own, called `archive.zip/member.csv`. Nothing is ever
written under a member's own name, so that no name can lead out of the scratch folder.
"""

import gzip
import lzma
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from keiro.errors import KeiroError
from keiro.ingest.names import is_left_behind, readable
from keiro.ingest.sniff import is_archive, is_gzip, is_zstd
from keiro.ingest.survey import Survey, Surveyor

_BLOCK = 1 << 20
# So little that even a bomb's worth of it fits into memory: four bytes may unfold to 128 KiB.
_ZSTD_BLOCK = 1 << 12
# Compressed tables shrink to a tenth, at best to a hundredth. What unfolds further than this is
# a bomb; small files may, since a few repeated lines shrink without limit.
BOMB_RATIO = 250
BOMB_BYTES = 1 << 30
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, lzma.LZMAError)
_SHOWN = 5


def decompress(path: Path, scratch: Path, where: str) -> tuple[Path, Survey] | None:
    """What gzip or zstd packed in a file, in `scratch`, and what its bytes say; else None.

    Raises KeiroError if it is cut off, damaged, or unfolds beyond measure.
    """
    if is_gzip(path):
        return _unpack(path, _ungzip, scratch, "gzip", where)
    if is_zstd(path):
        return _unpack(path, _unzstd, scratch, "zstd", where)
    return None


def _ungzip(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as packed:
        yield from iter(partial(packed.read, _BLOCK), b"")


def _unzstd(path: Path) -> Iterator[bytes]:
    """Frame by frame, since the library's own reader does not mind a frame that is cut off."""
    from zstandard import ZstdDecompressor, ZstdError

    unpacker = ZstdDecompressor()
    with path.open("rb") as packed:
        frame = unpacker.decompressobj()
        block = packed.read(_ZSTD_BLOCK)
        while block:
            yield frame.decompress(block)
            block = frame.unused_data or packed.read(_ZSTD_BLOCK)
            if frame.eof and block:
                frame = unpacker.decompressobj()
    if not frame.eof:
        raise ZstdError("the last frame has no end")


def _unpack(
    path: Path,
    unpacked: Callable[[Path], Iterator[bytes]],
    scratch: Path,
    kind: str,
    where: str,
) -> tuple[Path, Survey]:
    from zstandard import ZstdError

    target = scratch / "decompressed"
    try:
        found = _copy(unpacked(path), target, path.stat().st_size, where)
    except (*_DAMAGE, ZstdError) as error:
        raise KeiroError(
            f"the {kind} file is cut off or damaged", where=where, remedy="transfer the file again"
        ) from error
    if is_gzip(target) or is_zstd(target) or is_archive(target):
        raise _nested(where)
    return target, found


def member_names(path: Path, where: str) -> list[str]:
    """The files in a ZIP archive by readable name, in its order. Raises KeiroError for damage."""
    with _open_archive(path, where) as archive:
        return list(_members(archive))


def takes(globs: tuple[str, ...], member: str) -> bool:
    """Whether one of the patterns matches a member: from the right, so `Lead.csv` in any folder."""
    composed = (unicodedata.normalize("NFC", pattern) for pattern in globs)
    return any(PurePosixPath(member).match(pattern) for pattern in composed)


def extract(path: Path, member: str, target: Path, where: str) -> Survey:
    """Write one member of an archive to `target`; what its bytes say.

    Raises KeiroError for a member that is encrypted, damaged, nested, ambiguous, outside of the
    archive by its name, or unfolds beyond measure.
    """
    with _open_archive(path, where) as archive:
        found = _members(archive).get(member, [])
        if len(found) != 1:
            raise KeiroError(
                f"the archive holds {len(found) or 'no'} files of this name",
                where=where,
                remedy="pack the archive again, with one file of each name",
            )
        info = found[0]
        _refuse_member(info, member, where)
        try:
            with archive.open(info) as packed:
                blocks = iter(partial(packed.read, _BLOCK), b"")
                unpacked = _copy(blocks, target, info.compress_size, where)
        except (*_DAMAGE, NotImplementedError, RuntimeError) as error:
            raise KeiroError(
                "the member of the ZIP archive is cut off or damaged",
                where=where,
                remedy="transfer the archive again",
            ) from error
    if is_archive(target):
        raise _nested(where)
    return unpacked


def no_member(path: Path, globs: tuple[str, ...], declared_in: str, where: str) -> KeiroError:
    """The refusal of an archive that feeds no object, with what it holds."""
    try:
        names = member_names(path, where)
    except KeiroError as damage:
        return damage
    if not names:
        return KeiroError("the ZIP archive holds no files", where=where, remedy="export it again")
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return KeiroError(
        f"no member of the ZIP archive matches {', '.join(globs)}; it holds"
        f" {', '.join(names[:_SHOWN])}{more}",
        where=where,
        remedy=f"correct `members` of the source in {declared_in}, or export the data again",
    )


def _open_archive(path: Path, where: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (*_DAMAGE, NotImplementedError, ValueError) as error:
        raise KeiroError(
            "the ZIP archive or workbook is cut off or damaged",
            where=where,
            remedy="transfer it again",
        ) from error


def _members(archive: zipfile.ZipFile) -> dict[str, list[zipfile.ZipInfo]]:
    members: dict[str, list[zipfile.ZipInfo]] = {}
    for info in archive.infolist():
        name = _readable(info)
        if not (info.is_dir() or name.endswith("/") or is_left_behind(name)):
            members.setdefault(name, []).append(info)
    return members


def _readable(info: zipfile.ZipInfo) -> str:
    """A member's name; without the flag for UTF-8 it is bytes of the packer's own code page."""
    name = info.orig_filename.split("\0")[0]
    is_utf8 = info.flag_bits & _UTF8_NAME
    return readable(name.encode("utf-8" if is_utf8 else "cp437"), "cp437").replace("\\", "/")


def _refuse_member(info: zipfile.ZipInfo, member: str, where: str) -> None:
    parts = member.split("/")
    if member.startswith("/") or ".." in parts or ":" in parts[0]:
        raise KeiroError(
            "the member's name leads out of the ZIP archive",
            where=where,
            remedy="do not trust the archive: ask its sender; pack it again with plain names",
        )
    if info.flag_bits & _ENCRYPTED:
        raise KeiroError(
            "the member of the ZIP archive is encrypted",
            where=where,
            remedy="unpack it with its password and put the file itself there",
        )
    if info.compress_type not in _METHODS:
        raise KeiroError(
            f"the member of the ZIP archive is compressed by a method ({info.compress_type})"
            " that cannot be read",
            where=where,
            remedy="pack the archive again with the usual method, Deflate",
        )


def _copy(blocks: Iterable[bytes], target: Path, packed_size: int, where: str) -> Survey:
    """Write a stream to disk; what its bytes say. Raises KeiroError for a bomb."""
    limit = max(BOMB_BYTES, BOMB_RATIO * packed_size)
    surveyor = Surveyor()
    size = 0
    with target.open("wb") as plain:
        for block in blocks:
            size += len(block)
            if size > limit:
                raise KeiroError(
                    f"unpacked, it would be more than {BOMB_RATIO} times as large as it is packed",
                    where=where,
                    remedy="if the content is meant, unpack it yourself and put the file there",
                )
            surveyor.update(block)
            plain.write(block)
    return surveyor.finish()


def _nested(where: str) -> KeiroError:
    return KeiroError(
        "it is an archive within an archive, or compressed twice",
        where=where,
        remedy="unpack the outer one and put what it holds there",
    )
