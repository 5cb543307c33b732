"""
Everything that can go wrong with speech, in a sentence and in a code that a page can speak.

    SpeechError
    ├── NoEngine          no speech engine on this machine; says what to install
    ├── UnknownVoice      the engine has no such voice; names what it has
    ├── TextRefused       nothing to say, or too much at once
    ├── AudioRefused      sample rate, odd byte count, chunk too large, utterance too long
    ├── GrammarRefused    a command grammar without one word that the model knows
    ├── Busy              too many people at once, or two chunks of one speaker at the same time
    ├── EngineTimeout     no reply in time; the engine is started again
    ├── EngineStopped     the engine's process ended; the next call starts it again
    ├── NoSuchWord        fixing a word, a choice or a letter that is not there
    ├── SessionClosed     this speaker's session has ended (closed, or idle for too long)
    └── ModelError
        ├── NoModel       no model for this language; says the command that installs it
        ├── ModelRefused  the archive is no Vosk model, or not one for workers
        │   └── UnsafeArchive  links, paths outside the folder, too large when unpacked
        └── NoConnection  the model could not be fetched; says how to carry it in by hand
"""

from __future__ import annotations


class SpeechError(Exception):
    """A sentence for a person (what, where, what next), and a code with a spoken form in `spoken.py`."""

    code = "speech_failed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NoEngine(SpeechError):
    """No speech engine on this machine."""

    code = "no_engine"


class UnknownVoice(SpeechError):
    """The engine has no such voice."""

    code = "unknown_voice"


class TextRefused(SpeechError):
    """Nothing to say, or too much at once."""

    code = "text_refused"


class AudioRefused(SpeechError):
    """Audio that cannot be heard as it came; `code` tells why."""

    code = "bad_audio"


class GrammarRefused(SpeechError):
    """No word of the grammar is in the model."""

    code = "no_commands"


class Busy(SpeechError):
    """Too much at once; nothing is lost, try again."""

    code = "busy"


class EngineTimeout(SpeechError):
    """The engine did not answer in time."""

    code = "engine_timeout"


class EngineStopped(SpeechError):
    """The engine's process ended before it answered."""

    code = "engine_stopped"


class NoSuchWord(SpeechError):
    """Fixing a word, a choice or a letter that is not there."""

    code = "no_such_word"


class SessionClosed(SpeechError):
    """This speaker's session has ended."""

    code = "session_closed"


class ModelError(SpeechError):
    """Something about a recognition model."""

    code = "model_failed"


class NoModel(ModelError):
    """No model is installed for this language."""

    code = "no_model"


class ModelRefused(ModelError):
    """The archive or folder is no model that may be installed."""

    code = "model_refused"


class UnsafeArchive(ModelRefused):
    """The archive is not safe to unpack."""


class NoConnection(ModelError):
    """The model could not be fetched."""

    code = "no_connection"


def by_code(code: str, message: str) -> SpeechError:
    """The error that an engine process reported, as the class it had there."""
    return {kind.code: kind for kind in _REPORTED}.get(code, AudioRefused)(message, code=code)


_REPORTED: tuple[type[SpeechError], ...] = (
    SpeechError,
    NoEngine,
    UnknownVoice,
    TextRefused,
    GrammarRefused,
    Busy,
    EngineTimeout,
    EngineStopped,
    NoSuchWord,
    SessionClosed,
    ModelError,
    NoModel,
    ModelRefused,
    NoConnection,
)
