"""Names that a subtitle file writes: words with a capital where no sentence begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from task_types.cues.model import Cue

MOST_NAMES = 500
_WORD = re.compile(r"[^\W\d_]+(?:['’\-.][^\W\d_]+)*")
_ENDS_SENTENCE = re.compile(r"[.!?…:]|[\"“”„'’]|^\s*[-–—]|\n\s*[-–—]", re.MULTILINE)
# Small words inside a name: Jan van der Berg, Rio de Janeiro. Not "of" or "in": Jan of Piet, Noor in Almelo.
_INSIDE = frozenset("van der den de het ter ten te von du des la le di da del dos 't".split())
# Capitals that are no names: English writes these so everywhere.
_NEVER = frozenset(["I", "I'm", "I’m", "I'll", "I’ll", "I've", "I’ve", "I'd", "I’d", "OK"])


def names_in(cues: Iterable[Cue]) -> list[str]:
    """
    Names of people, places and programmes that the subtitles write, the most frequent first, then by the alphabet.

    A capital at the start of a sentence says nothing, so a word counts where it has one inside a sentence; a sentence goes
    on over cues. Lines in capitals only (signs, titles) are passed over. A person still chooses: the start of a quotation
    without quotation marks looks the same.

    Returns:
        At most MOST_NAMES names, each once.
    """
    found: Counter[str] = Counter()
    starts = True
    for cue in cues:
        if cue.text.isupper():
            starts = True
            continue
        for name in _names(cue.text, starts):
            found[name] += 1
        starts = _is_closed(cue.text)
    ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return [name for name, _ in ordered[:MOST_NAMES]]


def _names(text: str, starts: bool) -> Iterator[str]:
    """Runs of words with a capital, small words of names between them. starts: the first word begins a sentence."""
    run: list[str] = []
    small: list[str] = []
    end = 0
    for word in _WORD.finditer(text):
        between = text[end : word.start()]
        if end == 0 and not between.strip():
            opens = starts
        else:
            opens = bool(_ENDS_SENTENCE.search(between))
        apart = opens or bool(between.strip()) or word.group() in _NEVER
        end = word.end()
        if run and not apart and word.group() in _INSIDE:
            small.append(word.group())
            continue
        if run and not apart and word.group()[0].isupper():
            run += [*small, word.group()]
            small = []
            continue
        if run:
            yield " ".join(run)
        run, small = [], []
        if not opens and word.group()[0].isupper() and word.group() not in _NEVER:
            run = [word.group()]
    if run:
        yield " ".join(run)


def _is_closed(text: str) -> bool:
    """Does the next subtitle begin a sentence? "..." at its end means that it goes on."""
    last = text.rstrip().rstrip("\"”’'")
    return bool(last) and last[-1] in ".!?:" and not last.endswith("...")
