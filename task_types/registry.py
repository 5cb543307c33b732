"""The task types by name. Modules are imported when they are asked for, so that listing them costs nothing.

A plug-in adds its own by an entry point in the group `workbench.task_types`, whose value names the type object:

    [project.entry-points."workbench.task_types"]
    my_type = "my_package.my_type:TASK_TYPE"
"""

from __future__ import annotations

import difflib
import importlib
from functools import cache
from typing import TYPE_CHECKING

from accessibility.sentences import sentence
from task_types import plug_ins
from task_types.errors import UnknownTaskType

if TYPE_CHECKING:
    from task_types.protocol import AnyTaskType

ENTRY_POINTS = "workbench.task_types"
BUILT_IN = {
    "bounding_box": "task_types.bounding_box:TASK_TYPE",
    "choice": "task_types.choice:TASK_TYPE",
    "comparison": "task_types.comparison:TASK_TYPE",
    "description": "task_types.description:TASK_TYPE",
    "form": "task_types.form:TASK_TYPE",
    "image_choice": "task_types.image_choice:TASK_TYPE",
    "line": "task_types.outlines:LINE_TYPE",
    "polygon": "task_types.outlines:TASK_TYPE",
    "rating": "task_types.rating:TASK_TYPE",
    "recording": "task_types.recording:TASK_TYPE",
    "sound_events": "task_types.segments:TASK_TYPE",
    "subtitle_quality": "task_types.subtitle_quality:TASK_TYPE",
    "survey": "task_types.survey:TASK_TYPE",
    "tags": "task_types.tags:TASK_TYPE",
    "text_label": "task_types.choice:TEXT_LABEL",
    "text_spans": "task_types.text_spans:TASK_TYPE",
    "transcription": "task_types.transcription:TASK_TYPE",
    "video_faces": "task_types.video_faces:TASK_TYPE",
    "video_segments": "task_types.segments:VIDEO_SEGMENTS",
}


@cache
def get(name: str) -> AnyTaskType:
    """The task type of this name.

    Raises:
        UnknownTaskType: with the nearest name and all known ones.
    """
    places = _places()
    if name not in places:
        raise UnknownTaskType(_unknown(name), field="type")
    module, _, attribute = places[name].partition(":")
    found: AnyTaskType = getattr(importlib.import_module(module), attribute)
    return found


def names() -> list[str]:
    """All names, in alphabetical order. Imports no type."""
    return sorted(_places())


@cache
def _places() -> dict[str, str]:
    # A plug-in may add a name but not take one: stored microtasks must keep meaning what they meant.
    added = {point.name: f"{point.module}:{point.attr}" for point in plug_ins.points(ENTRY_POINTS)}
    return {**added, **BUILT_IN}


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, names(), n=1, cutoff=0.4) or _initials(name)
    known = ", ".join(names())
    if near:
        return sentence(
            'Unknown task type "{name}". Did you mean "{near}"? Known: {known}.', name=name, near=near[0], known=known
        )
    return sentence('Unknown task type "{name}". Known: {known}.', name=name, known=known)


def _initials(name: str) -> list[str]:
    """`bbox` looks little like `bounding_box`, but its letters stand in it in order."""
    return [known for known in names() if _inside(name.lower(), known)]


def _inside(letters: str, word: str) -> bool:
    rest = iter(word)
    return bool(letters) and word[0] == letters[0] and all(letter in rest for letter in letters)
