"""Phones as espeak-ng names them and as Kaldi numbers them."""

from __future__ import annotations

import re

SILENCE = "SIL"
POSITIONS = {"_B": "begin", "_E": "end", "_I": "internal", "_S": "singleton"}
_MARKS = list(POSITIONS)

# Rare sounds of one accent or another are merged: too few examples to learn them apart.
_MERGED = dict(
    pair.split("→")
    for pair in (
        "a#→@ @2→@ @5→@ I#→I I2→I n-→n r-→r w#→w t2→t t[→t t#→d aI2→aI aI3→aI aI@→aI i@3→i@ O2→0 VR→3: IR→3: A:→A@ v#→v "
        f"?→{SILENCE} ;→j"
    ).split()
)


def phone_name(mnemonic: str) -> str:
    """espeak-ng's mnemonic without stress marks; a pause is silence."""
    name = re.sub(r"[',|=%]", "", mnemonic)
    return SILENCE if not name or name[0] == "_" else _MERGED.get(name, name)


def phone_id(base: int, position: str) -> int:
    """
    Kaldi's number of a phone at a place in a word: 1 is silence, the others have four numbers with one output of the
    net between them.

    Args:
        base: index in the list of phones, 0 is silence.
        position: "_B", "_E", "_I" or "_S".
    """
    return 1 if base == 0 else 2 + 4 * (base - 1) + _MARKS.index(position)


def forward_transition(phone: int) -> int:
    """The transition that enters the next state; Kaldi counts the self-loop first."""
    return 2 * phone


def loop_transition(phone: int) -> int:
    """The transition that stays."""
    return 2 * phone - 1


def boundary_lines(phone_count: int) -> str:
    """graph/phones/word_boundary.int"""
    lines = ["1 nonword"]
    for base in range(1, phone_count):
        lines += [f"{phone_id(base, mark)} {name}" for mark, name in POSITIONS.items()]
    return "\n".join(lines) + "\n"
