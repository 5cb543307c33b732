"""The mean of several models: none of them is best everywhere, and their errors differ."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from quality.counting import wawa
from quality.em import dawid_skene, one_coin, shrunk_dawid_skene
from quality.errors import TooManyLabels
from quality.votes import Fit, Gold, Votes


def mean_of_models(votes: Votes, gold: Gold | None = None) -> Fit:
    """
    Mean posterior of Dawid–Skene, Dawid–Skene with shrunk rows, one-coin and iterated Wawa.

    Args:
        votes: COO triples.
        gold: microtask → accepted label(s); its posterior holds nothing else.

    Raises:
        TooFewJudgements: no votes at all.

    Source: linear opinion pool, Stone 1961, doi:10.1214/aoms/1177704873
    """
    fits = [wawa(votes, gold)]
    # Labels without number are hardly ever confused systematically: then agreement is all there is.
    with suppress(TooManyLabels):
        fits += [model(votes, gold) for model in (dawid_skene, shrunk_dawid_skene, one_coin)]
    posteriors = np.mean([fit.posteriors for fit in fits], axis=0)
    skills = np.mean([fit.skills for fit in fits], axis=0)
    confusions = fits[2].confusions if len(fits) > 1 else None
    return Fit("mean_of_models", posteriors, skills, confusions)
