"""What a subtitle file holds and what its cues leave out, told once to who uploads it. The file itself stays as it came."""

from __future__ import annotations

from collections.abc import Mapping

from accessibility.sentences import packed
from task_types import cues
from task_types.protocol import Locale
from workbench.domain import Json
from workbench.ingest.entries import Entry

MOST_TOLD = 100  # files for which this is kept with a dataset


def remark(entry: Entry) -> dict[str, Json]:
    """
    About one file: `file`, and either `wrong`, or `format`, `subtitles` (how many), `losses` (kind → count) and, where
    the file tells them, `frame_rate` and `programme_start`.
    """
    try:
        track = cues.read(entry.path.read_bytes(), entry.name)
    except cues.UnreadableSubtitles as error:
        return {"file": entry.name, "wrong": packed(error.message)}
    found: dict[str, Json] = {
        "file": entry.name,
        "format": track.format,
        "subtitles": sum(not cue.is_empty for cue in track.cues),
        "losses": {loss.kind: loss.count for loss in track.losses},
        "frame_rate": track.frame_rate,
        "programme_start": track.programme_start,
    }
    return {name: value for name, value in found.items() if value is not None}


def in_words(told: Mapping[str, Json], locale: Locale = "en") -> str:
    """What was left out, as a list for people; empty when nothing was."""
    return ", ".join(cues.Loss(kind, count).words(locale) for kind, count in told.get("losses", {}).items())
