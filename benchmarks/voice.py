"""
Voice, measured with the tiny models and espeak-ng: latency, twenty speakers at once, threads against processes.

    python -m benchmarks.voice [--speakers 20] [--seconds 20] [--models FOLDER]

Without --models the project's own test models are used; with real Vosk models the figures are those of a lab.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from accessibility.speech import models
from accessibility.speech.heard import Final
from accessibility.speech.recognition import Recogniser, Session
from accessibility.speech.synthesis import Synthesiser, Voice
from accessibility.speech.wav import from_wav

DATA = Path(__file__).resolve().parents[1] / "tests" / "speech" / "data"
SENTENCES = (
    "het eerste antwoord is beter dan het tweede antwoord",
    "ik denk dat dit antwoord fout is",
    "ga terug naar de vorige vraag",
    "de tekst is duidelijk en behulpzaam",
    "er is een fout in de laatste zin",
)
CHUNK_MS = 100
RATE_HZ = 22050  # espeak-ng's own, so that nothing has to be resampled here
CHUNK_BYTES = RATE_HZ * CHUNK_MS // 1000 * 2


def memory_mb(process_id: int) -> float:
    """The most memory that a process has had (VmHWM), in MB."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process_id}/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def sounds(synthesiser: Synthesiser) -> list[bytes]:
    """The sentences as samples."""
    return [from_wav(synthesiser.say(text, Voice("nl")).wav).samples for text in SENTENCES]


def chunks(sound: bytes) -> list[bytes]:
    return [sound[start : start + CHUNK_BYTES] for start in range(0, len(sound), CHUNK_BYTES)]


def latency(recogniser: Recogniser, synthesiser: Synthesiser, spoken: Sequence[bytes], times: int = 40) -> list[float]:
    """Seconds from letting go of the talk key to having the sound of "I heard: …", for each utterance."""
    session, taken = recogniser.open("nl", rate=RATE_HZ), []
    for number in range(times):
        for chunk in chunks(spoken[number % len(spoken)]):
            session.feed(chunk)
        start = time.perf_counter()
        heard = session.finish()[0]
        assert isinstance(heard, Final)
        synthesiser.say(f"Ik hoorde: {heard.text}.", Voice("nl", rate=160 + number), keep=False)
        taken.append(time.perf_counter() - start)
    session.close()
    return taken


async def in_real_time(recogniser: Recogniser, spoken: list[bytes], speakers: int, seconds: float) -> list[float]:
    """Everybody speaks at once, a chunk every 100 ms; how late each answer was, in seconds after its chunk was due."""
    late: list[float] = []

    async def speak(number: int) -> None:
        session = await recogniser.open_async("nl", rate=RATE_HZ)
        stream = chunks(b"".join(spoken[number % len(spoken) :] + spoken[: number % len(spoken)]) * 10)
        start = time.perf_counter() + number * CHUNK_MS / 1000 / speakers
        for place, chunk in enumerate(stream[: int(seconds * 1000 / CHUNK_MS)], 1):
            due = start + place * CHUNK_MS / 1000
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await session.feed_async(chunk)
            late.append(time.perf_counter() - due)
            if place % 50 == 0:
                await session.finish_async()
        session.close()

    await asyncio.gather(*(speak(number) for number in range(speakers)))
    return late


async def as_fast_as_possible(sessions: Sequence[Session], spoken: Sequence[bytes], rounds: int = 4) -> float:
    """How many times real time all speakers together are understood."""

    async def speak(session: Session, number: int) -> float:
        sound = spoken[number % len(spoken)]
        for _ in range(rounds):
            for chunk in chunks(sound):
                await session.feed_async(chunk)
            await session.finish_async()
        return rounds * len(sound) / 2 / RATE_HZ

    start = time.perf_counter()
    audio = await asyncio.gather(*(speak(session, number) for number, session in enumerate(sessions)))
    return sum(audio) / (time.perf_counter() - start)


def threads_against_processes(folder: Path, spoken: Sequence[bytes], speakers: int, *, for_tests: bool) -> Iterator[str]:
    """One process with a thread per core, against one process per core with its own copy of the model."""
    for processes in (1, os.cpu_count() or 2):
        with contextlib.ExitStack() as stack:
            open_ones = [stack.enter_context(Recogniser(folder, for_tests=for_tests)) for _ in range(processes)]
            sessions = [open_ones[number % processes].open("nl", rate=RATE_HZ) for number in range(speakers)]
            speed = asyncio.run(as_fast_as_possible(sessions, spoken))
            memory = sum(memory_mb(process_id) for each in open_ones for process_id in each.process_ids())
        yield f"{processes} process(es), {speakers} speakers: {speed:6.1f} × real time, {memory:5.0f} MB in all"


def report(folder: Path, *, for_tests: bool, speakers: int, seconds: float) -> Iterator[str]:
    """The figures, line by line."""
    with (
        tempfile.TemporaryDirectory() as work,
        Synthesiser(Path(work)) as synthesiser,
        Recogniser(folder, for_tests=for_tests) as recogniser,
    ):
        spoken = sounds(synthesiser)
        taken = sorted(latency(recogniser, synthesiser, spoken))
        yield f"talk key up → sound of the answer: median {statistics.median(taken) * 1000:.0f} ms, "
        yield f"  worst of {len(taken)}: {taken[-1] * 1000:.0f} ms"
        late = np.sort(asyncio.run(in_real_time(recogniser, spoken, speakers, seconds))) * 1000
        yield f"{speakers} speakers at once for {seconds:g} s: answers {np.median(late):.0f} ms after the chunk, "
        yield f"  99% within {np.quantile(late, 0.99):.0f} ms, worst {late[-1]:.0f} ms (a chunk is {CHUNK_MS} ms)"
        memory = [memory_mb(process_id) for process_id in recogniser.process_ids()]
        yield f"peak memory of the recogniser {sum(memory):.0f} MB, of this process {memory_mb(os.getpid()):.0f} MB"
    yield from threads_against_processes(folder, spoken, speakers, for_tests=for_tests)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else "")
    parser.add_argument("--speakers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--models", type=Path, help="a folder of real models, nl/ in it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = arguments.models or Path(work)
        if arguments.models is None:
            models.install("nl", DATA / "tinymodel-nl", folder, for_tests=True)
        for line in report(folder, for_tests=arguments.models is None, speakers=arguments.speakers, seconds=arguments.seconds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
