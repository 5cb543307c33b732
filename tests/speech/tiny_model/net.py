"""
A small time-delay net in plain numpy: learns which phone sounds, one answer every 30 ms.

The first layer looks at seven frames of 10 ms and steps by three; the others at -30, 0 and +30 ms. Each is affine, then
max(0, x), then batch normalisation, which is folded away after training.

Source: Peddinti, Povey, Khudanpur 2015, "A time delay neural network architecture for efficient modeling of long
temporal contexts"; AdamW: Loshchilov & Hutter 2019, arXiv:1711.05101.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tests.speech.tiny_model.features import Floats

DEPTH = 4  # layers after the first
CONTEXT = 3 + 3 * DEPTH  # frames of 10 ms that an answer needs on each side
_EPSILON = 1e-5
_MOMENTUM = 0.1


@dataclass
class Layer:
    """One affine map over `taps` frames, `stride` apart; normalised unless it is the last."""

    weights: Floats  # (outputs, taps × inputs)
    bias: Floats  # (outputs,)
    taps: int
    stride: int
    last: bool = False
    mean: Floats = field(default_factory=lambda: np.zeros(0, np.float32))  # running, of batch normalisation
    variance: Floats = field(default_factory=lambda: np.ones(0, np.float32))
    weights_slope: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    bias_slope: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    _kept: tuple[Floats, ...] = ()
    _input_shape: tuple[int, ...] = ()

    def forward(self, x: Floats, *, training: bool) -> Floats:
        """(batch, time, inputs) → (batch, fewer times, outputs)."""
        times = (x.shape[1] - self.taps) // self.stride + 1
        parts = [x[:, tap : tap + (times - 1) * self.stride + 1 : self.stride] for tap in range(self.taps)]
        spliced = np.concatenate(parts, axis=2)
        y: Floats = spliced @ self.weights.T + self.bias
        self._input_shape = x.shape
        if self.last:
            self._kept = (spliced,)
            return y
        rectified = np.maximum(y, 0)
        mean, variance = self._statistics(rectified, training)
        deviation = np.sqrt(variance + _EPSILON)
        normal: Floats = (rectified - mean) / deviation
        self._kept = (spliced, y, normal, deviation)
        return normal

    def backward(self, slope: Floats) -> Floats:
        """Slope of the loss by output → by input; keeps those by weights and bias."""
        spliced = self._kept[0]
        if not self.last:
            _, y, normal, deviation = self._kept
            centred = slope - slope.mean((0, 1)) - normal * (slope * normal).mean((0, 1))
            slope = centred / deviation * (y > 0)
        flat = slope.reshape(-1, slope.shape[2])
        self.weights_slope = flat.T @ spliced.reshape(-1, spliced.shape[2])
        self.bias_slope = flat.sum(0)
        return self._unspliced(slope @ self.weights)

    def _unspliced(self, slope: Floats) -> Floats:
        inputs, times = self._input_shape[2], slope.shape[1]
        whole = np.zeros(self._input_shape, np.float32)
        for tap in range(self.taps):
            at = slice(tap, tap + (times - 1) * self.stride + 1, self.stride)
            whole[:, at] += slope[:, :, tap * inputs : (tap + 1) * inputs]
        return whole

    def _statistics(self, rectified: Floats, training: bool) -> tuple[Floats, Floats]:
        if not training:
            return self.mean, self.variance
        mean, variance = rectified.mean((0, 1)), rectified.var((0, 1))
        if not self.mean.size:
            self.mean, self.variance = np.zeros_like(mean), np.ones_like(variance)
        self.mean = (1 - _MOMENTUM) * self.mean + _MOMENTUM * mean
        self.variance = (1 - _MOMENTUM) * self.variance + _MOMENTUM * variance
        return mean, variance


def make_net(inputs: int, outputs: int, width: int, rng: np.random.Generator) -> list[Layer]:
    """A net that knows nothing yet."""
    shapes = [(inputs, width, 7, 3), *[(width, width, 3, 1)] * DEPTH, (width, outputs, 1, 1)]
    return [_layer(*shape, last=i == len(shapes) - 1, rng=rng) for i, shape in enumerate(shapes)]


def _layer(inputs: int, outputs: int, taps: int, stride: int, *, last: bool, rng: np.random.Generator) -> Layer:
    bound = 1 / math.sqrt(inputs * taps)
    weights, bias = (rng.uniform(-bound, bound, shape) for shape in ((outputs, inputs * taps), (outputs,)))
    return Layer(weights.astype(np.float32), bias.astype(np.float32), taps, stride, last)


def answers(net: list[Layer], x: Floats, *, training: bool = False) -> Floats:
    """Unnormalised log-probabilities, (batch, answers, phones)."""
    for layer in net:
        x = layer.forward(x, training=training)
    return x


def loss_and_slopes(net: list[Layer], x: Floats, labels: npt.NDArray[np.int64]) -> tuple[float, float]:
    """
    Cross-entropy (nats per answer) and share of right answers; leaves the slopes in the layers.

    Args:
        labels: shape (batch, answers).
    """
    scores = answers(net, x, training=True)
    scores = scores - scores.max(axis=2, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))
    rows = np.ogrid[: labels.shape[0], : labels.shape[1]]
    slope = np.exp(logs)
    slope[rows[0], rows[1], labels] -= 1
    slope = slope / labels.size
    for layer in reversed(net):
        slope = layer.backward(slope)
    return -float(logs[rows[0], rows[1], labels].mean()), float((logs.argmax(2) == labels).mean())


class AdamW:
    """Steps with momentum, scaled by each weight's own history; decay apart from the slope."""

    def __init__(self, net: list[Layer], *, decay: float = 1e-3) -> None:
        self._net, self._decay, self._steps = net, decay, 0
        self._first = [np.zeros_like(weights) for weights, _ in self._pairs()]
        self._second = [np.zeros_like(weights) for weights, _ in self._pairs()]

    def step(self, rate: float) -> None:
        """Change the weights in place."""
        self._steps += 1
        for i, (weights, slope) in enumerate(self._pairs()):
            self._first[i] = 0.9 * self._first[i] + 0.1 * slope
            self._second[i] = 0.999 * self._second[i] + 0.001 * slope**2
            first = self._first[i] / (1 - 0.9**self._steps)
            second = self._second[i] / (1 - 0.999**self._steps)
            weights[...] -= rate * (first / (np.sqrt(second) + 1e-8) + self._decay * weights)

    def _pairs(self) -> Iterator[tuple[Floats, Floats]]:
        for layer in self._net:
            yield layer.weights, layer.weights_slope
            yield layer.bias, layer.bias_slope


def one_cycle(step: int, steps: int, highest: float) -> float:
    """The learning rate: up in a tenth of the time, then down to almost nothing, along cosines."""
    up = max(1.0, 0.1 * steps)
    if step < up:
        return highest * (0.04 + 0.96 * (0.5 - 0.5 * math.cos(math.pi * step / up)))
    return highest * (0.5 + 0.5 * math.cos(math.pi * (step - up) / max(1.0, steps - up))) + 1e-8


def folded(net: list[Layer], mean: Floats, deviation: Floats) -> list[tuple[Floats, Floats]]:
    """
    (weights, bias) of each layer with all normalisation in them: of the features, and after each layer.

    Args:
        mean, deviation: of the features, shape (inputs,).
    """
    result: list[tuple[Floats, Floats]] = []
    scale, shift = 1.0 / deviation, -mean / deviation
    for layer in net:
        by_tap = layer.weights.reshape(len(layer.weights), -1, len(scale))
        weights = (by_tap * scale).reshape(len(by_tap), -1).astype(np.float32)
        result.append((weights, (layer.bias + (by_tap @ shift).sum(1)).astype(np.float32)))
        if not layer.last:
            scale = 1.0 / np.sqrt(layer.variance + _EPSILON)
            shift = -layer.mean * scale
    return result
