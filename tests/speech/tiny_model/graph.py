"""Lexicon and sentences → the graph folder of a Vosk model. The same input gives the same bytes."""

from __future__ import annotations

import collections
import json
import math
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from tests.speech.tiny_model.fst import EPSILON, Arc, Fst, acceptor_bytes, lookahead_bytes
from tests.speech.tiny_model.lexicon import Lexicon
from tests.speech.tiny_model.phones import boundary_lines, forward_transition, loop_transition, phone_id

UNKNOWN = "[unk]"
UNKNOWN_PENALTY = 2.5  # per phone of a word that is not in the grammar
SILENCE_COST = 0.7
COMMAND_FAVOUR = 3.0
_SENTENCE_END_COST = 2.0


def make_graph(
    folder: Path, phones: Sequence[str], lexicon: Lexicon, commands: Collection[str], sentences: Sequence[str]
) -> None:
    """
    Write HCLr.fst, Gr.fst, words.txt, disambig_tid.int and phones/word_boundary.int.

    Args:
        phones: names, silence first.
        lexicon: word → pronunciations with their costs.
        commands: words that are likelier than others.
        sentences: for the bigrams.
    """
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    spoken = sorted((phones_of, word, cost) for word, ways in lexicon.items() for phones_of, cost in ways.items())
    words = [*dict.fromkeys(word for _, word, _ in spoken), UNKNOWN]  # in trie order: fewer intervals for look-ahead
    numbers = {word: number for number, word in enumerate(words, 1)}
    (folder / "HCLr.fst").write_bytes(lookahead_bytes(_lexicon_graph(phones, spoken, numbers), len(words)))
    (folder / "Gr.fst").write_bytes(acceptor_bytes(_bigrams(numbers, commands, sentences)))
    lines = ["<eps> 0", *(f"{word} {numbers[word]}" for word in words)]
    (folder / "words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "disambig_tid.int").write_bytes(b"")  # there are none, but the file must be there
    (folder / "phones" / "word_boundary.int").write_text(boundary_lines(len(phones)))


def read_phones(path: Path) -> list[str]:
    """The phones of an acoustic model, silence first."""
    phones: list[str] = json.loads(path.read_text())
    return phones


class _LexiconGraph(Fst):
    """A trie of all words over transitions; after each word an optional silence, and back to the root."""

    def __init__(self) -> None:
        super().__init__()
        begin = self.state()
        self.root = self.state(final=0.0)
        self.silence = self.enter(begin, 1, cost=SILENCE_COST)
        self.arcs[begin].append(Arc(EPSILON, EPSILON, SILENCE_COST, self.root))
        self.arcs[self.silence].append(Arc(EPSILON, EPSILON, 0.0, self.root))

    def enter(self, source: int, phone: int, word: int = EPSILON, cost: float = 0.0) -> int:
        """A new state for a phone, with its self-loop on it: Kaldi's reordered form."""
        target = self.state()
        self.arcs[target].append(Arc(loop_transition(phone), EPSILON, 0.0, target))
        self.arcs[source].append(Arc(forward_transition(phone), word, cost, target))
        return target

    def end_word(self, leaf: int) -> None:
        self.arcs[leaf].append(Arc(EPSILON, EPSILON, SILENCE_COST, self.root))
        self.arcs[leaf].append(Arc(forward_transition(1), EPSILON, SILENCE_COST, self.silence))


def _lexicon_graph(
    phones: Sequence[str], spoken: Sequence[tuple[tuple[str, ...], str, float]], numbers: Mapping[str, int]
) -> Fst:
    graph = _LexiconGraph()
    bases = {phone: base for base, phone in enumerate(phones)}
    known: dict[tuple[int, str], int] = {}
    for phones_of, word, cost in spoken:
        node = graph.root
        for place, phone in enumerate(phones_of[:-1]):
            if (node, phone) not in known:
                position = "_B" if place == 0 else "_I"
                known[node, phone] = graph.enter(node, phone_id(bases[phone], position))
            node = known[node, phone]
        last = phone_id(bases[phones_of[-1]], "_E" if len(phones_of) > 1 else "_S")
        graph.end_word(graph.enter(node, last, numbers[word], cost))
    _add_unknown(graph, len(phones), numbers[UNKNOWN])
    return graph


def _add_unknown(graph: _LexiconGraph, phone_count: int, number: int) -> None:
    """Any word of three phones or more, at a penalty for each: how a closed grammar hears "something else"."""
    hub = graph.state()
    for base in range(1, phone_count):
        first = graph.enter(graph.root, phone_id(base, "_B"), number, UNKNOWN_PENALTY)
        graph.arcs[first].append(Arc(EPSILON, EPSILON, 0.0, hub))
    for base in range(1, phone_count):
        inner = graph.enter(hub, phone_id(base, "_I"), EPSILON, UNKNOWN_PENALTY)
        graph.arcs[inner].append(Arc(EPSILON, EPSILON, 0.0, hub))
        graph.end_word(graph.enter(hub, phone_id(base, "_E"), EPSILON, UNKNOWN_PENALTY))


def _bigrams(numbers: Mapping[str, int], commands: Collection[str], sentences: Sequence[str]) -> Fst:
    """Unigrams, commands favoured, and half of the mass for what followed a word in the sentences."""
    mass = {word: COMMAND_FAVOUR if word in commands else 1.0 for word in numbers if word != UNKNOWN}
    total = sum(mass.values())
    after = _followers(numbers, sentences)
    states = {word: state for state, word in enumerate(sorted(after), 1)}
    grammar = Fst([[] for _ in range(len(states) + 1)], [_SENTENCE_END_COST] * (len(states) + 1))
    for word, share in mass.items():
        cost = -math.log(share / total)
        grammar.arcs[0].append(Arc(numbers[word], numbers[word], cost, states.get(word, 0)))
    for word, state in states.items():
        seen = sum(after[word].values())
        for follower, count in after[word].items():
            cost = -math.log(0.5 * count / seen + 0.5 * mass[follower] / total)
            grammar.arcs[state].append(Arc(numbers[follower], numbers[follower], cost, states.get(follower, 0)))
        grammar.arcs[state].append(Arc(EPSILON, EPSILON, -math.log(0.5), 0))
    return grammar


def _followers(numbers: Mapping[str, int], sentences: Sequence[str]) -> dict[str, collections.Counter[str]]:
    after: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for sentence in sentences:
        words = [word for word in sentence.split() if word in numbers]
        for word, follower in pairwise(words):
            after[word][follower] += 1
    return after
