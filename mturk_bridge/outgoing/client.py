"""The other side, through boto3: only `endpoint_url` says which lab it is. What can't be reached is told in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from accessibility.sentences import sentence
from workbench.errors import Invalid, Unavailable, WorkbenchError

CLOSED = sentence(
    "Amazon closed Mechanical Turk on 30 September 2026, so nothing can be published there. "
    "Give the endpoint of a lab that speaks its protocol, for example https://lab.example/mturk/requester."
)
ATTEMPTS = 6


class Refused(WorkbenchError):
    """The other side said no. `code`: its TurkErrorCode."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Elsewhere:
    """A lab that work goes out to. `client`: boto3's."""

    endpoint: str
    client: Any

    def ask(self, operation: str, **given: Any) -> dict[str, Any]:
        """
        Ask one thing; what is safe to repeat is repeated by boto3 itself.

        Raises:
            Refused: the other side said no. Unavailable: it cannot be reached, or takes no key of ours.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found: dict[str, Any] = getattr(self.client, operation)(**given)
        except ClientError as error:
            said = error.response
            code = said.get("TurkErrorCode") or said["Error"]["Code"]
            raise Refused(f"{self.endpoint}: {said.get('Message') or said['Error'].get('Message', code)}", code) from error
        except BotoCoreError as error:
            raise Unavailable(
                sentence(
                    "{endpoint} cannot be asked: {error}. Nothing is lost; try again later.", endpoint=self.endpoint, error=error
                )
            ) from error
        return found

    def listed(self, operation: str, name: str, **given: Any) -> Iterator[dict[str, Any]]:
        """All results of a list, page after page."""
        token: dict[str, str] = {}
        while True:
            page = self.ask(operation, **given, MaxResults=100, **token)
            yield from page[name]
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}


def check_endpoint(endpoint: str) -> str:
    """
    The address as it is kept.

    Raises:
        Invalid: not an address, not encrypted, or the service that is closed.
    """
    parts = urlsplit(endpoint.strip())
    host = parts.hostname or ""
    if host == "amazonaws.com" or host.endswith((".amazonaws.com", ".mturk.com")) or host == "mturk.com":
        raise Invalid(CLOSED, field="endpoint")
    here = host in ("127.0.0.1", "localhost", "::1")
    if not host or parts.username or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        raise Invalid("The endpoint must be an https address, such as https://lab.example/mturk/requester.", field="endpoint")
    return endpoint.strip().rstrip("/")


def connect(endpoint: str, profile: str | None) -> Elsewhere:
    """
    A lab at this address, with the key pair that boto3 finds: of this profile in its own credentials file, or the usual.

    Raises:
        Unavailable: boto3 is not installed, or there is no such profile.
    """
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise Unavailable('Publishing elsewhere needs boto3: pip install "annotation-lab[mturk]".') from error
    try:
        session = boto3.Session(profile_name=profile)
        config = Config(retries={"max_attempts": ATTEMPTS, "mode": "standard"}, connect_timeout=10, read_timeout=30)
        made = session.client("mturk", region_name="us-east-1", endpoint_url=check_endpoint(endpoint), config=config)
    except BotoCoreError as error:
        raise Unavailable(
            sentence("No key pair for {endpoint}: {error}. Put it into boto3's credentials file.", endpoint=endpoint, error=error)
        ) from error
    return Elsewhere(endpoint, made)


def hit_named_in(message: str) -> str | None:
    """The HITId in the sentence "The HIT with ID … already exists"."""
    found = re.search(r"\b([A-Z0-9]{20,64})\b", message)
    return found.group(1) if found else None
