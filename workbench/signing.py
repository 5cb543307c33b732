"""Keys that sign certificates: Ed25519, the private half encrypted with the lab's secret. Pure but for randomness.

A key's name is the thumbprint of its public half (RFC 7638), so that it can be checked against itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workbench.domain import Json
from workbench.errors import Unavailable, WorkbenchError

ALGORITHM = "EdDSA"
NONCE_BYTES = 12
LONGEST_TOKEN = 60_000


class NotGenuine(WorkbenchError):
    """A token that this lab did not sign, or that was changed."""


@dataclass(frozen=True)
class NewKey:
    """A fresh key: its name, its public half as JWK, its private half sealed."""

    name: str
    public: Mapping[str, Json]
    sealed: bytes


@dataclass(frozen=True)
class Key:
    """A key as it is kept; `sealed` is None once it has been retired."""

    name: str
    public: Mapping[str, Json]
    sealed: bytes | None
    created_ms: int
    retired_ms: int | None


def new_key(secret: bytes) -> NewKey:
    """Make a key."""
    private = Ed25519PrivateKey.generate()
    point = _base64(private.public_key().public_bytes_raw())
    name = thumbprint(point)
    public = {"kty": "OKP", "crv": "Ed25519", "x": point, "kid": name, "use": "sig", "alg": ALGORITHM}
    return NewKey(name, public, seal(private.private_bytes_raw(), secret, name))


def thumbprint(point: str) -> str:
    """The name of a public key (RFC 7638, RFC 8037)."""
    canonical = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": point}, separators=(",", ":"), sort_keys=True)
    return _base64(hashlib.sha256(canonical.encode()).digest())


def seal(private: bytes, secret: bytes, name: str) -> bytes:
    """Encrypt a private key: AES-256-GCM, bound to its name, with a key derived from the lab's secret."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_derived(secret)).encrypt(nonce, private, name.encode())


def unseal(key: Key, secret: bytes) -> Ed25519PrivateKey:
    """
    The private key.

    Raises:
        Unavailable: retired, or sealed with another secret than this lab has now.
    """
    if key.sealed is None:
        raise Unavailable("This key has been retired. Certificates are signed with the newest one.")
    try:
        private = AESGCM(_derived(secret)).decrypt(key.sealed[:NONCE_BYTES], key.sealed[NONCE_BYTES:], key.name.encode())
    except InvalidTag as error:
        words = "The key for certificates cannot be opened: the lab's secret is another one. Make a new key."
        raise Unavailable(words) from error
    return Ed25519PrivateKey.from_private_bytes(private)


def sign(claims: Mapping[str, Json], key: Key, secret: bytes, *, key_url: str) -> str:
    """A JWT of these claims. `key_url` is where the public half can be fetched."""
    return jwt.encode(dict(claims), unseal(key, secret), algorithm=ALGORITHM, headers={"kid": key_url, "typ": "JWT"})


def read(token: str, keys: Sequence[Key]) -> tuple[dict[str, Json], Key]:
    """
    The claims of a token that one of these keys signed, and which key.

    Raises:
        NotGenuine: no token, not ours, or changed.
    """
    text = "".join(token.split())
    if not text or len(text) > LONGEST_TOKEN:
        raise NotGenuine("This is not a certificate. Paste the whole text of the certificate's file.")
    named = _named(text)
    for key in keys:
        if key.name == named:
            # The dates of a certificate are told, not enforced: it tells what was, and does not run out.
            options = {"verify_aud": False, "verify_nbf": False, "verify_iat": False}
            try:
                found = jwt.decode(text, public_key(key), algorithms=[ALGORITHM], options=options)  # type: ignore[arg-type]
            except jwt.InvalidTokenError as error:
                raise NotGenuine("The signature is not right: this certificate was changed, or is not from this lab.") from error
            return found, key
    raise NotGenuine("This certificate was not signed by this lab. Check it where it came from.")


def public_key(key: Key) -> Ed25519PublicKey:
    """The public half, to verify with."""
    point = str(key.public["x"])
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(point + "=" * (-len(point) % 4)))


def _named(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("kid", "")).rpartition("/")[2].removesuffix(".json")
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise NotGenuine("This is not a certificate. Paste the whole text of the certificate's file.") from error


def _derived(secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"workbench: keys that sign certificates").derive(secret)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
