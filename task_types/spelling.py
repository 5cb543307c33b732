"""Transcripts as they are compared and as they are written: marks for what cannot be heard count as words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A text word by word: as compared, and as written. Two sequences of one length."""

    normal: tuple[str, ...]
    written: tuple[str, ...]

    @property
    def text(self) -> str:
        """As compared."""
        return " ".join(self.normal)


def words(text: str, markers: Sequence[str], language: str) -> Words:
    """Split and normalise; a marker such as `[?]` becomes a word that nothing else is."""
    from quality.distances import normalise_text

    stands_for = {f"qmark{i}q": marker for i, marker in enumerate(markers)}
    for stand_in, marker in stands_for.items():
        text = text.replace(marker, f" {stand_in} ")
    pairs: list[tuple[str, str]] = []
    for word in text.split():
        parts = normalise_text(word, language).split()
        # "air-tight" compares as two words, so it is written as two when only one of them wins.
        pairs += [(part, stands_for.get(part, word if len(parts) == 1 else part)) for part in parts]
    return Words(tuple(normal for normal, _ in pairs), tuple(written for _, written in pairs))


def as_written(outcome: Sequence[str], texts: Sequence[Words], weights: Sequence[float]) -> str:
    """
    The merged words as people wrote them at that very place: capitals and commas come from the sentence, not from
    the same word elsewhere. The heaviest form wins; of equals the one of the heaviest text, so that a text stays whole.
    """
    from rapidfuzz.distance import Levenshtein

    forms: list[Counter[str]] = [Counter() for _ in outcome]
    # Counter keeps the order of first appearance among equals: the heaviest text goes first.
    for i in sorted(range(len(texts)), key=lambda i: -weights[i]):
        for step in Levenshtein.opcodes(outcome, texts[i].normal):
            if step.tag == "equal":
                for place, word in zip(
                    range(step.src_start, step.src_end), texts[i].written[step.dest_start : step.dest_end], strict=True
                ):
                    forms[place][word] += weights[i]  # type: ignore[assignment]
    return " ".join(found.most_common(1)[0][0] if found else word for word, found in zip(outcome, forms, strict=True))
