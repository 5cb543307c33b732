"""What a client learns about a programme's subtitles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from task_types import registry
from task_types.cues import Cue
from task_types.protocol import Case, Item, Part, Settled, Source
from task_types.subtitle_measures import SubtitleLimits, measure
from task_types.subtitle_quality import SubtitleAnswer, SubtitleSettings

TYPE: Any = registry.get("subtitle_quality")
FILM = Source("news.mp4", [Part(name="film", kind="video", media="film")])
WORDS = "one two three four five six seven eight nine ten"


def asked(cue: Cue, ask: str, answer: SubtitleAnswer, about: str | None = None) -> Item[Any, Any, Any]:
    """A settled question about a cue."""
    payload = TYPE.payload_model(
        ask=ask, media="film", text=cue.text, start_ms=cue.start_ms, end_ms=cue.end_ms, about=about, written=cue.written,
        measures=measure(cue, SubtitleLimits()),
    )  # fmt: skip
    case = Case(SubtitleSettings(), payload, "en")
    return Item(
        FILM, f"m-{cue.start_ms}-{ask}-{about}", f"{cue.start_ms}-{ask}", "step", TYPE.name, case, Settled(answer, 0.9), 3
    )


def chosen(value: str) -> SubtitleAnswer:
    """One of the answers."""
    return SubtitleAnswer(value=value)


def test_the_indication_weighs_mistakes_by_how_bad_they_are(tmp_path: Path) -> None:
    """30 words, a serious change of meaning, a minor wrong name, one not weighed yet: (30 − 1 − .25 − .5) / 30."""
    first, second, third = (Cue(at, at + 4000, WORDS, ("10:00:01:00", "10:00:05:00")) for at in (1000, 6000, 11_000))
    items = [
        asked(first, "meaning", chosen("different")),
        asked(first, "seriousness", chosen("serious"), "meaning"),
        asked(first, "correction", SubtitleAnswer(text="Better."), "meaning"),
        asked(second, "meaning", chosen("same")),
        asked(second, "names", chosen("wrong")),
        asked(second, "seriousness", chosen("minor"), "names"),
        asked(second, "timing", chosen("late")),
        asked(third, "meaning", chosen("partly")),
    ]
    [path] = TYPE.exporters["subtitle_report"].write(iter(items), tmp_path / "report")
    found = json.loads(path.read_text("utf-8"))
    told = found["indication"]
    assert told["score"] == round((30 - 1.75) / 30 * 100, 2)
    assert (told["words"], told["reached"], told["not_weighed_yet"]) == (30, False, 1)
    assert "not a certified" in told["note"]
    assert found["other"] == {"too_early": 0, "too_late": 1, "speaker_unclear": 0}
    assert found["subtitles"][0]["correction"] == "Better."
    assert found["subtitles"][0]["written"] == ["10:00:01:00", "10:00:05:00"]
    assert found["machine"]["measured"] == 3


def test_nothing_settled_gives_no_score(tmp_path: Path) -> None:
    """No figure out of nothing."""
    cue = Cue(0, 1000, WORDS)
    [path] = TYPE.exporters["subtitle_report"].write(iter([asked(cue, "timing", chosen("late"))]), tmp_path)
    assert json.loads(path.read_text("utf-8"))["indication"]["score"] is None


def test_measures_follow_the_clients_own_limits() -> None:
    """Speed, lines, length, time shown, and the gap to the subtitle before."""
    before, cue = Cue(0, 1000, "x"), Cue(1040, 1940, "Twintig tekens hier!\nen nog meer")
    usual = measure(cue, SubtitleLimits(), before)
    assert (usual.characters_per_second, usual.lines, usual.longest_line, usual.gap_before_ms) == (34.44, 2, 20, 40)
    assert (usual.too_fast, usual.too_short, usual.too_close, usual.too_long) == (True, True, True, False)
    own = SubtitleLimits(speed_warning=40, speed_limit=50, most_lines=1, line_length=10, shortest_seconds=0.5, smallest_gap_ms=0)
    kept = measure(cue, own, before)
    assert (kept.too_fast, kept.fast, kept.too_many_lines, kept.too_long, kept.too_short, kept.too_close) == (
        *(False, False, True, True, False, False),
    )
