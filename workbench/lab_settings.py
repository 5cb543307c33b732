"""What a lab decides for itself about money, certificates and privacy: kept in the lab's row, read with safe defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from urllib.parse import urlsplit

from workbench.domain import Json
from workbench.errors import Invalid

KEY = "lab"  # the part of the lab's settings that is ours
T = TypeVar("T")


@dataclass(frozen=True)
class LabSettings:
    """
    hourly_rate: EUR per hour of work that a client pays, without VAT; None: not decided yet.
    margin_percent: added for guidance, rooms and risk. vat_percent: on top of all.
    paid_breaks: breaks count in the hours statement.
    issuer_name, issuer_url: who signs certificates; empty: the lab's name and address.
    controller, privacy_contact: who answers for personal data, as printed in the law pack.
    skills_file: an ESCO release's skills as CSV, in the data folder; empty: no skills on certificates.
    skills_release: which release that file is.
    """

    hourly_rate: Decimal | None = None
    margin_percent: Decimal = Decimal(0)
    vat_percent: Decimal = Decimal(21)
    paid_breaks: bool = True
    issuer_name: str = ""
    issuer_url: str = ""
    controller: str = ""
    privacy_contact: str = ""
    skills_file: str = ""
    skills_release: str = ""

    @staticmethod
    def of(settings: Mapping[str, Json]) -> LabSettings:
        """From the lab's row; what cannot be read is as if it was never set."""
        kept = settings.get(KEY)
        known = kept if isinstance(kept, Mapping) else {}
        default = LabSettings()
        return LabSettings(
            **{each.name: _read(getattr(default, each.name), known.get(each.name)) for each in fields(LabSettings)}
        )

    def as_json(self) -> dict[str, Json]:
        """For the lab's row; amounts as text, so that cents stay cents."""
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(self).items()}


def _read(default: T, kept: Json) -> T:
    if kept is None:
        return default
    if isinstance(default, bool):
        return kept if isinstance(kept, bool) else default  # type: ignore[return-value]
    if isinstance(default, str):
        return kept if isinstance(kept, str) else default  # type: ignore[return-value]
    found: Any = amount(str(kept))
    return default if found is None else found


def amount(text: str) -> Decimal | None:
    """A number as people type it ("45", "45.50", "45,50"); None when it is not one, or not a sane one."""
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < 100_000 else None


def read_form(given: Mapping[str, str]) -> LabSettings:
    """
    What a manager typed.

    Raises:
        Invalid: a number that is none, an address that is none; names the field.
    """
    rate = given.get("hourly_rate", "").strip()
    url = given.get("issuer_url", "").strip().rstrip("/")
    if url and (urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).netloc):
        raise Invalid("Please give a whole address, for example https://lab.example.", field="issuer_url")
    words = ("issuer_name", "controller", "privacy_contact", "skills_file", "skills_release")
    name = given.get("skills_file", "").strip()
    if "/" in name or "\\" in name or name.startswith("."):
        raise Invalid("Please give the name of a file in the data folder, without a path.", field="skills_file")
    return LabSettings(
        hourly_rate=_amount(given, "hourly_rate") if rate else None,
        margin_percent=_amount(given, "margin_percent"),
        vat_percent=_amount(given, "vat_percent"),
        paid_breaks=given.get("paid_breaks") == "yes",
        issuer_url=url,
        **{each: given.get(each, "").strip()[:400] for each in words},
    )


def _amount(given: Mapping[str, str], name: str) -> Decimal:
    found = amount(given.get(name, ""))
    if found is None:
        raise Invalid("Please give a number of 0 or more, for example 45.50.", field=name)
    return found
