"""
One label per microtask from several votes: the door to every model.

Counting models are in `quality.counting`, those fitted by EM in `quality.em`, their mean in `quality.mixture`, and the
cheap posterior of one microtask in `quality.online`. None imports scipy before it is called.
"""

from __future__ import annotations

from quality.counting import majority, wawa
from quality.em import dawid_skene, one_coin, shrunk_dawid_skene
from quality.mixture import mean_of_models
from quality.online import posterior
from quality.votes import Fit, Gold, Names, Votes, encode

__all__ = [
    "Fit",
    "Gold",
    "Names",
    "Votes",
    "dawid_skene",
    "encode",
    "majority",
    "mean_of_models",
    "one_coin",
    "posterior",
    "shrunk_dawid_skene",
    "wawa",
]
