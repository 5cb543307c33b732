"""
Vosk's own models for our languages.

Sizes are of the ZIP as Vosk's page lists them. Licences are as Vosk's page says; check them there before a contract
rests on one. The first of a language is what `install` fetches.
"""

from __future__ import annotations

from dataclasses import dataclass

VOSK_SITE = "https://alphacephei.com/vosk/models"


@dataclass(frozen=True)
class KnownModel:
    """
    A model that Vosk offers.

    Args:
        megabytes: of the ZIP.
        commands: takes a closed command grammar (a model with one static graph does not).
    """

    name: str
    language: str
    megabytes: int
    licence: str
    commands: bool
    remark: str

    @property
    def address(self) -> str:
        return f"{VOSK_SITE}/{self.name}.zip"


KNOWN_MODELS = (
    KnownModel("vosk-model-small-nl-0.22", "nl", 39, "Apache-2.0", True, "small; for commands and simple dictation"),
    KnownModel(
        "vosk-model-nl-spraakherkenning-0.6-lgraph",
        "nl",
        100,
        "CC BY-NC-SA 4.0",
        True,
        "larger vocabulary; not for commercial use",
    ),
    KnownModel(
        "vosk-model-nl-spraakherkenning-0.6",
        "nl",
        860,
        "CC BY-NC-SA 4.0",
        False,
        "large, without command grammars; not for commercial use",
    ),
    KnownModel("vosk-model-small-en-us-0.15", "en", 40, "Apache-2.0", True, "small; for commands and simple dictation"),
    KnownModel("vosk-model-en-us-0.22-lgraph", "en", 128, "Apache-2.0", True, "larger vocabulary, takes commands"),
    KnownModel("vosk-model-en-us-0.22", "en", 1800, "Apache-2.0", False, "large, without command grammars"),
)
LANGUAGES = tuple(dict.fromkeys(model.language for model in KNOWN_MODELS))


def recommended(language: str) -> KnownModel | None:
    """The model that `install` fetches, or None for a language that we do not know."""
    return next((model for model in KNOWN_MODELS if model.language == language), None)


def by_name(name: str) -> KnownModel | None:
    """The known model of this name."""
    return next((model for model in KNOWN_MODELS if model.name == name), None)
