"""Secrets encrypted at rest: the key, the envelope, and the vault over any store of sealed rows."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from podium.state.clock import Clock
from podium.state.document import Document
from podium.state.errors import NotFound, NotPermitted, SetupError, UserError
from podium.state.origins import origin_of
from podium.state.stores import Credential, StoredSecret

_KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID_BYTES = 8
_MAGIC = b"PV1"
_SHORTEST_PASSPHRASE = 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


# -- The key ---------------------------------------------------------------------------------------


def load_key(*, master_key: str | None, key_file: Path) -> bytes:
    """Return the vault's key: from the master key when one is given, else from the key file.

    The file is created with a random key on first use.

    Raises:
        UserError: If the master key is too short to protect anything.
        SetupError: If the key file cannot be used, or others may read it.
    """
    if master_key:
        return _key_from_text(master_key)
    return _read_key(key_file) or _create_key(key_file)


def _key_from_text(text: str) -> bytes:
    if len(text) < _SHORTEST_PASSPHRASE:
        raise UserError(
            f"The master key has fewer than {_SHORTEST_PASSPHRASE} characters",
            hint="Make one with `openssl rand -base64 32`.",
        )
    # A fixed salt: the same text must give the same key on every worker.
    return hashlib.scrypt(
        text.encode(), salt=b"podium.vault.1", n=2**14, r=8, p=1, dklen=_KEY_BYTES
    )


def _read_key(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SetupError(
            f"The key file {str(path)!r} cannot be read: {error.strerror}",
            hint="It must be a plain file of yours.",
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise SetupError(
                f"Others may read the key file {str(path)!r}",
                hint=f"Run `chmod 600 {path}`, and change the passwords if others could log in here.",
            )
        key = file.read(_KEY_BYTES + 1)
    if len(key) != _KEY_BYTES:
        raise SetupError(
            f"The key file {str(path)!r} is damaged: it does not hold {_KEY_BYTES} bytes",
            hint="Restore it from a backup; without it the stored secrets cannot be read.",
        )
    return key


def _create_key(path: Path) -> bytes:
    """Write a new key completely, then give it its name; of two processes the first one's key stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            # Another process may have been first; then its key counts.
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    except OSError as error:
        raise SetupError(
            f"The key file {str(path)!r} cannot be created: {error.strerror}",
            hint="Make its folder writable, or set PODIUM_MASTER_KEY.",
        ) from error
    key = _read_key(path)
    if key is None:  # pragma: no cover  someone removes it at this very moment
        raise SetupError(f"The key file {str(path)!r} disappeared")
    return key


# -- The envelope ----------------------------------------------------------------------------------


class Sealer:
    """AES-GCM envelopes that open only under the key and the context they were sealed with."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._key_id = hashlib.sha256(b"podium.key-id:" + key).digest()[:_KEY_ID_BYTES]

    def seal(self, data: bytes, context: tuple[str, ...]) -> bytes:
        """Return the bytes encrypted and bound to the context."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key).encrypt(nonce, data, _bound(context))
        return _MAGIC + self._key_id + nonce + sealed

    def unseal(self, envelope: bytes, context: tuple[str, ...]) -> bytes:
        """Return the bytes that `seal` encrypted under the same context.

        Raises:
            NotPermitted: If another key sealed them, or they were changed or moved.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        what = repr(context[-1])
        header = len(_MAGIC) + _KEY_ID_BYTES
        if not envelope.startswith(_MAGIC) or len(envelope) <= header + _NONCE_BYTES:
            raise NotPermitted(f"What is stored as {what} is damaged", hint="Store it again.")
        if envelope[len(_MAGIC) : header] != self._key_id:
            raise NotPermitted(
                f"What is stored as {what} was encrypted with another master key",
                hint="Give the PODIUM_MASTER_KEY or key file it was stored with, or store it again.",
            )
        nonce = envelope[header : header + _NONCE_BYTES]
        try:
            return AESGCM(self._key).decrypt(
                nonce, envelope[header + _NONCE_BYTES :], _bound(context)
            )
        except InvalidTag as error:
            raise NotPermitted(
                f"What is stored as {what} was changed, or belongs to something else",
                hint="Someone may have edited the database. Store it again.",
            ) from error


def _bound(context: tuple[str, ...]) -> bytes:
    # JSON keeps the parts apart: ("ab", "c") and ("a", "bc") must differ.
    return json.dumps(context).encode()


# -- The vault -------------------------------------------------------------------------------------


class SealedSecret(Document):
    """A stored credential as the database sees it."""

    name: str
    version: int
    origin: str
    user: str
    has_totp: bool
    created_at: datetime
    last_used_at: datetime | None = None
    sealed: bytes


class SecretRows(Protocol):
    """Where sealed credentials lie. Adapters: `podium.state.sql.secrets`, `podium.state.memory`."""

    def put(self, secret: SealedSecret) -> None:
        """Keep it, replacing the one of that name."""
        ...

    def get(self, name: str) -> SealedSecret | None:
        """Return the one of that name."""
        ...

    def list(self) -> tuple[SealedSecret, ...]:
        """Return all, by name."""
        ...

    def used(self, name: str, at: datetime) -> None:
        """Remember the moment of its last use."""
        ...

    def delete(self, name: str) -> bool:
        """Forget it and return whether it was there."""
        ...


class SealedVault:
    """The `Vault` over any store of sealed rows."""

    def __init__(
        self, rows: SecretRows, key: bytes, *, clock: Clock, workspace: str = "default"
    ) -> None:
        self._rows = rows
        self._sealer = Sealer(key)
        self._clock = clock
        self._workspace = workspace

    def put(
        self, *, name: str, origin: str, user: str, password: str, totp_seed: str = ""
    ) -> StoredSecret:
        """Keep a credential, replacing the one of that name.

        Raises:
            UserError: If the name cannot be used, or the origin is none.
        """
        if not _NAME.fullmatch(name):
            raise UserError(
                f"{name!r} cannot be the name of a secret",
                hint="Use letters, digits, `_`, `.` and `-`, at most 63 characters.",
            )
        bound = origin_of(origin)
        before = self._rows.get(name)
        version = 1 if before is None else before.version + 1
        values = json.dumps({"password": password, "totp_seed": totp_seed}).encode()
        secret = SealedSecret(
            name=name,
            version=version,
            origin=bound,
            user=user,
            has_totp=bool(totp_seed),
            created_at=self._clock.now(),
            sealed=self._sealer.seal(values, self._context(name, version, bound, user)),
        )
        self._rows.put(secret)
        return _listed(secret)

    def list(self) -> tuple[StoredSecret, ...]:
        """Return what is kept, without values."""
        return tuple(_listed(secret) for secret in self._rows.list())

    def for_origin(self, origin: str) -> StoredSecret | None:
        """Return the credential bound to exactly that origin, the newest first.

        Raises:
            UserError: If it is no origin.
        """
        wanted = origin_of(origin)
        bound = [secret for secret in self._rows.list() if secret.origin == wanted]
        return _listed(max(bound, key=lambda secret: secret.created_at)) if bound else None

    def open(self, name: str, *, origin: str) -> Credential:
        """Return the values for use on `origin`.

        Raises:
            NotFound: When there is none of that name.
            NotPermitted: When it is bound to another origin, was changed, or needs another key.
        """
        secret = self._rows.get(name)
        if secret is None:
            raise _missing(name)
        wanted = origin_of(origin)
        if wanted != secret.origin:
            raise NotPermitted(
                f"The secret {name!r} belongs to {secret.origin}, not to {wanted}",
                hint=f"Store one for {wanted} with `podium secret set`.",
            )
        context = self._context(name, secret.version, secret.origin, secret.user)
        values = json.loads(self._sealer.unseal(secret.sealed, context))
        self._rows.used(name, self._clock.now())
        return Credential(
            name=name,
            origin=secret.origin,
            user=secret.user,
            password=str(values["password"]),
            totp_seed=str(values["totp_seed"]),
        )

    def delete(self, name: str) -> None:
        """Forget it.

        Raises:
            NotFound: When there is none of that name.
        """
        if not self._rows.delete(name):
            raise _missing(name)

    def seal(self, name: str, data: bytes) -> bytes:
        """Return the bytes encrypted under a name, for session storage at rest."""
        return self._sealer.seal(data, (self._workspace, "sealed", name))

    def unseal(self, name: str, data: bytes) -> bytes:
        """Return the bytes that `seal` encrypted.

        Raises:
            NotPermitted: When they do not belong to that name, were changed, or need another key.
        """
        return self._sealer.unseal(data, (self._workspace, "sealed", name))

    def _context(self, name: str, version: int, origin: str, user: str) -> tuple[str, ...]:
        # The origin and the user lie in plain columns; binding them makes an edited row unusable,
        # so that a password cannot be redirected to another site.
        return (self._workspace, "secret", str(version), origin, user, name)


def _listed(secret: SealedSecret) -> StoredSecret:
    return StoredSecret.model_validate(secret.model_dump(exclude={"version", "sealed"}))


def _missing(name: str) -> NotFound:
    return NotFound(f"There is no secret {name!r}", hint="`podium secret list` shows them.")
