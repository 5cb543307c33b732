"""Names that a subtitle file writes: words with a capital where no sentence begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from task_types.cues.model import Cue

MOST_NAMES = 500
_WORD = re.compile(r"[^\W\d_]+(?:['’\-.][^\W\d_]+)*")
_ENDS_SENTENCE = re.compile(r"[.!?…:]|[\"“”„'’]|^\s*[-–—]|\n\s*[-–—]", re.MULTILINE)
# Small words inside a name: Jan van der Berg, Rio de Janeiro. Not "of" or "in": Jan of Piet, Noor in Almelo.
_INSIDE = frozenset(
    ["van", "der", "den", "de", "het", "ter", "ten", "te", "'t", "von", "du", "des", "la", "le", "di", "da", "del", "dos"]
)
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


@dataclass(frozen=True)
class _Word:
    """opens: a sentence begins with it. apart: it cannot go on with the name before it."""

    text: str
    opens: bool
    apart: bool

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper() and self.text not in _NEVER


def _words(text: str, starts: bool) -> Iterator[_Word]:
    """starts: the first word begins a sentence."""
    end = 0
    for found in _WORD.finditer(text):
        between = text[end : found.start()]
        opens = bool(_ENDS_SENTENCE.search(between)) or (starts and end == 0)
        yield _Word(found.group(), opens, apart=opens or bool(between.strip()))
        end = found.end()


def _names(text: str, starts: bool) -> Iterator[str]:
    """Runs of words with a capital, with the small words of names between them."""
    run: list[str] = []
    small: list[str] = []
    for word in _words(text, starts):
        if run and not word.apart and word.text in _INSIDE:
            small.append(word.text)
        elif run and not word.apart and word.is_capital:
            run, small = [*run, *small, word.text], []
        else:
            yield from _whole(run)
            run, small = ([word.text] if word.is_capital and not word.opens else []), []
    yield from _whole(run)


def _whole(run: Sequence[str]) -> Iterator[str]:
    if run:
        yield " ".join(run)


def _is_closed(text: str) -> bool:
    """Does the next subtitle begin a sentence? "..." at its end means that it goes on."""
    last = text.rstrip().rstrip("\"”’'")
    return bool(last) and last[-1] in ".!?:" and not last.endswith("...")
