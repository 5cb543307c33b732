"""A certificate: what it tells, and the same as an Open Badges 3.0 credential. Pure: no database, no key, no clock.

It tells hours, kinds of work, media, tools, training and words. It never tells disability, needs, speed (so no counts
beside hours), quality, absence or check-ins: nothing of that comes in here, and free words are looked through.

Source: Open Badges 3.0 (1EdTech), W3C Verifiable Credentials 2.0, Bitstring Status List 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime

from workbench.domain import Json
from workbench.errors import Invalid

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
PARTS = ("name", "hours", "kinds", "media", "tools", "training", "coach_words", "own_words")  # what a worker may leave out
LEVELS = ("", "with_help", "alone", "helps_others")
LONGEST_WORDS = 1500
STATUS_BITS = 131_072  # the smallest list that the specification allows

# Beginnings of words that tell about health, benefits, speed or mistakes. A person reads the words as well: this catches
# what was written in passing.
_HEALTH = (
    r"autis|adhd|add\b|ass\b|depress|burn-?out|beperk(?:t|ing)\w*|handicap|gehandicap|diagnos|psych|blind|doof|dove\b|"
    r"slechtziend|slechthorend|rolstoel|uitkering|wajong|wia\b|ziek\b|ziekte|ziekmeld|verzuim|afwezig|medicijn|"
    r"medicat|therap|stoornis|disab|impair|deaf|wheelchair|sick|absen|illness|disorder"
)
_PACE = r"loonwaarde|per uur|per hour|per minuut|per minute|procent|percent|nauwkeurigheid van|accuracy of|fouten|mistakes|errors"
_UNFIT = re.compile(rf"\b(?:{_HEALTH}|{_PACE})|\d\s?%", re.IGNORECASE)
_ABOUT_HEALTH = re.compile(rf"\b(?:{_HEALTH})", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """One kind of work. `level` was chosen by coach and worker together; empty: none."""

    name: str
    title: Mapping[str, str]
    level: str = ""


@dataclass(frozen=True)
class Skill:
    """A skill of an ESCO release that the lab loaded."""

    uri: str
    label: str


@dataclass(frozen=True)
class Content:
    """What a certificate tells. Days are the lab's, ISO; hours are whole."""

    name: str = ""
    first: str = ""
    last: str = ""
    hours: int = 0
    training_hours: int = 0
    kinds: Sequence[Kind] = ()
    media: Sequence[str] = ()
    tools: Sequence[str] = ()
    training: Sequence[str] = ()
    skills: Sequence[Skill] = ()
    coach_words: str = ""
    own_words: str = ""
    locale: str = "nl"
    shown: Sequence[str] = field(default_factory=lambda: PARTS)  # the parts that the worker picked

    def as_json(self) -> dict[str, Json]:
        """For its row."""
        return asdict(self)

    @staticmethod
    def of(kept: Mapping[str, Json]) -> Content:
        """From its row."""
        kinds = [Kind(**each) for each in kept.get("kinds", ())]
        skills = [Skill(**each) for each in kept.get("skills", ())]
        return Content(**{**kept, "kinds": kinds, "skills": skills})

    def picked(self) -> Content:
        """Only what the worker picked: the rest is empty, and goes nowhere."""
        empty: dict[str, Json] = {part: "" if part in ("name", "coach_words", "own_words") else () for part in PARTS}
        left_out = {part: value for part, value in empty.items() if part not in (*self.shown, "hours")}
        if "hours" not in self.shown:
            left_out |= {"hours": 0, "training_hours": 0}
        return replace(self, **left_out)


@dataclass(frozen=True)
class Issuer:
    """Who signs. `url` is where certificates can be checked, without a slash at its end."""

    name: str
    url: str

    @property
    def id(self) -> str:
        """What credentials name."""
        return f"{self.url}/certificates/issuer"

    @property
    def status_list(self) -> str:
        """Where it stands which certificates no longer hold."""
        return f"{self.url}/certificates/status"

    def page_of(self, public_id: str) -> str:
        """Where anybody checks a certificate."""
        return f"{self.url}/verify/{public_id}"


def check_words(text: str, field_name: str) -> str:
    """
    Free words as they may stand on a certificate.

    Raises:
        Invalid: too long, or they tell about health, benefits, speed or mistakes.
    """
    words = text.strip()
    if len(words) > LONGEST_WORDS:
        raise Invalid("That is too long for a certificate. Please use at most 1500 letters.", field=field_name)
    if _UNFIT.search(words):
        raise Invalid(
            "These words tell about health, speed or mistakes. A certificate never does. Please leave them out.",
            field=field_name,
        )
    return words


def about_health(text: str) -> list[str]:
    """Words about health or benefits: they stay out of reports too."""
    return [found.group(0) for found in _ABOUT_HEALTH.finditer(text)]


def unfit_words(text: str) -> list[str]:
    """The words that `check_words` stumbles over."""
    return [found.group(0) for found in _UNFIT.finditer(text)]


def credential(content: Content, issuer: Issuer, *, public_id: str, subject: str, status_index: int, now: int) -> dict[str, Json]:
    """
    The credential, unsigned: what was picked and nothing else.

    Args:
        subject: `urn:uuid:…` of the person, the same in every version.
        status_index: this certificate's bit in the status list.
        now: UTC ms.
    """
    told = content.picked()
    return {
        "@context": list(CONTEXT),
        "id": issuer.page_of(public_id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _TITLE[told.locale],
        "issuer": {"id": issuer.id, "type": ["Profile"], "name": issuer.name, "url": issuer.url},
        "validFrom": iso(now),
        "credentialSubject": _subject(told, subject),
        "credentialStatus": {
            "id": f"{issuer.status_list}#{status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(status_index),
            "statusListCredential": issuer.status_list,
        },
    }


def _subject(told: Content, subject: str) -> dict[str, Json]:
    found: dict[str, Json] = {
        "id": subject,
        "type": ["AchievementSubject"],
        "activityStartDate": f"{told.first}T00:00:00Z",
        "activityEndDate": f"{told.last}T00:00:00Z",
        "narrative": narrative(told),
        "achievement": {
            "id": f"{subject}#experience",
            "type": ["Achievement"],
            "name": _TITLE[told.locale],
            "description": _DESCRIPTION[told.locale],
            "criteria": {"narrative": _CRITERIA[told.locale]},
            "tag": [kind.title.get(told.locale, kind.name) for kind in told.kinds],
        },
    }
    if told.skills:
        found["achievement"]["alignment"] = [
            {"type": ["Alignment"], "targetUrl": skill.uri, "targetName": skill.label, "targetFramework": "ESCO"}
            for skill in told.skills
        ]
    if told.name:
        identity = {"type": "IdentityObject", "hashed": False, "identityHash": told.name, "identityType": "name"}
        found["identifier"] = [identity]
    return {name: value for name, value in found.items() if value}


def narrative(told: Content) -> str:
    """The certificate as one text, a line for each part, in its own language."""
    words = _WORDS[told.locale]
    levels = {"": "", **{level: f" ({words[level]})" for level in LEVELS if level}}
    kinds = ", ".join(kind.title.get(told.locale, kind.name) + levels[kind.level] for kind in told.kinds)
    lines = [
        f"{words['period']}: {told.first} – {told.last}",
        f"{words['hours']}: {told.hours}" if told.hours else "",
        f"{words['training_hours']}: {told.training_hours}" if told.training_hours else "",
        f"{words['kinds']}: {kinds}" if kinds else "",
        f"{words['media']}: {', '.join(words.get(each, each) for each in told.media)}" if told.media else "",
        f"{words['tools']}: {', '.join(told.tools)}" if told.tools else "",
        f"{words['training']}: {', '.join(told.training)}" if told.training else "",
        f"{words['coach_words']}: {told.coach_words}" if told.coach_words else "",
        f"{words['own_words']}: {told.own_words}" if told.own_words else "",
    ]
    return "\n".join(line for line in lines if line)


def claims(credential_: Mapping[str, Json]) -> dict[str, Json]:
    """The credential as the payload of a JWT: itself, with the registered claims that say the same."""
    starts = datetime.fromisoformat(str(credential_["validFrom"]))
    issuer = credential_["issuer"]
    return {
        **credential_,
        "iss": issuer["id"] if isinstance(issuer, Mapping) else issuer,
        "jti": credential_["id"],
        "sub": credential_["credentialSubject"]["id"],
        "nbf": int(starts.timestamp()),
    }


def status_list(issuer: Issuer, revoked: Sequence[int], *, now: int, valid_seconds: int = 7 * 86_400) -> dict[str, Json]:
    """
    The list of certificates that no longer hold, as a credential, unsigned.

    Args:
        revoked: their bits.
        valid_seconds: how long a copy may be trusted.
    """
    return {
        "@context": [CONTEXT[0]],
        "id": issuer.status_list,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.id,
        "validFrom": iso(now),
        "validUntil": iso(now + valid_seconds * 1000),
        "credentialSubject": {
            "id": f"{issuer.status_list}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded_bits(revoked),
        },
    }


def encoded_bits(marked: Sequence[int]) -> str:
    """Bits as the specification writes them: the first bit is the highest of the first byte, gzip, base64url, "u"."""
    import base64
    import gzip

    bits = bytearray(STATUS_BITS // 8)
    for index in marked:
        bits[index // 8] |= 0x80 >> (index % 8)
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def iso(moment_ms: int) -> str:
    """A moment as credentials write it, whole seconds, UTC."""
    return datetime.fromtimestamp(moment_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_text(day: date) -> str:
    """A day as certificates keep it."""
    return day.isoformat()


# A credential is signed once and read for years: its words stand here, not in the catalogue that pages are translated by.
_TITLE = {"nl": "Werkervaring met het labelen van media", "en": "Experience in labelling media"}
_DESCRIPTION = {
    "nl": "Werkervaring in een AI Annotation Lab: vragen over beeld, geluid en tekst beantwoorden voor mediabedrijven.",
    "en": "Work experience in an AI annotation lab: answering questions about pictures, sound and text for media companies.",
}
_CRITERIA = {
    "nl": "Heeft in de genoemde periode de genoemde uren gewerkt aan de genoemde soorten werk. De jobcoach heeft dit getekend.",
    "en": "Worked on the kinds of work named, for the hours named, in the period named. The job coach signed this.",
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "period": "Periode",
        "hours": "Uren werk",
        "training_hours": "Uren training",
        "kinds": "Soorten werk",
        "media": "Media",
        "tools": "Programma's",
        "training": "Training",
        "coach_words": "Woorden van de jobcoach",
        "own_words": "Eigen woorden",
        "with_help": "met hulp",
        "alone": "zelfstandig",
        "helps_others": "helpt anderen",
        "image": "beeld",
        "audio": "geluid",
        "video": "video",
        "text": "tekst",
        "subtitle": "ondertitels",
        "row": "gegevens",
    },
    "en": {
        "period": "Period",
        "hours": "Hours of work",
        "training_hours": "Hours of training",
        "kinds": "Kinds of work",
        "media": "Media",
        "tools": "Programs",
        "training": "Training",
        "coach_words": "The job coach's words",
        "own_words": "Own words",
        "with_help": "with help",
        "alone": "independently",
        "helps_others": "helps others",
        "image": "pictures",
        "audio": "sound",
        "video": "video",
        "text": "text",
        "subtitle": "subtitles",
        "row": "data",
    },
}
