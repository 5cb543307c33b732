"""AWS Signature Version 4, checked. Source: "Signature Version 4 signing process", AWS General Reference.

What is signed: the method, the path, the query, the headers that the client names, and the body.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from mturk_bridge.errors import NotSigned

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "mturk-requester"
SKEW_SECONDS = 15 * 60  # as AWS allows
_MUST = ("host",)


@dataclass(frozen=True)
class Signed:
    """What an Authorization header says."""

    access_key_id: str
    day: str
    region: str
    headers: Sequence[str]
    signature: str

    @property
    def scope(self) -> str:
        """The credential's scope, as it is signed."""
        return f"{self.day}/{self.region}/{SERVICE}/aws4_request"


def verify(
    method: str,
    path: str,
    query: Sequence[tuple[str, str]],
    headers: Sequence[tuple[str, str]],
    body: bytes,
    secret_of: Callable[[str], str | None],
    now_ms: int,
) -> str:
    """
    Check a request's signature; returns the access key id.

    Args:
        path: as it came, percent-encoded.
        query: decoded pairs.
        headers: all of them, names in lower case, in the order in which they came.
        secret_of: the secret of an access key id; None: no such key (any more).
        now_ms: UTC ms; a request may be fifteen minutes old, or young.

    Raises:
        NotSigned: which of these is not right. A wrong key and a wrong signature take the same time.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        found[name] = f"{found[name]},{value}" if name in found else value
    signed = _read(found)
    moment = _moment(found)
    if abs(moment.timestamp() * 1000 - now_ms) > SKEW_SECONDS * 1000:
        words = f"Signature expired: {moment:%Y%m%dT%H%M%SZ} is not within 15 minutes of this lab's clock. Set your clock."
        raise NotSigned(words, "InvalidSignatureException")
    if signed.day != f"{moment:%Y%m%d}":
        raise NotSigned("The date of the credential is not the date of the request.", "InvalidSignatureException")
    secret = secret_of(signed.access_key_id)
    text = _to_sign(signed, moment, _canonical(method, path, query, found, signed.headers, body))
    right = hmac.compare_digest(_signature(secret or "no such key", signed, text).encode(), signed.signature.encode())
    if secret is None:
        raise NotSigned("The security token included in the request is invalid: no such key here.", "UnrecognizedClientException")
    if not right:
        raise NotSigned(
            "The request signature we calculated does not match the signature you provided. Check your secret access key.",
            "InvalidSignatureException",
        )
    return signed.access_key_id


def _read(headers: Mapping[str, str]) -> Signed:
    given = headers.get("authorization", "")
    if not given.startswith(ALGORITHM):
        raise NotSigned(
            "Request is missing an Authentication Token: sign it with AWS4-HMAC-SHA256.", "MissingAuthenticationToken"
        )
    # Clients write the three parts with a comma and a space, or with a comma alone.
    parts = dict(re.findall(r"(\w+)=([^,\s]+)", given.removeprefix(ALGORITHM)))
    scope = parts.get("Credential", "").split("/")
    if len(scope) != 5 or scope[3:] != [SERVICE, "aws4_request"] or not {"SignedHeaders", "Signature"} <= set(parts):
        raise NotSigned(
            f"Authorization needs Credential=KEY/DATE/REGION/{SERVICE}/aws4_request, SignedHeaders and Signature.",
            "IncompleteSignatureException",
        )
    names = tuple(parts["SignedHeaders"].split(";"))
    dated = "x-amz-date" if "x-amz-date" in headers else "date"
    if not {*_MUST, dated} <= set(names):
        raise NotSigned(f"The headers host and {dated} must be signed.", "InvalidSignatureException")
    return Signed(scope[0], scope[1], scope[2], names, parts["Signature"])


def _moment(headers: Mapping[str, str]) -> datetime:
    try:
        if "x-amz-date" in headers:
            return datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError) as error:
        raise NotSigned(
            'A request needs an "X-Amz-Date" such as 20261128T090000Z, or a "Date".', "IncompleteSignatureException"
        ) from error


def _canonical(
    method: str,
    path: str,
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    names: Sequence[str],
    body: bytes,
) -> str:
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query)
    lines = [f"{name}:{' '.join(headers.get(name, '').split())}" for name in names]
    return "\n".join(
        [
            method,
            quote(path, safe="/-_.~") or "/",
            "&".join(f"{name}={value}" for name, value in pairs),
            *lines,
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )


def _to_sign(signed: Signed, moment: datetime, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return "\n".join([ALGORITHM, f"{moment:%Y%m%dT%H%M%SZ}", signed.scope, digest])


def _signature(secret: str, signed: Signed, text: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in (signed.day, signed.region, SERVICE, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
