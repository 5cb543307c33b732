"""
Train an acoustic model, by hand: some ten minutes and 2 GB of memory for a language.

The same machine, espeak-ng and numpy give the same model; another BLAS may differ in the last digits.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from accessibility.speech.model_files import TEST_MARKER
from tests.speech.tiny_model.examples import Examples, make_examples
from tests.speech.tiny_model.features import MFCC_CONF
from tests.speech.tiny_model.net import CONTEXT, AdamW, Layer, folded, loss_and_slopes, make_net, one_cycle
from tests.speech.tiny_model.nnet3 import MODEL_CONF, model_bytes

_ANSWERS = 50
_SPAN = 3 * _ANSWERS - 2 + 2 * CONTEXT
_HIGHEST_RATE = 3e-3
_RAREST_PRIOR = 0.005
WARNING = """A tiny speech model, made by the project itself from synthetic speech (see tests/speech/tiny_model/).

It knows espeak-ng voices and a few hundred words. It does not understand people, and must never be given to workers.
`accessibility.speech.models` refuses a model that has this file, unless it is told that it is for tests.
"""


def make_acoustic_model(
    language: str, folder: Path, *, hours: float = 3.0, steps: int = 1500, width: int = 192, seed: int = 1
) -> None:
    """Write am/, conf/ and the marker; the lexicon and the graph are made after it, see `__main__`."""
    examples = make_examples(language, hours, seed=seed)
    sys.stderr.write(f"{len(examples.labels) / 360000:.2f} hours, {len(examples.phones)} phones\n")
    mean, deviation = examples.features.mean(0), examples.features.std(0) + np.float32(1e-3)
    scaled = examples._replace(features=(examples.features - mean) / deviation)
    net = train(scaled, steps=steps, width=width, seed=seed)
    (folder / "am").mkdir(parents=True, exist_ok=True)
    (folder / "conf").mkdir(exist_ok=True)
    layers = folded(net, mean, deviation)
    (folder / "am" / "final.mdl").write_bytes(model_bytes(len(examples.phones), layers, flattened_priors(examples)))
    (folder / "am" / "phones.json").write_text(json.dumps(examples.phones))
    (folder / "conf" / "mfcc.conf").write_text(MFCC_CONF)
    (folder / "conf" / "model.conf").write_text(MODEL_CONF)
    (folder / TEST_MARKER).write_text(WARNING)


def train(examples: Examples, *, steps: int, width: int, seed: int = 1, batch: int = 64) -> list[Layer]:
    """A net that knows these examples; their features must be scaled."""
    rng = np.random.default_rng(seed)
    net = make_net(examples.features.shape[1], len(examples.phones), width, rng)
    optimiser = AdamW(net)
    for step in range(steps):
        starts = rng.integers(0, len(examples.labels) - _SPAN, batch)
        x = examples.features[starts[:, None] + np.arange(_SPAN)]
        labels = examples.labels[starts[:, None] + CONTEXT + 3 * np.arange(_ANSWERS)]
        loss, right = loss_and_slopes(net, x, labels)
        optimiser.step(one_cycle(step, steps, _HIGHEST_RATE))
        if step % 100 == 99:
            sys.stderr.write(f"step {step + 1} of {steps}: loss {loss:.3f}, right {right:.3f}\n")
    return net


def flattened_priors(examples: Examples) -> npt.NDArray[np.float64]:
    """How frequent each phone is, evened out: with the bare figures a rare phone wins from silence in noise."""
    shares = np.bincount(examples.labels, minlength=len(examples.phones)) / len(examples.labels)
    priors = np.sqrt(np.maximum(shares, _RAREST_PRIOR))
    return np.asarray(priors / priors.sum())
