"""How well an answer fits gold: 1 matches, 0 is useless. Boxes and segments have theirs in their own modules."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from quality.distances import interval, normalise_text, set_distance, word_error_rate


def choice_score(answer: Hashable, accepted: Collection[Hashable]) -> float:
    """1 when the answer is one of the accepted."""
    return float(answer in accepted)


def tags_score(answer: Collection[Hashable], accepted: Sequence[Collection[Hashable]]) -> float:
    """F1 over labels, against the accepted set it fits best; 0 when none is accepted."""
    return max((1.0 - set_distance(answer, one) for one in accepted), default=0.0)


def rating_score(answer: float, accepted: Sequence[float], span: float) -> float:
    """1 − distance ÷ span of the scale, from the nearest accepted value."""
    return max((1.0 - interval(answer, one, span) for one in accepted), default=0.0)


def transcript_score(answer: str, accepted: Sequence[str], language: str = "") -> float:
    """1 − word error rate of normalised texts, at least 0, against the accepted text it fits best."""
    given = normalise_text(answer, language)
    return max((max(0.0, 1.0 - word_error_rate(normalise_text(one, language), given)) for one in accepted), default=0.0)


def text_score(answer: str, accepted: Sequence[str], language: str = "") -> float:
    """1 when the normalised answer equals a normalised accepted one."""
    return choice_score(normalise_text(answer, language), {normalise_text(one, language) for one in accepted})
