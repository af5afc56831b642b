"""Key files: their names, who may read them, and writing one so that nobody ever sees half of it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.envelope import is_sealed, seal, unseal
from lti_tool.keystore.pair import PURPOSES, KeyPair, PrivateKey, is_of_kind, kid_of

_POSIX = os.name == "posix"
_TIME = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"(?P<purpose>[a-z0-9-]+)\.(?P<time>\d{8}T\d{12}Z)\.(?P<kid>[A-Za-z0-9_-]{20,100})\.pem")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What the name of a key file says. `signs_from`: from when on it is the one to sign with, until a later one is."""

    path: Path
    purpose: str
    signs_from: datetime
    kid: str


@dataclass(frozen=True, slots=True)
class KeyName:
    """What is said by the name of a key."""

    purpose: str
    signs_from: datetime
    kid: str


# Each signature looks at the names of all files.
@lru_cache(maxsize=1024)
def named(text: str) -> KeyName | None:
    """What a name says; None for one that is no key's."""
    match = _NAME.fullmatch(text)
    if match is None:
        return None
    return KeyName(match["purpose"], datetime.strptime(match["time"], _TIME).replace(tzinfo=UTC), match["kid"])


def file_name(purpose: str, signs_from: datetime, kid: str) -> str:
    return f"{purpose}.{signs_from.astimezone(UTC).strftime(_TIME)}.{kid}.pem"


def key_files(directory: Path, purpose: str) -> list[KeyFile]:
    """The key files of a purpose, newest first. Other files in the directory are nobody's business here."""
    if not directory.is_dir():
        return []
    with os.scandir(directory) as entries:
        named_files = [(entry.name, named(entry.name)) for entry in entries]
    found = [
        KeyFile(directory / text, purpose, name.signs_from, name.kid)
        for text, name in named_files
        if name is not None and name.purpose == purpose
    ]
    return sorted(found, key=lambda file: (file.signs_from, file.kid), reverse=True)


def read_key(file: KeyFile, secret: bytes | None = None) -> KeyPair:
    """Reads a key file. Raises `keys.permissions` when others may read it, `keys.damaged` when it is no such key,
    `keys.locked` and `keys.secret_wrong` when it is encrypted with another secret than this."""
    text = _read(file.path)
    key = unseal(text, secret, file.path.name)
    if key is None or not is_of_kind(key, PURPOSES[file.purpose]) or kid_of(key.public_key(), file.purpose) != file.kid:
        raise _damaged(file.path)
    return KeyPair(file.kid, file.purpose, key, file.signs_from, is_sealed(text))


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        _refuse_if_exposed(os.fstat(stream.fileno()), path)
        return stream.read()


def write_key(
    directory: Path, purpose: str, key: PrivateKey, signs_from: datetime, secret: bytes | None = None
) -> KeyFile:
    """Writes a key file: complete and on the disk before it has its name, readable by its owner only."""
    kid = kid_of(key.public_key(), purpose)
    path = directory / file_name(purpose, signs_from, kid)
    text = seal(key, secret)
    draft = directory / f".{uuid4().hex}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_directory(directory)
    return KeyFile(path, purpose, signs_from, kid)


def remove_key(file: KeyFile) -> None:
    """Takes a key out of the directory for good."""
    file.path.unlink(missing_ok=True)
    _sync_directory(file.path.parent)


def secure_directory(directory: Path) -> None:
    """Makes the directory, or closes an existing one (a fresh clone has it open) to everyone but its owner."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _POSIX:
        return
    status = directory.stat()
    if status.st_uid == os.geteuid():
        directory.chmod(0o700)
    elif status.st_mode & 0o022:
        raise _exposed(directory, "is writable by others")


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Held by one process at a time, and let go by the system when that process dies."""
    try:
        import fcntl  # not on Windows, where one process is all there is
    except ImportError:
        yield
        return
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_directory(directory: Path) -> None:
    if not _POSIX:
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_if_exposed(status: os.stat_result, path: Path) -> None:
    if not _POSIX:
        return
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _exposed(path, "can be read by others")
    if status.st_uid not in {os.geteuid(), 0}:
        raise _exposed(path, "belongs to another user")


def _exposed(path: Path, what: str) -> BadgeToolError:
    return BadgeToolError(
        "keys.permissions",
        f"{path.name} in the key directory {what}.",
        status=500,
        hint="Close it with chmod 600 (700 for the directory), or rotate the key if someone may have copied it.",
    )


def _damaged(path: Path) -> BadgeToolError:
    return BadgeToolError(
        "keys.damaged",
        f"{path.name} in the key directory is not the key that its name promises.",
        status=500,
        hint="Restore it from your backup.",
    )
