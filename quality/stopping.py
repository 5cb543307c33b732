"""
When to stop asking: adaptive overlap.

A microtask is settled once its posterior is above .98 after at least two answers, if confidence is known to be honest
from gold; above .999 otherwise. One in twenty settled microtasks is re-opened at random, to see whether settling was right.

Source: sequential probability ratio test, Wald 1945, doi:10.1214/aoms/1177731118; adaptive crowdsourcing as in
Branson, Van Horn & Perona 2017, doi:10.1109/CVPR.2017.649
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

AUDIT_SHARE = 0.05


class Calibrated(Protocol):
    """What a promise is worth: `quality.calibration.Calibration`, or what was kept of one."""

    @property
    def is_good(self) -> bool: ...

    def shown(self, confidence: float) -> float: ...


@dataclass(frozen=True)
class Rule:
    """
    Attributes:
        minimum: answers that every microtask gets.
        maximum: answers after which a microtask is settled, sure or not: the step's overlap.
        threshold: confidence that settles while calibration is good.
        cautious: confidence that settles while calibration is poor or unknown.
        pair_error: two transcripts that differ by no more than this share of characters settle a recording.
    """

    minimum: int = 2
    maximum: int = 10
    threshold: float = 0.98
    cautious: float = 0.999
    pair_error: float = 0.10


def wants_another(
    answers: int,
    confidence: float,
    rule: Rule,
    calibration: Calibrated | None = None,
    *,
    answer_strength: float | None = None,
) -> bool:
    """
    Whether one more answer should be asked.

    Args:
        answers: answers so far.
        confidence: probability of the leading label, as the model has it; it is calibrated here.
        calibration: of this step on its gold; None while there is no gold.
        answer_strength: what one answer of this crowd is worth (nats, see `answer_strength`). When given, asking also
            stops once all answers that could still come, each for the same other label, would not change the outcome.
    """
    if answers >= rule.maximum:
        return False
    if answers < min(rule.minimum, rule.maximum):
        return True
    if answer_strength is not None and _is_decided(rule.maximum - answers, confidence, answer_strength):
        return False
    if calibration is not None and calibration.is_good:
        return calibration.shown(confidence) <= rule.threshold
    return confidence <= rule.cautious


def _is_decided(left: int, confidence: float, strength: float) -> bool:
    """Curtailed sampling: the answers that are left could not turn it round."""
    kept = min(max(confidence, 1e-9), 1.0 - 1e-9)
    return math.log(kept / (1.0 - kept)) > left * strength


def answer_strength(skill: float, n_labels: int) -> float:
    """
    How much one answer speaks for its label, in nats; 0 for a crowd that guesses.

    Args:
        skill: mean share of right answers of the crowd.
        n_labels: how many labels there are, 2 or more.
    """
    kept = min(max(skill, 1.0 / n_labels), 0.99)
    return math.log(kept * (n_labels - 1) / (1.0 - kept))


def transcripts_want_another(texts: Sequence[str], rule: Rule, language: str = "") -> bool:
    """Whether one more transcript should be asked: not once some pair agrees within `rule.pair_error`."""
    from quality.distances import character_error_rate, normalise_text  # kept out of the web process

    if len(texts) >= rule.maximum:
        return False
    normal = [normalise_text(text, language) for text in texts]
    pairs = ((a, b) for i, a in enumerate(normal) for b in normal[:i])
    return not any(character_error_rate(a, b) <= rule.pair_error for a, b in pairs)


def reopens(draw: float, share: float = AUDIT_SHARE) -> bool:
    """Whether a settled microtask is asked once more as an audit; `draw` is a fresh random number in [0, 1)."""
    return draw < share


def spend(confidences: Mapping[str, float], answers: Mapping[str, int], budget: int, rule: Rule) -> list[str]:
    """
    Which open microtasks get the next answers when only `budget` answers can be paid.

    Those below the minimum first, then the least sure; a tie goes to fewer answers, then to the id.
    """
    open_ones = [m for m in confidences if answers.get(m, 0) < rule.maximum]
    ranked = sorted(
        open_ones,
        key=lambda m: (answers.get(m, 0) >= rule.minimum, confidences[m], answers.get(m, 0), m),
    )
    return ranked[: max(budget, 0)]


@dataclass(frozen=True)
class Audit:
    """What re-opened microtasks say about settling."""

    reopened: int
    changed: int

    @property
    def share_changed(self) -> float | None:
        """Share of audits that ended in another label; None before the first."""
        return self.changed / self.reopened if self.reopened else None
