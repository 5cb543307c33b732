"""The document that a frame shows: a requester's page, whole, with the lab's own script first; and what it may do."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlencode, urlsplit

from mturk_bridge.pages import filling
from mturk_bridge.pages.libraries import SHOWN

NOT_AVAILABLE = "ASSIGNMENT_ID_NOT_AVAILABLE"
SANDBOX = "allow-scripts allow-forms"
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_HTML = re.compile(r"<html\b[^>]*>", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_END = re.compile(r"</body\s*>|</html\s*>", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_FORM = re.compile(r"<(form|crowd-form)\b", re.IGNORECASE)
_CROWD = re.compile(r"<crowd-[a-z]", re.IGNORECASE)
_FORM_OPENS, _FORM_CLOSES = '<form id="mturk_form" name="mturk_form" method="post">', "</form>"


def whole(html: str) -> str:
    """A page of any shape as a whole document with a form, before anything is filled in."""
    if not _BODY.search(html) and not _HTML.search(html) and not _HEAD.search(html):
        head = f'<head><meta charset="utf-8"><link rel="stylesheet" href="{SHOWN}/plain.css"></head>'
        html = f"<!doctype html><html>{head}<body>{html}</body></html>"
    elif not _DOCTYPE.match(html):
        html = f"<!doctype html>{html}"
    if not _FORM.search(html):
        html = _with_form(html)
    return _with_script(html)


def _with_form(html: str) -> str:
    body = _BODY.search(html)
    start = body.end() if body else (_HEAD.search(html) or _HTML.search(html) or _DOCTYPE.match(html)).end()  # type: ignore[union-attr]
    if not body and (head := re.search(r"</head\s*>", html, re.IGNORECASE)):
        start = head.end()
    end = _END.search(html, start)
    stop = end.start() if end else len(html)
    return html[:start] + _FORM_OPENS + html[start:stop] + _FORM_CLOSES + html[stop:]


def _with_script(html: str) -> str:
    """The lab's script before any of the page's own."""
    found = _HEAD.search(html) or _HTML.search(html) or _DOCTYPE.match(html)
    place = found.end() if found else 0
    crowd = f'<script src="{SHOWN}/crowd.js"></script>' if _CROWD.search(html) else ""
    return f'{html[:place]}<meta charset="utf-8"><script src="{SHOWN}/page.js"></script>{crowd}{html[place:]}'


def document(html: str, values: Mapping[str, str], raw: Collection[str] = ()) -> str:
    """What a frame gets to see."""
    return filling.filled(filling.compiled(whole(html), frozenset(values), frozenset(raw)), values)


def policy(submit_to: str, report_to: str | None = None, hosts: Collection[str] = (), *, around: str = "'self'") -> str:
    """
    What a requester's page may do: run its own scripts, load what this lab has, and send its answer to one address.

    Args:
        submit_to: whole address to which its forms may post, or 'none' in a preview; report_to: what was kept from it.
        hosts: servers whose pictures and sound a manager allowed.
        around: whose pages may frame it.
    """
    media = " ".join(f"https://{host}" for host in sorted(hosts))
    return (
        f"sandbox {SANDBOX}; default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        f"style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data: blob: {media}; "
        f"media-src 'self' data: blob: {media}; connect-src 'none'; form-action {submit_to}; base-uri 'none'; "
        f"frame-ancestors {around}{f'; report-uri {report_to}' if report_to else ''}"
    )


def parameters(assignment: str | None, hit: str, worker: str, submit_to: str) -> str:
    """What a page is told in its address; a preview (`assignment` None) has no worker and nowhere to send."""
    if assignment is None:
        return urlencode({"assignmentId": NOT_AVAILABLE, "hitId": hit})
    return urlencode({"assignmentId": assignment, "hitId": hit, "workerId": worker, "turkSubmitTo": submit_to})


def elsewhere(url: str, told: str) -> str:
    """An ExternalURL with these parameters."""
    parts = urlsplit(url)
    return parts._replace(query=f"{parts.query}&{told}" if parts.query else told).geturl()
