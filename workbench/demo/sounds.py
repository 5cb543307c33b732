"""The demo's sound: espeak-ng reads sentences aloud (a program of its own), and tones stand for music."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
SENTENCES = {
    "nieuws-1.wav": ("nl", "Goedenavond. Het is vandaag druk in de haven. Er komen drie schepen aan. Morgen gaat het regenen."),
    "nieuws-2.wav": ("nl", "De burgemeester opent de nieuwe bibliotheek. Iedereen is welkom. De koffie is gratis."),
    "news-1.wav": ("en", "Good evening. The harbour is busy today. Three ships are coming in. Tomorrow it will rain."),
}

PROGRAMME = [  # what is said, and what its subtitle says: not always the same
    ("Goedenavond. Dit is het nieuws van vandaag.", "Goedenavond. Het nieuws van vandaag."),
    ("Burgemeester Jansen opende vanmiddag de nieuwe brug.", "Burgemeester Janssen opende\nvanmiddag de nieuwe brug."),
    ("De brug gaat morgen dicht voor vrachtwagens.", "De brug gaat morgen open\nvoor vrachtwagens."),
]


def make(folder: Path) -> list[Path]:
    """All sounds of the demo, as WAV files in this folder; without espeak-ng only the tones."""
    folder.mkdir(parents=True)
    made = [_tune(folder / "deuntje.wav", (262, 330, 392, 523)), _tune(folder / "tune.wav", (440, 392, 349, 330))]
    speaker = shutil.which("espeak-ng")
    for name, (voice, text) in SENTENCES.items() if speaker else ():
        _say(str(speaker), voice, text, folder / name)
        made.append(folder / name)
    return [*made, *_programme(str(speaker), folder)] if speaker else made


def _say(speaker: str, voice: str, text: str, out: Path) -> None:
    subprocess.run([speaker, "-v", voice, "-s", "140", "-g", "12", "-w", str(out), text], check=True)


def _programme(speaker: str, folder: Path) -> list[Path]:
    """A short news programme with a subtitle for each sentence, at its own time."""
    heard, cues, samples = folder / "journaal.wav", folder / "journaal.srt", np.zeros(0, dtype="<i2")
    lines: list[str] = []
    for number, (sentence, subtitle) in enumerate(PROGRAMME, 1):
        _say(speaker, "nl", sentence, heard)
        with wave.open(str(heard)) as spoken:
            rate = spoken.getframerate()
            start, samples = samples.size, np.append(samples, np.frombuffer(spoken.readframes(spoken.getnframes()), "<i2"))
        lines.append(f"{number}\n{_clock(start, rate)} --> {_clock(samples.size, rate)}\n{subtitle}\n")
        samples = np.append(samples, np.zeros(rate // 2, dtype="<i2"))
    _save(heard, samples, rate)
    cues.write_text("\n".join(lines), encoding="utf-8")
    return [heard, cues]


def _clock(samples: int, rate: int) -> str:
    """A moment as SubRip files write it."""
    seconds, ms = divmod(samples * 1000 // rate, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{ms:03}"


def _tune(path: Path, notes: tuple[int, ...]) -> Path:
    """A few plucked notes: frequencies in Hz, 0.4 s each."""
    time = np.arange(int(0.4 * RATE)) / RATE
    tones = [np.sin(2 * np.pi * note * time) * np.exp(-4 * time) for note in (*notes, *reversed(notes))]
    return _save(path, (np.concatenate(tones) * 20_000).astype("<i2"), RATE)


def _save(path: Path, samples: NDArray[np.int16], rate: int) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", "not compressed"))
        out.writeframes(samples.tobytes())
    return path
