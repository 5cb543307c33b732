"""Everything that can go wrong while judging answers.

QualityError              what is wrong and what to do next
├── BadVotes              arrays that do not fit together, or numbers out of range
├── TooFewJudgements      nothing to settle from
├── TooManyLabels         a confusion matrix would not fit in memory; a lighter method will do
├── TooMuchTogether       more marks or texts of one microtask than can be compared with each other
├── BadLabel              a label that is no answer of this kind
└── UnknownKind           a kind of answer that nobody knows how to settle
"""

from __future__ import annotations


class QualityError(Exception):
    """A sentence for a person: what is wrong, where, and what to do next."""


class BadVotes(QualityError):
    """Arrays of different length, an index below zero or beyond the stated size."""


class TooFewJudgements(QualityError):
    """There is nothing to settle from."""


class TooManyLabels(QualityError):
    """Confusion matrices of this size would not fit in memory."""


class TooMuchTogether(QualityError):
    """More marks or texts of one microtask than can be compared with each other."""


class BadLabel(QualityError):
    """A label that is no answer of this kind."""


class UnknownKind(QualityError):
    """No aggregator is known under this name."""
