"""Files inside one folder that nobody can lead out of it: every step of a path is opened without following links."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from podium.state.errors import NotFound, NotPermitted, SetupError

_CHUNK_BYTES = 1 << 20
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Content(NamedTuple):
    """What identifies a file's bytes."""

    sha256: str
    bytes: int


class Draft(NamedTuple):
    """A complete file that has no name for people yet."""

    name: str
    content: Content


class Folder:
    """A private folder; paths in it are tuples of plain names."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def content(self, path: tuple[str, ...]) -> Content | None:
        """Return what the file holds; none when it is missing, a link or no file."""
        try:
            with self._opened(path[:-1], create=False) as folder:
                descriptor = os.open(path[-1], _READ, dir_fd=folder)
                with os.fdopen(descriptor, "rb") as file:
                    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                        return None
                    digest = hashlib.sha256()
                    while chunk := file.read(_CHUNK_BYTES):
                        digest.update(chunk)
                    return Content(digest.hexdigest(), file.tell())
        except (OSError, NotPermitted):
            return None

    def write(self, data: bytes, path: tuple[str, ...]) -> None:
        """Keep the bytes as a new file.

        Raises:
            SetupError: If the disk does not take them.
        """
        with (
            self._translated(),
            self._opened(path[:-1]) as folder,
            _create(path[-1], folder) as file,
        ):
            file.write(data)

    @contextmanager
    def draft(self, source: Path) -> Generator[Draft]:
        """Yield a private copy of the file, gone again at the end unless it was given a name.

        Raises:
            NotFound: If there is no such file.
            NotPermitted: If it is a link or no plain file.
            SetupError: If the disk does not take it.
        """
        with self._drafting() as (name, folder):
            yield Draft(name, _copy(source, name, folder))

    @contextmanager
    def draft_of(self, chunks: Iterable[bytes]) -> Generator[Draft]:
        """Yield a private file of those bytes, gone again at the end unless it was given a name.

        Raises:
            SetupError: If the disk does not take it.
        """
        with self._drafting() as (name, folder):
            yield Draft(name, _fill(chunks, name, folder))

    def chunks(self, draft: Draft) -> Generator[bytes]:
        """Return the draft's bytes piece by piece."""
        with (
            self._translated(),
            self._opened(("incoming",)) as folder,
            os.fdopen(os.open(draft.name, _READ, dir_fd=folder), "rb") as file,
        ):
            yield from _pieces(file)

    @contextmanager
    def _drafting(self) -> Generator[tuple[str, int]]:
        name = secrets.token_hex(16)
        with self._translated(), self._opened(("incoming",)) as folder:
            try:
                yield name, folder
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)

    def name_draft(self, draft: Draft, path: tuple[str, ...]) -> bool:
        """Give the draft a further name; return false when the name is taken.

        Raises:
            SetupError: If the disk does not take it.
        """
        with (
            self._translated(),
            self._opened(("incoming",)) as incoming,
            self._opened(path[:-1]) as folder,
        ):
            try:
                _link(draft.name, incoming, path[-1], folder)
            except FileExistsError:
                return False
        return True

    def remove(self, path: tuple[str, ...]) -> None:
        """Remove the file if it is there.

        Raises:
            SetupError: If it cannot be removed.
        """
        with self._translated(), self._opened(path[:-1]) as folder, suppress(FileNotFoundError):
            os.unlink(path[-1], dir_fd=folder)

    @contextmanager
    def _opened(self, path: tuple[str, ...], *, create: bool = True) -> Generator[int]:
        if create:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for name in path:
                if create:
                    with suppress(FileExistsError):
                        os.mkdir(name, 0o700, dir_fd=descriptor)
                inner = _enter(name, descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise SetupError(
                f"The folder {str(self.root)!r} cannot be used: {error.strerror}",
                hint="Free disk space, or make the folder writable.",
            ) from error


def _enter(name: str, folder: int) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise NotPermitted(
                f"{name!r} in the data folder is a link or a file, not a folder",
                hint="Remove it; files are only kept inside the data folder itself.",
            ) from error
        raise


def _copy(source: Path, name: str, folder: int) -> Content:
    try:
        reading = os.open(source, _READ)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {source.name!r} to keep") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotPermitted(f"{source.name!r} is a link, not a file") from error
        raise
    with os.fdopen(reading, "rb") as original:
        if not stat.S_ISREG(os.fstat(reading).st_mode):
            raise NotPermitted(f"{source.name!r} is not a plain file")
        return _fill(_pieces(original), name, folder)


def _pieces(file: BinaryIO) -> Generator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _fill(chunks: Iterable[bytes], name: str, folder: int) -> Content:
    digest, size = hashlib.sha256(), 0
    with _create(name, folder) as copy:
        for chunk in chunks:
            digest.update(chunk)
            size += copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return Content(digest.hexdigest(), size)


def _create(name: str, folder: int) -> BinaryIO:
    return os.fdopen(os.open(name, _CREATE, 0o600, dir_fd=folder), "wb")


def _link(name: str, source: int, new_name: str, target: int) -> None:
    try:
        os.link(name, new_name, src_dir_fd=source, dst_dir_fd=target)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems know no second names.
        reading = os.open(name, _READ, dir_fd=source)
        with os.fdopen(reading, "rb") as original, _create(new_name, target) as copy:
            shutil.copyfileobj(original, copy, _CHUNK_BYTES)
