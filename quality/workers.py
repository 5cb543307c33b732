"""
Skill of a worker at one task type: how often the answers to gold were right, and how sure that is.

Source: beta-binomial model with the crowd as prior (Gelman et al. 2013, doi:10.1201/b16018, ch. 5); old answers fade by
exponential forgetting (Kulhavý & Zarrop 1993, doi:10.1080/00207179308923034).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MINIMUM_GOLD = 20  # below this no figure is shown: at 18 of 20 right the 90% interval is still .73–.96
PRIOR_ANSWERS = 10.0  # the crowd's mean counts as ten answers
CROWD_SKILL = 0.8  # before anybody answered gold
DECAY = 0.998  # weight of an answer once the next gold answer is in: half after 350
_INTERVAL = 0.9
_INTERVAL_PRIOR = 2.0  # answers: more would pull the interval of somebody unlike the crowd away from the truth


@dataclass(frozen=True)
class Skill:
    """
    What gold says about one worker at one task type; a fresh worker is `Skill()`.

    Attributes:
        right: gold score collected, each answer fading with age; fractional scores count in part.
        answers: gold answers collected, fading in the same way.
        gold_answers: gold answers in all, not fading.
    """

    right: float = 0.0
    answers: float = 0.0
    gold_answers: int = 0

    def after(self, score: float) -> Skill:
        """The skill once one more gold answer scored `score` (0..1; outside is taken as the nearest end)."""
        score = min(max(score, 0.0), 1.0)
        return Skill(self.right * DECAY + score, self.answers * DECAY + 1.0, self.gold_answers + 1)

    def mean(self, crowd: float = CROWD_SKILL) -> float:
        """Expected share of right answers; `crowd` is the mean of everybody at this task type."""
        return (self.right + PRIOR_ANSWERS * crowd) / (self.answers + PRIOR_ANSWERS)

    def interval(self, crowd: float = CROWD_SKILL, coverage: float = _INTERVAL) -> tuple[float, float]:
        """Equal-tailed interval that holds the true skill with probability `coverage`. Imports scipy."""
        from scipy.special import betaincinv  # kept out of the web process

        a = self.right + _INTERVAL_PRIOR * crowd
        b = self.answers - self.right + _INTERVAL_PRIOR * (1.0 - crowd)
        tail = (1.0 - coverage) / 2.0
        # Half an answer to either side: counts are whole, and the interval must hold as often as it says.
        low = float(betaincinv(max(a, 1e-9), max(b + 0.5, 1e-9), tail))
        high = float(betaincinv(max(a + 0.5, 1e-9), max(b, 1e-9), 1.0 - tail))
        mean = self.mean(crowd)
        return min(low, mean), max(high, mean)

    @property
    def may_be_shown(self) -> bool:
        """Whether there is enough gold to show a figure at all."""
        return self.gold_answers >= MINIMUM_GOLD


def skill_of(scores: Iterable[float]) -> Skill:
    """Skill from gold scores in the order they were earned."""
    skill = Skill()
    for score in scores:
        skill = skill.after(score)
    return skill


def crowd_mean(skills: Iterable[Skill]) -> float:
    """Mean share of right answers over all gold answers of everybody; `CROWD_SKILL` counts as ten answers of it."""
    right, answers = PRIOR_ANSWERS * CROWD_SKILL, PRIOR_ANSWERS
    for skill in skills:
        right += skill.right
        answers += skill.answers
    return right / answers
