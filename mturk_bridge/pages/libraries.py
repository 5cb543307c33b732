"""Libraries that pages load from elsewhere and that this lab has itself: jQuery, Bootstrap, the crowd elements."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SHOWN = "/mturk/shown"
# What the address of a script or a style sheet ends in, and what stands here for it. Nothing is fetched from elsewhere.
_KNOWN = (
    (re.compile(r"jquery([.-]?\d[\w.]*)?(\.slim)?(\.min)?\.js"), "lib/jquery.js"),
    (re.compile(r"bootstrap([.-]?\d[\w.]*)?(\.bundle)?(\.min)?\.js"), "lib/bootstrap.js"),
    (re.compile(r"bootstrap([.-]?\d[\w.]*)?(\.min)?\.css"), "lib/bootstrap.css"),
    (re.compile(r"crowd-html-elements\.js"), "crowd.js"),
    (re.compile(r"externalhit_v1\.js"), "nothing.js"),  # what it defines, every page has here
)
_LOADS = {("script", "src"), ("link", "href")}


def here(tag: str, attribute: str, address: str) -> str | None:
    """The address of this library in this lab; None: it is no library, or not one that is here."""
    if (tag, attribute) not in _LOADS:
        return None
    return known(address)


def known(address: str) -> str | None:
    """The same for an address alone."""
    parts = urlsplit(address.strip().lower())
    if not parts.netloc:
        return None
    for pattern, name in _KNOWN:
        if pattern.fullmatch(parts.path.rpartition("/")[2]):
            return f"{SHOWN}/{name}"
    return None


def is_elsewhere(address: str) -> bool:
    """Does this address lead to another server?"""
    return bool(re.match(r"\s*(https?:)?//", address, re.IGNORECASE))


def host_of(address: str) -> str:
    """The server's name in an address."""
    return (urlsplit(address.strip()).hostname or "").lower()
