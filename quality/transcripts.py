"""
One text from several transcripts of the same recording, with a confidence per word.

Every text is aligned word by word with a pivot; each place is decided by weighted vote; the outcome becomes the pivot
and everything is aligned again until nothing changes. Words are compared normalised and shown as most people wrote them.

Source: ROVER, Fiscus 1997, doi:10.1109/ASRU.1997.659110; aligning again to the outcome as in iterative multiple
alignment, Barton & Sternberg 1987, doi:10.1016/0022-2836(87)90316-0
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias, TypeVar

from rapidfuzz.distance import Levenshtein

from quality.distances import normalise_text
from quality.errors import BadVotes

W = TypeVar("W", bound=Hashable)

_ROUNDS = 5  # alignments with the outcome; hardly any text still changes after three
FIT_ROUNDS = 2  # merging and weighing in turn; later rounds hardly move the weights
_SHARPNESS = 1.0  # how fast a vote fades with its errors
_PRIOR_TEXTS = 3.0  # the crowd's mean error counts as so many texts of each worker
_FLOOR = 0.01  # nobody's error is taken to be below this


@dataclass(frozen=True)
class Merged:
    """
    A settled text.

    Attributes:
        text: as most people wrote the words, in their spelling and with their capitals and marks.
        confidence: mean of the words' confidences; 1 where all agree that nothing was said.
        words: (word as written, share of the weight behind it).
        normalised: the text as it was compared.
    """

    text: str
    confidence: float
    words: Sequence[tuple[str, float]]
    normalised: str


@dataclass(frozen=True)
class _Tokens:
    """A text as compared and as written: two sequences of equal length."""

    normal: tuple[str, ...]
    written: tuple[str, ...]


@lru_cache(maxsize=1 << 16)  # a language has few words, and they come again and again
def _parts(word: str, language: str) -> tuple[str, ...]:
    return tuple(normalise_text(word, language).split())


def _tokens(text: str, language: str) -> _Tokens:
    normal: list[str] = []
    written: list[str] = []
    for word in text.split():
        parts = _parts(word, language)
        normal += parts
        # "air-tight" compares as two words: the first carries what was written only if it stands alone.
        written += [word] if len(parts) == 1 else parts
    return _Tokens(tuple(normal), tuple(written))


def rover(texts: Sequence[str], weights: Sequence[float] | None = None, *, language: str = "") -> Merged:
    """
    Merge transcripts of one recording.

    Args:
        texts: one per worker, in any case and punctuation; an empty text says that nothing was said.
        weights: how much each text counts, at least 0; even when None or when all are 0.
        language: ISO 639 code for normalising.

    Raises:
        BadVotes: weights of another length, or below zero.
    """
    worth = _checked_weights(weights, len(texts))
    return _merge([_tokens(text, language) for text in texts], worth)


def _checked_weights(weights: Sequence[float] | None, n_texts: int) -> list[float]:
    worth = [1.0] * n_texts if weights is None else [float(w) for w in weights]
    if len(worth) != n_texts or any(w < 0 for w in worth):
        raise BadVotes(f"{len(worth)} weights for {n_texts} texts: give one weight per text, none below 0.")
    return worth if sum(worth) > 0 else [1.0] * n_texts


def _merge(texts: Sequence[_Tokens], worth: Sequence[float]) -> Merged:
    if not texts:
        return Merged("", 0.0, (), "")
    network = _settle([t.normal for t in texts], worth)
    total = sum(worth)
    shown = _spelling(texts, worth)
    words = tuple((shown[word], weight / total) for word, weight in network)
    confidence = sum(share for _, share in words) / len(words) if words else _share_empty(texts, worth)
    return Merged(" ".join(w for w, _ in words), confidence, words, " ".join(word for word, _ in network))


def _share_empty(texts: Sequence[_Tokens], worth: Sequence[float]) -> float:
    return sum(w for t, w in zip(texts, worth, strict=True) if not t.normal) / sum(worth)


def _spelling(texts: Sequence[_Tokens], worth: Sequence[float]) -> dict[str, str]:
    """Per normalised word the written form with most weight; the first in code point order when equal."""
    forms: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for text, weight in zip(texts, worth, strict=True):
        for normal, written in zip(text.normal, text.written, strict=True):
            forms[normal][written] += weight
    return {normal: min(found, key=lambda f: (-found[f], f)) for normal, found in forms.items()}


def _settle(texts: Sequence[tuple[str, ...]], worth: Sequence[float]) -> list[tuple[str, float]]:
    """(word, weight) of the outcome."""
    pivot = texts[_medoid_index(texts, worth)]
    seen: set[tuple[str, ...]] = set()
    while True:
        network = _vote(pivot, texts, worth)
        outcome = tuple(word for word, _ in network)
        if outcome == pivot or outcome in seen or len(seen) >= _ROUNDS:
            return network
        seen.add(pivot)
        pivot = outcome


def _vote(pivot: tuple[str, ...], texts: Sequence[tuple[str, ...]], worth: Sequence[float]) -> list[tuple[str, float]]:
    """Align every text with the pivot and decide each of its places, and the gap before each."""
    places: list[_Ballot] = [{} for _ in range(len(pivot) + 1)]  # the last stays empty: it only has a gap before it
    gaps: dict[int, list[_Ballot]] = {}
    for text, weight in zip(texts, worth, strict=True):
        _cast(pivot, text, weight, places, gaps)
    total = sum(worth)
    network: list[tuple[str, float]] = []
    for i, place in enumerate(places):
        for ballot in gaps.get(i, ()):
            _decide(ballot, total, network)
        _decide(place, total, network)
    return network


_Ballot: TypeAlias = dict[str, float]
"""Word → weight of those who wrote it in this place."""


def _cast(
    pivot: tuple[str, ...], text: tuple[str, ...], weight: float, places: list[_Ballot], gaps: dict[int, list[_Ballot]]
) -> None:
    """Add the words of one text; words beside the pivot's fall into the gap before them, one ballot per word."""
    for step in Levenshtein.opcodes(pivot, text):
        words = text[step.dest_start : step.dest_end]
        if step.tag == "insert":
            found = gaps.setdefault(step.src_start, [])
            found += [{} for _ in range(len(words) - len(found))]
        else:
            found = places[step.src_start : step.src_start + len(words)]
        for ballot, word in zip(found, words, strict=False):
            ballot[word] = ballot.get(word, 0.0) + weight


def _decide(ballot: _Ballot, total: float, network: list[tuple[str, float]]) -> None:
    """
    Append the winning word, if any.

    Those who wrote nothing here vote for nothing; a tie is won by the word, then by code point order.
    """
    if ballot:
        best = next(iter(ballot)) if len(ballot) == 1 else min(ballot, key=lambda w: (-ballot[w], w))
        if ballot[best] >= (total - sum(ballot.values())) * (1.0 - 1e-9):
            network.append((best, ballot[best]))


def _medoid_index(texts: Sequence[Sequence[str]] | Sequence[str], worth: Sequence[float]) -> int:
    """The text nearest to all others by weighted normalised edits; the first of several."""
    sums = [0.0] * len(texts)
    for i, text in enumerate(texts):
        for j in range(i):
            distance = Levenshtein.normalized_distance(text, texts[j])
            sums[i] += worth[j] * distance
            sums[j] += worth[i] * distance
    return min(range(len(texts)), key=lambda i: (round(sums[i], 12), i))


def medoid(texts: Sequence[str], weights: Sequence[float] | None = None, *, language: str = "") -> Merged:
    """
    The one text that is nearest to all the others, as its writer wrote it.

    For short free text, where mixing words of several people makes nonsense. Its confidence is its mean similarity to
    the others' texts (1 − character error rate); a single text has 0.5: nobody has confirmed it.

    Raises:
        BadVotes: weights of another length, or below zero.

    Source: Kaufman & Rousseeuw 1990, doi:10.1002/9780470316801
    """
    worth = _checked_weights(weights, len(texts))
    if not texts:
        return Merged("", 0.0, (), "")
    normal = [normalise_text(text, language) for text in texts]
    best = _medoid_index(normal, worth)
    others = [
        (1.0 - Levenshtein.normalized_distance(normal[best], n), w)
        for i, (n, w) in enumerate(zip(normal, worth, strict=True))
        if i != best and w > 0
    ]
    weight = sum(w for _, w in others)
    confidence = sum(s * w for s, w in others) / weight if weight else 0.5
    return Merged(texts[best], confidence, tuple((word, confidence) for word in texts[best].split()), normal[best])


@dataclass(frozen=True)
class TranscriptFit:
    """What a project's transcripts say about its workers."""

    errors: Mapping[Hashable, float] = field(default_factory=dict)  # expected word error rate per worker
    crowd: float = 0.2  # of a worker nobody knows yet

    def weight(self, worker: Hashable) -> float:
        """How much one text of this worker counts beside others."""
        return float((max(self.errors.get(worker, self.crowd), 0.0) + _FLOOR) ** -_SHARPNESS)


def fit_transcripts(
    recordings: Sequence[Sequence[tuple[W, str]]], *, rounds: int = FIT_ROUNDS, language: str = ""
) -> TranscriptFit:
    """
    Expected word error rate of each worker, from agreement with the merged texts.

    Args:
        recordings: per recording its (worker, text) pairs.
        rounds: how often texts are merged and workers weighed anew.

    Returns:
        Errors shrunk to the crowd's mean, which counts as three texts.
    """
    return _fit(_prepare(recordings, language), rounds)


def _fit(prepared: Sequence[Sequence[tuple[W, _Tokens]]], rounds: int) -> TranscriptFit:
    fit = TranscriptFit()
    for _ in range(rounds):
        fit = _weigh(prepared, [_outcome(pairs, fit) for pairs in prepared])
    return fit


def merge_project(
    recordings: Sequence[Sequence[tuple[W, str]]], fit: TranscriptFit | None = None, *, language: str = ""
) -> list[Merged]:
    """Merge every recording with workers weighed by `fit`, made from these recordings when None."""
    prepared = _prepare(recordings, language)
    known = _fit(prepared, FIT_ROUNDS) if fit is None else fit
    return [_merge([t for _, t in pairs], _worth(pairs, known)) for pairs in prepared]


def _prepare(recordings: Sequence[Sequence[tuple[W, str]]], language: str) -> list[list[tuple[W, _Tokens]]]:
    return [[(worker, _tokens(text, language)) for worker, text in pairs] for pairs in recordings]


def _worth(pairs: Sequence[tuple[W, _Tokens]], fit: TranscriptFit) -> list[float]:
    return [fit.weight(worker) for worker, _ in pairs]


def _outcome(pairs: Sequence[tuple[W, _Tokens]], fit: TranscriptFit) -> tuple[str, ...]:
    if not pairs:
        return ()
    return tuple(word for word, _ in _settle([t.normal for _, t in pairs], _worth(pairs, fit)))


def _weigh(prepared: Sequence[Sequence[tuple[W, _Tokens]]], outcomes: Sequence[tuple[str, ...]]) -> TranscriptFit:
    edits: dict[Hashable, float] = defaultdict(float)
    texts: dict[Hashable, int] = defaultdict(int)
    for pairs, outcome in zip(prepared, outcomes, strict=True):
        if len(pairs) < 2:
            continue  # agreeing with oneself says nothing
        for worker, text in pairs:
            edits[worker] += min(Levenshtein.distance(text.normal, outcome) / max(len(outcome), 1), 1.0)
            texts[worker] += 1
    n_texts = sum(texts.values())
    crowd = sum(edits.values()) / n_texts if n_texts else TranscriptFit().crowd
    return TranscriptFit({w: (edits[w] + _PRIOR_TEXTS * crowd) / (texts[w] + _PRIOR_TEXTS) for w in texts}, crowd)
