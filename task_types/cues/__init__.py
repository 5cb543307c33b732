"""Subtitle files of every kind, as cues: EBU-TT-D, TTML and IMSC, EBU STL, SRT, WebVTT; SSA and MicroDVD as well.

The client's own bytes stay what is kept; a `Track` is what questions are made from, and says what it left out.
"""

from task_types.cues.model import Cue, Loss, Track, UnreadableSubtitles
from task_types.cues.naming import names_in
from task_types.cues.reading import MOST_BYTES, read

__all__ = ["MOST_BYTES", "Cue", "Loss", "Track", "UnreadableSubtitles", "names_in", "read"]
