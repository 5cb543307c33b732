"""
The token in the address of a requester's page: it says whose assignment this is, and lets one answer in.

A page of somebody else has no cookies, so the address itself must do. It opens nothing but this one page and this one
answer, and it is another one than the outbox's.
"""

from __future__ import annotations

import hashlib
import hmac

from workbench.context import Context
from workbench.domain import Assignment
from workbench.errors import NotFound
from workbench.store import offering

SIZE = 40  # characters of the proof: 160 bits


def token_of(ctx: Context, public_id: str) -> str:
    """The token of an assignment."""
    return f"{public_id}.{_proof(ctx, public_id)}"


def fits(ctx: Context, token: str) -> bool:
    """Is this a token that this lab made? Asks no database."""
    public_id, _, proof = token.partition(".")
    return hmac.compare_digest(proof.encode(), _proof(ctx, public_id).encode())


def assignment_of(ctx: Context, token: str) -> Assignment:
    """
    Whose page this is.

    Raises:
        NotFound: not a token of this lab.
    """
    found = None
    if fits(ctx, token):
        found = ctx.db.read(lambda connection: offering.assignment_by_public_id(connection, token.partition(".")[0]))
    if found is None:
        raise NotFound("This page is not known here. Go to your start page and press Start.")
    return found


def token_of_page(ctx: Context, sha256: str) -> str:
    """The token of a page that is looked at under the lab's other name."""
    return f"{sha256}.{_proof(ctx, f'page/{sha256}')}"


def page_of(ctx: Context, token: str) -> str:
    """
    The SHA-256 of a page.

    Raises:
        NotFound: not a token of this lab.
    """
    sha256, _, proof = token.partition(".")
    if not hmac.compare_digest(proof.encode(), _proof(ctx, f"page/{sha256}").encode()):
        raise NotFound("There is no such page here.")
    return sha256


def _proof(ctx: Context, what: str) -> str:
    return hmac.new(ctx.secret(), f"mturk-frame/{what}".encode(), hashlib.sha256).hexdigest()[:SIZE]
