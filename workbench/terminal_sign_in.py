"""Signing in at a machine without a screen: what is asked, and what went wrong, is said aloud too."""

from __future__ import annotations

from collections.abc import Callable

from workbench import sign_in
from workbench.context import Context
from workbench.errors import NotSignedIn, TooMany
from workbench.sign_in import PinNeeded, SignedIn
from workbench.start.words import noted

ADDRESS = "terminal"  # tries from here are counted together
BADGE = noted("Hold your badge to the reader. Or type its code, and press Enter.")
PIN = noted("Type your PIN, and press Enter.")
Ask = Callable[[str, str], str]


def signed_in(ctx: Context, badge: str, *, ask: Ask, speak: Callable[[str], None]) -> SignedIn:
    """
    The worker of this badge.

    Args:
        badge: its code, where the command was given it; else it is asked for until it is right.
        ask: (what is said and shown, the short prompt) → what was typed; "" ends asking.
        speak: says what ends all asking. Texts are ours, in English.

    Raises:
        NotSignedIn: the given badge is not right, or nothing was typed. TooMany: wait first.
    """
    words = BADGE
    while True:
        code = badge or ask(words, "Badge: ")
        try:
            return _by_badge(ctx, code, ask)
        except (NotSignedIn, TooMany) as error:
            if badge or not code or isinstance(error, TooMany):
                speak(error.message)
                raise
            words = error.message


def _by_badge(ctx: Context, code: str, ask: Ask) -> SignedIn:
    try:
        return sign_in.by_badge(ctx, code, address=ADDRESS)
    except PinNeeded:
        return sign_in.by_badge(ctx, code, address=ADDRESS, pin=ask(PIN, "PIN: ") or "-")
