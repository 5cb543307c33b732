"""The tiny models are what the project makes: graph byte for byte, net by its recipe, and Vosk takes both."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from accessibility.speech.errors import NoEngine
from accessibility.speech.heard import Final
from accessibility.speech.model_files import TEST_MARKER, missing_files
from accessibility.speech.recognition import Recogniser
from accessibility.speech.synthesis import Synthesiser
from tests.speech.conftest import DATA
from tests.speech.tiny_model.__main__ import remake_graph
from tests.speech.tiny_model.examples import Examples
from tests.speech.tiny_model.features import MFCC_CONF, Floats, mfcc
from tests.speech.tiny_model.lexicon import read_lexicon, write_lexicon
from tests.speech.tiny_model.net import CONTEXT, Layer, answers, folded, loss_and_slopes, make_net, one_cycle
from tests.speech.tiny_model.nnet3 import MODEL_CONF, model_bytes
from tests.speech.tiny_model.phones import boundary_lines, forward_transition, loop_transition, phone_id, phone_name
from tests.speech.tiny_model.train import WARNING, train
from tests.speech.tiny_model.words import all_words, dialogue_words

LANGUAGES = ("en", "nl")
MAX_FILE_BYTES = 2_100_000


def model(language: str) -> Path:
    return DATA / f"tinymodel-{language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_graph_is_made_the_same(language: str, tmp_path: Path) -> None:
    """From the lexicon that is carried, every file of the graph comes out byte for byte as it is carried."""
    (tmp_path / "am").mkdir()
    (tmp_path / "am" / "phones.json").write_bytes((model(language) / "am" / "phones.json").read_bytes())
    remake_graph(language, tmp_path)
    names = [file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file()]
    assert len(names) == 6
    assert {name: (tmp_path / name).read_bytes() for name in names} == {
        name: (model(language) / name).read_bytes() for name in names
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_net_is_written_the_same(language: str) -> None:
    """The numbers of the carried net, written again, give the carried file; so do the settings and the warning."""
    data = (model(language) / "am" / "final.mdl").read_bytes()
    layers, priors = carried_numbers(data)
    assert model_bytes(len(priors), layers, priors) == data
    assert (model(language) / "conf" / "mfcc.conf").read_text() == MFCC_CONF
    assert (model(language) / "conf" / "model.conf").read_text() == MODEL_CONF
    assert (model(language) / TEST_MARKER).read_text() == WARNING


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_carried_is_small_and_whole(language: str) -> None:
    """A model, nothing but the model, and no large file."""
    assert missing_files(model(language)) == []
    assert all(file.stat().st_size < MAX_FILE_BYTES for file in DATA.rglob("*") if file.is_file())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lexicon_reads_back_and_knows_the_dialogue(language: str, tmp_path: Path) -> None:
    """Nearly all that a worker can say is in the model; what its phones cannot say is a word or two."""
    lexicon = read_lexicon(DATA / f"lexicon-{language}.txt")
    write_lexicon(tmp_path / "copy.txt", lexicon)
    assert (tmp_path / "copy.txt").read_bytes() == (DATA / f"lexicon-{language}.txt").read_bytes()
    assert len(set(dialogue_words(language)) - set(lexicon)) <= 3
    assert set(lexicon) <= set(all_words(language))
    assert all(min(ways.values()) == 0 for ways in lexicon.values())


def test_the_whole_recipe(tmp_path: Path, synthesiser: Synthesiser) -> None:
    """Half a minute of synthetic speech and two steps give a model that the real Vosk loads and listens with."""
    del synthesiser  # it skips this test where there is no espeak-ng
    folder, lexicon = tmp_path / "models" / "nl", tmp_path / "lexicon.txt"
    for what in (["train", "--hours", "0.008", "--steps", "2"], ["lexicon"], ["graph"]):
        command = [sys.executable, "-m", "tests.speech.tiny_model", what[0], "nl", str(folder), *what[1:]]
        subprocess.run(
            [*command, "--lexicon", str(lexicon)],
            check=True,
            cwd=DATA.parents[2],
            capture_output=True,
            # threads of a BLAS that wait for each other on a busy machine take ten times as long
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    with Recogniser(tmp_path / "models", for_tests=True) as recogniser:
        try:
            session = recogniser.open("nl")
        except NoEngine as error:
            pytest.skip(str(error))
        session.feed(bytes(32000))
        assert isinstance(session.finish()[0], Final)
    assert (folder / TEST_MARKER).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_vosk_itself_takes_the_models(language: str, model_folder: Path) -> None:
    """Loaded by the real package, free and with a grammar."""
    with Recogniser(model_folder, for_tests=True) as recogniser:
        try:
            assert recogniser.open(language).unknown_phrases == ()
        except NoEngine as error:
            pytest.skip(str(error))
        assert recogniser.open(language, grammar=["stop", "help"]).unknown_phrases == ()


def test_features_are_kaldis() -> None:
    """A chirp in noise-free integers, against figures that kaldi-native-fbank 1.23 gives for it."""
    time_s = np.arange(16000) / 16000
    chirp = np.round(8000 * np.sin(2 * np.pi * (200 * time_s + 1500 * time_s**2)))
    found = mfcc(chirp)
    assert found.shape == (98, 40)
    assert found[[0, 49, 97]][:, [0, 1, 2, 12, 39]] == pytest.approx(np.array(KALDI), abs=0.02)


KALDI = [
    [48.58000183105469, 55.54199981689453, 91.61000061035156, -27.263999938964844, -2.4200000762939453],
    [55.13999938964844, -0.7129999995231628, -98.05000305175781, 65.35900115966797, -6.572000026702881],
    [48.50199890136719, -52.60200119018555, -43.45000076293945, 52.15399932861328, -7.843999862670898],
]


def test_slopes_are_those_of_the_loss() -> None:
    """Each weight moved a little changes the loss as its slope says."""
    rng = np.random.default_rng(2)
    net = make_net(3, 4, 5, rng)
    for layer in net:
        layer.weights, layer.bias = layer.weights.astype(np.float64), layer.bias.astype(np.float64)
    x = rng.standard_normal((2, 2 * CONTEXT + 7, 3)).astype(np.float64)
    labels = rng.integers(0, 4, (2, 3))
    loss_and_slopes(net, x, labels)  # type: ignore[arg-type]
    slopes = [layer.weights_slope.copy() for layer in net]
    for layer, slope in zip(net, slopes, strict=True):
        at = np.unravel_index(np.abs(slope).argmax(), slope.shape)
        assert _numeric_slope(net, layer, at, x, labels) == pytest.approx(float(slope[at]), rel=2e-3)


def _numeric_slope(net: list[Layer], layer: Layer, at: tuple[np.intp, ...], x: object, labels: object) -> float:
    step, before = 1e-4, layer.weights[at]
    losses = []
    for moved in (before + step, before - step):
        layer.weights[at] = moved
        losses.append(loss_and_slopes(net, x, labels)[0])  # type: ignore[arg-type]
    layer.weights[at] = before
    return (losses[0] - losses[1]) / (2 * step)


def _patterns() -> Examples:
    """Two sounds that differ, for some frames each."""
    rng = np.random.default_rng(0)
    labels = np.repeat(rng.integers(0, 2, 60), 20)
    features = (rng.standard_normal((len(labels), 6)) + labels[:, None] * 3).astype(np.float32)
    return Examples(features, labels, ["SIL", "a"])


def test_training_learns_and_is_repeatable() -> None:
    """A small net tells two sounds apart after thirty steps; the same seed gives the same net."""
    examples = _patterns()
    first, second = (train(examples, steps=30, width=8, seed=3, batch=8) for _ in range(2))
    assert all(np.array_equal(a.weights, b.weights) for a, b in zip(first, second, strict=True))
    found = answers(first, examples.features[None]).argmax(2)[0]
    expected = examples.labels[CONTEXT : CONTEXT + 3 * len(found) : 3]
    assert (found == expected).mean() > 0.9


def test_folding_changes_no_answer() -> None:
    """Normalisation inside the weights gives what normalisation beside them gave."""
    examples = _patterns()
    net = train(examples, steps=5, width=8, batch=8)
    mean, deviation = np.full(6, 0.5, np.float32), np.full(6, 2.0, np.float32)
    before = answers(net, examples.features[None])
    plain = [
        Layer(weights, bias, layer.taps, layer.stride, last=True)
        for (weights, bias), layer in zip(folded(net, mean, deviation), net, strict=True)
    ]
    x: Floats = examples.features[None] * deviation + mean
    for number, layer in enumerate(plain):
        x = layer.forward(x, training=False)
        x = np.maximum(x, 0) if number < len(plain) - 1 else x
    assert x == pytest.approx(before, abs=1e-3)


def test_the_learning_rate_goes_up_and_then_down() -> None:
    """One cycle: its top after a tenth of the steps, next to nothing at the end."""
    rates = [one_cycle(step, 100, 1.0) for step in range(100)]
    assert rates.index(max(rates)) == 10
    assert rates[:11] == sorted(rates[:11])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 0.001


def test_phones_have_kaldis_numbers() -> None:
    """Silence is 1; the others have four places; the self-loop comes before the way out."""
    assert phone_id(0, "_B") == 1
    assert [phone_id(2, mark) for mark in ("_B", "_E", "_I", "_S")] == [6, 7, 8, 9]
    assert (loop_transition(6), forward_transition(6)) == (11, 12)
    assert boundary_lines(2).splitlines() == ["1 nonword", "2 begin", "3 end", "4 internal", "5 singleton"]
    assert [phone_name(name) for name in ("'a:", "_:", "", "t#", "i@3")] == ["a:", "SIL", "SIL", "d", "i@"]


def carried_numbers(data: bytes) -> tuple[list[tuple[Floats, Floats]], Floats]:
    """Weights and biases of each layer, and the priors, out of a final.mdl."""
    layers: list[tuple[Floats, Floats]] = []
    for found in re.finditer(rb"<LinearParams> FM ", data):
        rows, columns = (struct.unpack_from("<i", data, found.end() + at)[0] for at in (1, 6))
        weights = np.frombuffer(data, "<f4", rows * columns, found.end() + 10).reshape(rows, columns)
        layers.append((weights, _vector_after(data, b"<BiasParams> FV ", found.end())))
    return layers, _vector_after(data, b"<Priors> FV ", 0)


def _vector_after(data: bytes, tag: bytes, start: int) -> Floats:
    at = data.index(tag, start) + len(tag)
    return np.frombuffer(data, "<f4", struct.unpack_from("<i", data, at + 1)[0], at + 5)
