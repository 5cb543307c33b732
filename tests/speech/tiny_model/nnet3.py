"""am/final.mdl: a transition model, an nnet3 net and priors, in Kaldi's binary format."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tests.speech.tiny_model.features import Floats
from tests.speech.tiny_model.net import CONTEXT, DEPTH

_OFFSETS = [[-3, -2, -1, 0, 1, 2, 3], *[[-3, 0, 3]] * DEPTH]  # in frames of 10 ms
MODEL_CONF = """--min-active=200
--max-active=3000
--beam=12.0
--lattice-beam=4.0
--acoustic-scale=0.5
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


def model_bytes(phone_count: int, layers: Sequence[tuple[Floats, Floats]], priors: npt.ArrayLike) -> bytes:
    """
    The file.

    Args:
        phone_count: with silence; the others have four places in a word each, with one output between them.
        layers: weights (outputs, inputs) and bias, first to last.
        priors: of the outputs, shape (phone_count,).
    """
    return b"\0B" + _transitions(1 + 4 * (phone_count - 1)) + _net(layers, priors)


def _transitions(total: int) -> bytes:
    """One state per phone, to stay in or to leave with equal chance."""
    ids = np.arange(1, total + 1, dtype="<i4")
    topology = [_integers(ids), _integers(np.array([-1] + [0] * total, "<i4"))]
    # one entry of two states: the first has an output and two arcs, the second is the end
    topology += [_int(1), _int(2), _int(0), _int(2), _int(0), _float(0.5), _int(1), _float(0.5), _int(-1), _int(0)]
    triples = [_int(phone) + _int(0) + _int(0 if phone == 1 else (phone - 2) // 4 + 1) for phone in range(1, total + 1)]
    logs = _vector([0.0] + [math.log(0.5)] * (2 * total))
    parts = [_tagged("Topology", *topology), _tagged("Triples", _int(total), *triples), _tagged("LogProbs", logs)]
    return _tagged("TransitionModel", *parts)


def _net(layers: Sequence[tuple[Floats, Floats]], priors: npt.ArrayLike) -> bytes:
    config = [f"input-node name=input dim={layers[0][0].shape[1] // len(_OFFSETS[0])}"]
    components: list[bytes] = []
    source = "input"
    for number, (weights, bias) in enumerate(layers):
        last = number == len(layers) - 1
        spliced = source if last else _spliced(source, _OFFSETS[number])
        config.append(f"component-node name=a{number} component=a{number} input={spliced}")
        config.append(f"component-node name=r{number} component=r{number} input=a{number}")
        components += [_affine(f"a{number}", weights, bias), _nonlinear(f"r{number}", len(bias), last=last)]
        source = f"r{number}"
    config.append(f"output-node name=output input={source} objective=linear")
    text = b"\n" + "".join(f"{line}\n" for line in config).encode() + b"\n"
    net = _token("<Nnet3>") + text + _token("<NumComponents>") + _int(len(components)) + b"".join(components)
    tail = [_token("</Nnet3>"), _token("<LeftContext>"), _int(CONTEXT), _token("<RightContext>"), _int(CONTEXT)]
    return net + b"".join(tail) + _token("<Priors>") + _vector(priors)


def _spliced(source: str, offsets: Sequence[int]) -> str:
    return "Append(" + ", ".join(source if at == 0 else f"Offset({source}, {at})" for at in offsets) + ")"


def _affine(name: str, weights: Floats, bias: Floats) -> bytes:
    head = _token("<ComponentName>") + _token(name)
    parts = [_token("<LinearParams>"), _matrix(weights), _token("<BiasParams>"), _vector(bias)]
    return head + _tagged("FixedAffineComponent", *parts)


def _nonlinear(name: str, size: int, *, last: bool) -> bytes:
    kind = "LogSoftmaxComponent" if last else "RectifiedLinearComponent"
    empty, count = _token("FV") + _int(0), b"\x08" + struct.pack("<d", 0.0)
    parts = [_token("<Dim>"), _int(size), _token("<ValueAvg>"), empty, _token("<DerivAvg>"), empty]
    return _token("<ComponentName>") + _token(name) + _tagged(kind, *parts, _token("<Count>"), count)


def _tagged(name: str, *parts: bytes) -> bytes:
    return _token(f"<{name}>") + b"".join(parts) + _token(f"</{name}>")


def _token(text: str) -> bytes:
    return text.encode() + b" "


def _int(value: int) -> bytes:
    return b"\4" + struct.pack("<i", value)


def _float(value: float) -> bytes:
    return b"\4" + struct.pack("<f", value)


def _integers(values: npt.NDArray[np.int32]) -> bytes:
    return b"\4" + struct.pack("<i", len(values)) + values.tobytes()


def _vector(values: npt.ArrayLike) -> bytes:
    numbers = np.asarray(values, "<f4")
    return _token("FV") + _int(len(numbers)) + numbers.tobytes()


def _matrix(values: Floats) -> bytes:
    numbers = np.ascontiguousarray(values, "<f4")
    return _token("FM") + _int(numbers.shape[0]) + _int(numbers.shape[1]) + numbers.tobytes()
