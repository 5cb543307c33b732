"""How far apart two answers are: 0 is the same, 1 is as far as it goes. Symmetric unless a docstring says otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Hashable

from rapidfuzz.distance import Levenshtein

_APOSTROPHES = "'’‘ʼ`´"


def nominal(a: Hashable, b: Hashable) -> float:
    """0 when equal, else 1."""
    return float(a != b)


def interval(a: float, b: float, span: float) -> float:
    """
    |a − b| as a share of the whole scale, at most 1.

    Args:
        span: highest minus lowest value of the scale, in the unit of `a` and `b`; 0 for a scale of one point.
    """
    if span <= 0:
        return nominal(a, b)
    return min(abs(a - b) / span, 1.0)


def f1(n_common: float, n_left: int, n_right: int) -> float:
    """Harmonic mean of precision and recall; 1 when both sides are empty."""
    return 2.0 * n_common / (n_left + n_right) if n_left + n_right else 1.0


def set_distance(a: Collection[Hashable], b: Collection[Hashable]) -> float:
    """1 − F1 of two sets; two empty sets are equal. Source: Dice 1945, doi:10.2307/1932409"""
    left, right = set(a), set(b)
    return 1.0 - f1(len(left & right), len(left), len(right))


def normalise_text(text: str, language: str = "") -> str:
    """
    The text as it counts in a comparison: NFKC, casefolded, without punctuation, single spaces.

    Apostrophes inside a word stay (`don't`, `foto's`), other marks become spaces; numbers are left as they are.

    Args:
        language: ISO 639 code. Turkish and Azeri dotted and dotless i are kept apart; other languages are treated alike.
    """
    text = unicodedata.normalize("NFKC", text)
    if language[:2].lower() in ("tr", "az"):
        text = text.replace("I", "ı").replace("İ", "i")
    text = unicodedata.normalize("NFKC", text.casefold())
    return " ".join(_word_characters(text).split())


def _word_characters(text: str) -> str:
    kept = []
    for i, mark in enumerate(text):
        if mark in _APOSTROPHES:
            inside = 0 < i < len(text) - 1 and text[i - 1].isalnum() and text[i + 1].isalnum()
            kept.append("'" if inside else " ")
        elif _is_decimal_point(text, i):
            kept.append(mark)
        else:
            kept.append(mark if unicodedata.category(mark)[0] in "LMN" else " ")
    return "".join(kept)


def _is_decimal_point(text: str, i: int) -> bool:
    """A point or comma between digits belongs to the number."""
    return text[i] in ".," and 0 < i < len(text) - 1 and text[i - 1].isdigit() and text[i + 1].isdigit()


def character_error_rate(a: str, b: str) -> float:
    """Edits per character of the longer text, so symmetric and at most 1; two empty texts are equal.

    Source: Levenshtein 1966, mathnet.ru/eng/dan31411
    """
    return float(Levenshtein.normalized_distance(a, b))


def word_error_rate(reference: str, hypothesis: str) -> float:
    """
    Word edits per word of the reference; not symmetric, and above 1 when much was added.

    Texts are taken as they are: normalise them first. An empty reference gives 0 for an empty hypothesis, else 1.

    Source: Levenshtein over words, as in NIST SCLITE; doi:10.1109/ICASSP.1993.319358 has the measure.
    """
    wanted, given = reference.split(), hypothesis.split()
    if not wanted:
        return float(bool(given))
    return Levenshtein.distance(wanted, given) / len(wanted)
