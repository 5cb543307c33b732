"""Everything that can go wrong while judging answers.

QualityError              what is wrong and what to do next
├── BadVotes              arrays that do not fit together, or numbers out of range: a program's mistake, in English
├── TooFewJudgements      nothing to settle from
├── TooManyLabels         a confusion matrix would not fit in memory; a lighter method will do
├── TooMuchTogether       more marks or texts of one microtask than can be compared with each other
├── BadLabel              a label that is no answer of this kind
└── UnknownKind           a kind of answer that nobody knows how to settle
"""

from __future__ import annotations


class QualityError(Exception):
    """
    A sentence for a person: what is wrong, where, and what to do next.

    Attributes:
        words, values: what it is made of, so that whoever shows it can say it in another language.
    """

    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words.format(**values) if values else words)
        self.words = words
        self.values = values


def noted(words: str) -> str:
    """The words themselves, to be said later: marked here, so that the catalogue of translations finds them."""
    return words


class BadVotes(QualityError):
    """Arrays of different length, an index below zero or beyond the stated size."""


class TooFewJudgements(QualityError):
    """There is nothing to settle from."""


class TooManyLabels(QualityError):
    """Confusion matrices of this size would not fit in memory."""


class TooMuchTogether(QualityError):
    """More marks or texts of one microtask than can be compared with each other."""


class BadLabel(QualityError):
    """A label that is no answer of this kind. `line`: of its file, where that is known."""

    def __init__(self, words: str, *, line: int | None = None, **values: object) -> None:
        super().__init__(words, **values)
        self.line = line


class UnknownKind(QualityError):
    """No aggregator is known under this name."""
