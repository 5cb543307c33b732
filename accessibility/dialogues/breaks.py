"""A break, another block, or the day's end: what is said when there is no work."""

from __future__ import annotations

from dataclasses import replace

from accessibility.dialogues import aloud
from accessibility.dialogues.heard import BreakNow
from accessibility.dialogues.state import State, Step, free, tell
from accessibility.dialogues.turns import Say, Tone, Wait


def begun(state: State, heard: BreakNow) -> Step:
    """It is so from now on, and how long."""
    waiting = (Wait(heard.until_ms),) if heard.until_ms is not None and heard.kind == "break" else ()
    undo = (tell(state, "break_undo"),) if heard.undo else ()
    said = _words(state, heard)
    away = replace(free(state), place="break", undo=heard.undo, away=said.text)
    return away, (Tone("block_end"), said, *undo, *waiting)


def waited(state: State) -> Step:
    """A break is over, and nobody has to do anything about it."""
    if state.place != "break":
        return state, ()
    return replace(state, place="home", undo=False), (Tone("accepted"), tell(state, "break_done"))


def _words(state: State, heard: BreakNow) -> Say:
    if heard.kind == "over":
        return tell(state, "day_over")
    sentence = {"break": "break", "early": "not_begun", "other": "something_else"}[heard.kind]
    until = aloud.clock(heard.until, state.locale) if heard.until else None
    return tell(state, f"{sentence}_until", until=until) if until else tell(state, sentence)
