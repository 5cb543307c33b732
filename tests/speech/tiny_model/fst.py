"""OpenFst's binary formats, as Vosk reads them: `const` and `olabel_lookahead`, both with tropical weights."""

from __future__ import annotations

import collections
import math
import re
import struct
from dataclasses import dataclass, field
from typing import NamedTuple

_MAGIC = 2125659606
_ADD_ON_MAGIC = 446681434
_EXPANDED, _ACCEPTOR, _NOT_ACCEPTOR = 0x1, 0x10000, 0x20000
_INPUT_SORTED, _OUTPUT_SORTED = 0x10000000, 0x40000000
EPSILON = 0


class Arc(NamedTuple):
    """An arc; the order of the fields is that of the file."""

    input: int
    output: int
    cost: float
    target: int


@dataclass
class Fst:
    """States by number. A state with final cost infinity is not final."""

    arcs: list[list[Arc]] = field(default_factory=list)
    finals: list[float] = field(default_factory=list)
    start: int = 0

    def state(self, final: float = math.inf) -> int:
        """A new state."""
        self.arcs.append([])
        self.finals.append(final)
        return len(self.arcs) - 1


def acceptor_bytes(fst: Fst) -> bytes:
    """A grammar: input and output labels are equal; arcs get sorted by label."""
    for arcs in fst.arcs:
        arcs.sort()
    return _const(fst, _EXPANDED | _ACCEPTOR | _INPUT_SORTED | _OUTPUT_SORTED)


def lookahead_bytes(fst: Fst, words: int) -> bytes:
    """
    A graph that Vosk can compose with a grammar at run time.

    Besides the arcs, each state lists the output labels that can come first on a path from it; `words + 1` stands for
    "the end".
    """
    for arcs in fst.arcs:
        arcs.sort(key=lambda arc: (arc.output, arc.input))
    end = words + 1
    properties = _EXPANDED | _NOT_ACCEPTOR | _OUTPUT_SORTED
    reach = b"".join(_intervals(labels) for labels in _first_labels(fst, end))
    data = struct.pack("<??iq", False, False, end, len(fst.arcs)) + reach
    header = _header("olabel_lookahead", 1, properties, fst.start, 0, 0)
    # the add-on: present, no data for input labels, data for output labels
    return header + struct.pack("<i", _ADD_ON_MAGIC) + _const(fst, properties) + b"\1\0\1" + data


def _first_labels(fst: Fst, end: int) -> list[int]:
    """For each state a bit set of the output labels that can come first."""
    labels = [_own_labels(fst, state, end) for state in range(len(fst.arcs))]
    silent_into: list[list[int]] = [[] for _ in fst.arcs]
    for state, arcs in enumerate(fst.arcs):
        for arc in arcs:
            if arc.output == EPSILON and arc.target != state:
                silent_into[arc.target].append(state)
    changed = collections.deque(range(len(fst.arcs)))
    while changed:
        target = changed.popleft()
        for state in silent_into[target]:
            if labels[state] | labels[target] != labels[state]:
                labels[state] |= labels[target]
                changed.append(state)
    return labels


def _own_labels(fst: Fst, state: int, end: int) -> int:
    bits = 1 << end if fst.finals[state] < math.inf else 0
    for arc in fst.arcs[state]:
        bits |= 1 << arc.output if arc.output != EPSILON else 0
    return bits


def _intervals(labels: int) -> bytes:
    """Half-open stretches of labels, and how many labels there are in all."""
    lowest_first = bin(labels)[:1:-1]
    spans = [(found.start(), found.end()) for found in re.finditer("1+", lowest_first)]
    packed = b"".join(struct.pack("<ii", *span) for span in spans)
    return struct.pack("<q", len(spans)) + packed + struct.pack("<i", labels.bit_count())


def _const(fst: Fst, properties: int) -> bytes:
    states, position = [], 0
    for arcs, final in zip(fst.arcs, fst.finals, strict=True):
        silent_in = sum(arc.input == EPSILON for arc in arcs)
        silent_out = sum(arc.output == EPSILON for arc in arcs)
        states.append(struct.pack("<fIIII", final, position, len(arcs), silent_in, silent_out))
        position += len(arcs)
    flat = b"".join(struct.pack("<iifi", *arc) for arcs in fst.arcs for arc in arcs)
    return _header("const", 2, properties, fst.start, len(fst.arcs), position) + b"".join(states) + flat


def _header(kind: str, version: int, properties: int, start: int, states: int, arcs: int) -> bytes:
    names = b"".join(struct.pack("<i", len(text)) + text.encode() for text in (kind, "standard"))
    return struct.pack("<i", _MAGIC) + names + struct.pack("<iiQqqq", version, 0, properties, start, states, arcs)
