"""
The process that speaks: pyttsx3 with espeak-ng, one text at a time, from standard input to standard output.

Why a process of its own (found in pyttsx3 2.99): `runAndWait` with nothing queued, or with a path that cannot be
written, hangs for ever; two threads lose a file; several texts before one `runAndWait` write only the last; it prints
on standard output; on a busy machine it comes back before the file is written; and espeak-ng without its data ends the
process. Here one text goes in, one sound comes out, and who asks has a watchdog.

And each text is said by a fresh copy of this process (12 ms): what espeak-ng said before changes the next text by a few
samples, and with it the cache.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accessibility.sentences import sentence
from accessibility.speech.engine_child import in_fresh_copy, serve, take_standard_output
from accessibility.speech.errors import NoEngine, SpeechError, UnknownVoice
from accessibility.speech.frames import Header
from accessibility.speech.sentences import sentence_spans
from accessibility.speech.wav import Pcm, from_wav

_WORD_EVENT = 1  # espeak_EVENT_WORD
_LIST_END = 0
INSTALL = "Install it with: apt install espeak-ng, and: pip install 'annotation-lab[voice]'"
VARIANT_MARK = "+"
_LONGEST_SECONDS = 120


class Engine:
    """pyttsx3 with its espeak driver, and the word times that the driver sees but does not hand on."""

    def __init__(self) -> None:
        self._pyttsx3 = _load()
        self._driver = self._pyttsx3.proxy._driver
        self._words: list[tuple[int, int, int]] = []
        self._listen_for_words()
        self.voices = {voice.id for voice in self._pyttsx3.getProperty("voices")}

    def variants(self) -> set[str]:
        """What can be put after a voice: "+f3", "+Annie" …"""
        from pyttsx3.drivers import _espeak

        asked = _espeak.VOICE()
        asked.languages = b"variant"
        return {VARIANT_MARK + voice.identifier.decode().removeprefix("!v/") for voice in _espeak.ListVoices(asked)}

    def render(self, text: str, voice: str, rate: int, pitch: int) -> tuple[Pcm, list[tuple[int, int, int]]]:
        """One sentence as samples, and (offset, length, start_ms) of each word."""
        self._set_style(voice, rate, pitch)
        self._words.clear()
        with _sound_file() as path:
            self._pyttsx3.save_to_file(text, str(path))
            self._pyttsx3.runAndWait()
            self._wait()
            return from_wav(path.read_bytes()), list(self._words)

    def _set_style(self, voice: str, rate: int, pitch: int) -> None:
        """
        Straight to the driver, and wait: espeak-ng sets a voice at once but a rate in its own thread, and through
        pyttsx3's queue the voice now and then came last and took the rate along.
        """
        self._wait()
        try:
            self._driver.setProperty("voice", voice)
        except ValueError as error:
            raise UnknownVoice(
                sentence('The speech engine does not take the voice "{voice}" ({error}).', voice=voice, error=error)
            ) from error
        self._driver.setProperty("rate", rate)
        self._driver.setProperty("pitch", pitch)
        self._wait()

    def _listen_for_words(self) -> None:
        """Put ourselves before the driver's callback: it passes words on without their time."""
        from pyttsx3.drivers import _espeak

        def hear(wav: Any, count: int, events: Any) -> int:
            index = 0
            while (event := events[index]).type != _LIST_END:
                if event.type == _WORD_EVENT and event.length > 0:
                    self._words.append((event.text_position - 1, event.length, event.audio_position))
                index += 1
            return int(self._driver._onSynth(wav, count, events))

        _espeak.SetSynthCallback(hear)
        # on a busy machine `runAndWait` comes back before espeak-ng's own thread has written the file
        self._wait = _espeak.Synchronize


def _load() -> Any:
    pyttsx3 = _drivers()
    try:
        return pyttsx3.init("espeak")
    except (RuntimeError, OSError) as error:
        raise NoEngine(sentence("espeak-ng does not start ({error}). {install}", error=error, install=INSTALL)) from error


def _drivers() -> Any:
    """pyttsx3 with its espeak driver; where Debian's espeak-ng is absent, with PyPI's espeakng-loader if that is there."""
    try:
        return _import_drivers()
    except ImportError as error:
        raise NoEngine(sentence("pyttsx3 is not installed ({error}). {install}", error=error, install=INSTALL)) from error
    except (RuntimeError, OSError, AttributeError, TypeError) as error:
        # without a library pyttsx3's driver fails in whatever line first needs it
        if not _load_wheel_library():
            raise NoEngine(
                sentence("No espeak-ng was found on this machine ({error}). {install}", error=error, install=INSTALL)
            ) from error
        return _import_drivers()


def _import_drivers() -> Any:
    import pyttsx3
    import pyttsx3.drivers.espeak

    return pyttsx3


def _load_wheel_library() -> bool:
    """pyttsx3 then finds the library by its name, since it is loaded already."""
    try:
        espeakng_loader = importlib.import_module("espeakng_loader")
        # without this variable espeak-ng ends the whole process when it looks for its data
        os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError):
        return False
    return True


@contextlib.contextmanager
def _sound_file() -> Iterator[Path]:
    """A file name to render into: memory on Linux, since what is spoken may be someone's own words."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("speech")
        try:
            yield Path(f"/proc/self/fd/{handle}")
        finally:
            os.close(handle)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "speech.wav"


def speak(engine: Engine, header: Header) -> tuple[Header, bytes]:
    """A whole text, sentence by sentence: where a sentence starts is then exact, whatever the engine tells."""
    voice = _known_voice(engine, header["voice"])
    text, samples, rate_hz = header["text"], io.BytesIO(), 22050
    sentences, words = [], []
    for span in sentence_spans(text):
        pcm, heard = engine.render(span.of(text), voice, header["rate"], header["pitch"])
        rate_hz, start_ms = pcm.rate_hz, Pcm(samples.getvalue(), pcm.rate_hz).duration_ms
        samples.write(pcm.samples)
        end_ms = Pcm(samples.getvalue(), rate_hz).duration_ms
        sentences.append(_mark(span.start, span.end, start_ms, end_ms))
        words += _word_marks(heard, span.start, start_ms, end_ms)
    duration_ms = sentences[-1]["end_ms"]
    reply = {"rate_hz": rate_hz, "duration_ms": duration_ms, "sentences": sentences, "words": words}
    return reply, samples.getvalue()


def _word_marks(heard: list[tuple[int, int, int]], text_start: int, start_ms: int, end_ms: int) -> list[dict[str, int]]:
    """A word lasts until the next begins, the last one until the sentence ends."""
    # espeak-ng now and then reports an end as a word further back: text only goes forward
    forward = [word for i, word in enumerate(heard) if i == 0 or word[0] > max(w[0] for w in heard[:i])]
    ends = [start_ms + word[2] for word in forward[1:]] + [end_ms] * bool(forward)
    return [
        _mark(text_start + offset, text_start + offset + length, start_ms + at_ms, end)
        for (offset, length, at_ms), end in zip(forward, ends, strict=True)
    ]


def _mark(text_start: int, text_end: int, start_ms: int, end_ms: int) -> dict[str, int]:
    return {"text_start": text_start, "text_end": text_end, "start_ms": start_ms, "end_ms": end_ms}


def _known_voice(engine: Engine, name: str) -> str:
    """pyttsx3 ignores an unknown voice without a word, so we look first."""
    base, mark, variant = name.partition(VARIANT_MARK)
    if base not in engine.voices:
        near = sorted(voice for voice in engine.voices if voice.startswith("gmw/"))
        raise UnknownVoice(
            sentence('The speech engine has no voice "{base}". Known are: {near}.', base=base, near=", ".join(near))
        )
    if mark and mark + variant not in (known := engine.variants()):
        raise UnknownVoice(
            sentence(
                'The speech engine has no variant "{mark}{variant}". Known are: {names}.',
                mark=mark,
                variant=variant,
                names=", ".join(sorted(known)),
            )
        )
    return name


def handle(header: Header, _body: bytes) -> tuple[Header, bytes]:
    """One request, by an engine that has said nothing yet."""
    engine = Engine()
    if header["op"] == "voices":
        return {"voices": sorted(engine.voices | engine.variants())}, b""
    if header["op"] == "speak":
        return speak(engine, header)
    raise SpeechError(sentence('The speech engine knows no "{operation}".', operation=header["op"]))


def main() -> None:
    """Serve until standard input closes. A machine without an engine answers every request with that."""
    replies = take_standard_output()
    with contextlib.suppress(NoEngine):
        _drivers()  # loaded once, started in every copy
    # espeak-ng's sound depends on what it said before: by a fresh copy the same text always gives the same bytes
    serve(in_fresh_copy(handle, seconds=_LONGEST_SECONDS) if hasattr(os, "fork") else handle, replies)


if __name__ == "__main__":
    main()
