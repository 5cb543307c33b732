"""Ids of the protocol: capitals and digits, random, telling nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from workbench.domain import HOUR_MS


def new_id() -> str:
    """An id for a HIT, a type of HIT, a qualification: 26 characters, 128 bits."""
    return "3" + base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")[:26]


def assignment_id(public_id: str) -> str:
    """The protocol's name of an assignment: its own random id, in capitals."""
    return "3" + public_id.upper()


def public_id_of(assignment: str) -> str:
    """The other way round."""
    return assignment[1:].lower()


def worker_id(secret: bytes, requester_id: int, hit_type_id: int | None, person_id: int) -> str:
    """
    The name of a person for one requester and one type of HIT.

    Made with the lab's secret, so that nobody outside can see that two of them are one person.
    """
    digest = hmac.new(secret, f"mturk-worker/{requester_id}/{hit_type_id}/{person_id}".encode(), hashlib.sha256).digest()
    return "A" + base64.b32encode(digest).decode()[:20]


def coarse_ms(at_ms: int, not_before_ms: int = 0) -> int:
    """The hour in which something happened: what a requester gets to see, so that nobody's speed leaks."""
    return max(at_ms // HOUR_MS * HOUR_MS, not_before_ms)
