"""The demo's sound: espeak-ng reads sentences aloud (a program of its own), and tones stand for music."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np

RATE = 22_050
SENTENCES = {
    "nieuws-1.wav": ("nl", "Goedenavond. Het is vandaag druk in de haven. Er komen drie schepen aan. Morgen gaat het regenen."),
    "nieuws-2.wav": ("nl", "De burgemeester opent de nieuwe bibliotheek. Iedereen is welkom. De koffie is gratis."),
    "news-1.wav": ("en", "Good evening. The harbour is busy today. Three ships are coming in. Tomorrow it will rain."),
}


def make(folder: Path) -> list[Path]:
    """All sounds of the demo, as WAV files in this folder; without espeak-ng only the tones."""
    folder.mkdir(parents=True)
    made = [_tune(folder / "deuntje.wav", (262, 330, 392, 523)), _tune(folder / "tune.wav", (440, 392, 349, 330))]
    speaker = shutil.which("espeak-ng")
    for name, (voice, text) in SENTENCES.items() if speaker else ():
        subprocess.run([str(speaker), "-v", voice, "-s", "140", "-g", "12", "-w", str(folder / name), text], check=True)
        made.append(folder / name)
    return made


def _tune(path: Path, notes: tuple[int, ...]) -> Path:
    """A few plucked notes: frequencies in Hz, 0.4 s each."""
    time = np.arange(int(0.4 * RATE)) / RATE
    tones = [np.sin(2 * np.pi * note * time) * np.exp(-4 * time) for note in (*notes, *reversed(notes))]
    samples = (np.concatenate(tones) * 20_000).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        out.writeframes(samples.tobytes())
    return path
