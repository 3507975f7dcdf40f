"""Encrypted files of a note: its original and what was read from it, under a key of its own.

AES-256-GCM; the note's key is wrapped by the master key and bound to the note's id. When the wrapped key is
gone from the row and the files are deleted, nobody can tell any more who stood behind a surrogate.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache

import fsspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import Gone, Problem
from models.note import Note
from models.settings import settings

NONCE = 12


class WrongMasterKey(Problem):
    """The master key does not open what it should."""

    code = "wrong-master-key"
    title = "The master key does not fit"


@lru_cache
def master_key() -> bytes:
    """The 32 bytes that wrap every note's key: from the settings, or made once in the data folder."""
    given = settings().master_key
    if given is not None:
        return base64.b64decode(given.get_secret_value(), validate=True)
    path = settings().home / "master.key"
    candidate = path.with_suffix(f".{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(AESGCM.generate_key(256)))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails where another process was first: the key that is there wins.
            os.link(candidate, path)
        except FileExistsError:
            return base64.b64decode(path.read_bytes(), validate=True)
        finally:
            candidate.unlink()
    return base64.b64decode(path.read_bytes(), validate=True)


def new_key(note_id: str) -> bytes:
    """A fresh key for a note, wrapped by the master key."""
    return _lock(master_key(), AESGCM.generate_key(256), note_id)


def fingerprint(data: bytes) -> str:
    """A keyed hash (HMAC-SHA-256) of a file or a word: the same gives the same, but nobody can test a guess."""
    return hmac.new(master_key(), data, hashlib.sha256).hexdigest()


def seal(note: Note, name: str, data: bytes) -> None:
    """Writes a file of the note, encrypted; an existing one of that name is replaced whole."""
    filesystem, path = _place(note.id, name)
    filesystem.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    partial = f"{path}.{secrets.token_hex(4)}"
    with filesystem.open(partial, "wb") as file:
        file.write(_lock(_key(note), data, f"{note.id}/{name}"))
    filesystem.mv(partial, path)


def unseal(note: Note, name: str) -> bytes:
    """The content of a file of the note; raises Gone when it or its key was destroyed."""
    filesystem, path = _place(note.id, name)
    if note.wrapped_key is None or not filesystem.exists(path):
        raise Gone(
            "The original of this note has been destroyed, as its retention asks. Only the cleared text is left."
        )
    with filesystem.open(path, "rb") as file:
        return _open(_key(note), file.read(), f"{note.id}/{name}")


def destroy(note: Note) -> None:
    """Deletes the note's files and forgets its key, for good."""
    filesystem, path = _place(note.id, "")
    note.wrapped_key = None
    if filesystem.exists(path):
        filesystem.rm(path, recursive=True)


def _place(note_id: str, name: str) -> tuple[fsspec.AbstractFileSystem, str]:
    filesystem, root = fsspec.core.url_to_fs(settings().originals)
    return filesystem, f"{root}/{note_id}/{name}".rstrip("/")


def _key(note: Note) -> bytes:
    if note.wrapped_key is None:
        raise Gone("The key of this note has been destroyed, so its original cannot be opened any more.")
    return _open(master_key(), note.wrapped_key, note.id)


def _lock(key: bytes, data: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, bound_to.encode())


def _open(key: bytes, data: bytes, bound_to: str) -> bytes:
    try:
        return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], bound_to.encode())
    except InvalidTag:
        raise WrongMasterKey(
            "A stored file could not be opened: the master key has changed, or the file was altered. "
            "Restore the master key that was in use when the note was uploaded."
        ) from None
