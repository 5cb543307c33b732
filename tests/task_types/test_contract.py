"""What every task type promises, tried on every type and every one of its worked examples."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from task_types import reading
from task_types.protocol import AnswerError, Case, Dialogue, Example, Judged, Judgement, Need, NotByVoice, Settled
from tests.examples import examples
from tests.task_types.builders import EXAMPLES, TYPES, item, outcome_of, settled

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FORM = st.dictionaries(st.text(max_size=8), st.text(max_size=12) | st.lists(st.text(max_size=5), max_size=3), max_size=4)
per_type = pytest.mark.parametrize("task_type", [pytest.param(each, id=each.name) for each in TYPES])
per_example = pytest.mark.parametrize(("task_type", "example"), EXAMPLES)
quickly = examples(20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@per_type
def test_says_what_it_is_in_both_languages(task_type: Any) -> None:
    """Every type has a name, a version, a title in Dutch and English, and several worked examples."""
    assert task_type.version >= 1
    assert set(task_type.title) == {"nl", "en"}
    assert len(task_type.examples) >= 2


@per_example
def test_survives_json(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """Settings, payload and answers are the same after being stored as JSON."""
    wrong = [] if example.wrong is None else [example.wrong]
    stored = [example.case.settings, example.case.payload, *example.accepted, *wrong]
    again = [type(one).model_validate(json.loads(json.dumps(reading.dumped(one)))) for one in stored]
    assert again == stored


@per_example
@pytest.mark.parametrize("locale", ["nl", "en"])
def test_asks_in_both_languages(task_type: Any, example: Example[Any, Any, Any], locale: Any) -> None:
    """The page and the voice have words in the person's language, and a widget gets plain JSON."""
    case = Case(example.case.settings, example.case.payload, locale)
    question, widget, dialogue = task_type.question(case), task_type.widget(case), task_type.dialogue(case)
    assert question.title.strip()
    assert all(step.strip() for step in question.steps)
    assert json.loads(json.dumps(widget.data)) == widget.data
    assert isinstance(dialogue, Dialogue | NotByVoice)


@per_example
def test_states_needs(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """Work is offered by needs: a type says at least one, and only known ones."""
    needs = task_type.needs(example.case.settings, example.case.payload)
    assert needs
    assert needs <= set(Need)


@per_example
def test_takes_its_own_answers(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """Accepted answers pass the check, and so does the wrong one: it is wrong, not malformed."""
    for answer in [*example.accepted, *([] if example.wrong is None else [example.wrong])]:
        task_type.check(example.case, answer)


@per_example
def test_form_gives_the_accepted_answer(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """What the page posts becomes the answer that a program would send."""
    assert example.form is not None, "an example says what its page posts"
    answer = task_type.parse(example.case, example.form)
    assert answer == example.accepted[0]


@per_example
def test_an_empty_form_is_refused(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """Pressing the button without having answered gives a sentence, not an empty answer."""
    with pytest.raises(AnswerError) as refused:
        task_type.check(example.case, task_type.parse(example.case, {}))
    assert refused.value.field
    assert refused.value.message.endswith(".")


@per_example
@quickly
@given(
    raw=st.dictionaries(st.text(max_size=8), st.text(max_size=12) | st.lists(st.text(max_size=5), max_size=3), max_size=4),
    data=st.data(),
)
def test_no_form_breaks_it(task_type: Any, example: Example[Any, Any, Any], raw: dict[str, Any], data: st.DataObject) -> None:
    """Whatever is posted, also in fields that exist, gives an answer or a sentence."""
    names = sorted(example.form or {})
    for name in data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True)):
        raw[name] = data.draw(st.sampled_from(["", "x", "-1", "1e400", "[]", "{}", "[1]", '[{"label": 3}]', "9" * 400, "\x00"]))
    with _a_sentence_at_most():
        task_type.check(example.case, task_type.parse(example.case, raw))


@per_example
@quickly
@given(raw=JSON)
def test_no_json_breaks_it(task_type: Any, example: Example[Any, Any, Any], raw: Any) -> None:
    """Whatever a program sends gives an answer or a sentence."""
    with _a_sentence_at_most():
        task_type.check(example.case, reading.answer(task_type, raw))


@per_example
@quickly
@given(data=st.data())
def test_a_damaged_answer_never_breaks_it(task_type: Any, example: Example[Any, Any, Any], data: st.DataObject) -> None:
    """An accepted answer with one value replaced gives an answer or a sentence."""
    whole = json.loads(json.dumps(reading.dumped(example.accepted[0])))
    damaged = _damage(whole, data)
    with _a_sentence_at_most():
        task_type.check(example.case, reading.answer(task_type, damaged))


@contextmanager
def _a_sentence_at_most() -> Iterator[None]:
    try:
        yield
    except AnswerError as refused:
        if not refused.message:
            raise


def _damage(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, dict) and value:
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: _damage(value[key], data)}
    if isinstance(value, list) and value:
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], _damage(value[place], data), *value[place + 1 :]]
    return data.draw(JSON)


@per_example
def test_an_unknown_field_is_refused(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """A field nobody knows is a mistake to be told about, not to be dropped."""
    with pytest.raises(AnswerError, match="surprise"):
        reading.answer(task_type, {**reading.dumped(example.accepted[0]), "surprise": 1})


@per_example
def test_distance_is_a_distance(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """An answer is no distance from itself, and two answers are as far apart either way."""
    if task_type.scoring is None:
        return
    answers = [*example.accepted, *([] if example.wrong is None else [example.wrong])]
    between = {
        (i, j): task_type.scoring.distance(example.case, a, b) for i, a in enumerate(answers) for j, b in enumerate(answers)
    }
    assert all(value == 0 for (i, j), value in between.items() if i == j)
    assert all(value == pytest.approx(between[j, i]) for (i, j), value in between.items())
    assert all(0 <= value <= 1 for value in between.values())


@per_example
def test_gold_beats_wrong(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """Each accepted answer scores 1, the wrong one clearly less."""
    if task_type.scoring is None or example.wrong is None:
        return
    scores = [task_type.scoring.gold_score(example.case, answer, example.accepted) for answer in example.accepted]
    assert scores == [pytest.approx(1.0)] * len(scores)
    assert task_type.scoring.gold_score(example.case, example.wrong, example.accepted) <= 0.6


@per_example
def test_unanimous_answers_win(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """Three people who agree get what they said, also beside one who says something else and one who does not know."""
    if task_type.aggregator is None:
        return
    answer = example.accepted[0]
    crowd = [Judgement(worker, answer) for worker in range(3)]
    others = [Judgement(3, None), *([] if example.wrong is None else [Judgement(4, example.wrong)])]
    model = task_type.aggregator.fit([Judged(example.case, [*crowd, *others])])
    for given_answers in (crowd, [*crowd, *others]):
        outcome = model.settle(example.case, given_answers)
        assert not isinstance(outcome, Settled) or outcome.answer == answer
    alone = model.settle(example.case, crowd[:1])
    assert not isinstance(alone, Settled) or alone.answer == answer
    assert all(0 <= skill <= 1 for skill in model.skills.values())


@per_example
def test_nobody_knowing_settles_nothing(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """Only "I don't know" gives no answer, and no error."""
    if task_type.aggregator is None:
        return
    outcome = task_type.aggregator.model({}).settle(example.case, [Judgement(1, None), Judgement(2, None)])
    assert getattr(outcome, "answer", None) is None


@per_example
def test_an_opinion_settles_nothing(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """In an opinion project the outcome is a distribution or a collection, never one answer."""
    case = Case(
        example.case.settings.model_copy(update={"opinion": True, "gold": None}), example.case.payload, example.case.locale
    )
    outcome = outcome_of(task_type, Example(example.title, case, example.accepted, None))
    assert not isinstance(outcome, Settled)


@per_type
def test_every_export_reads_back(task_type: Any, tmp_path: Path) -> None:
    """Each format gives back the answers that went in, as far as it can hold them."""
    items = [item(task_type, example, i) for i, example in enumerate(task_type.examples)]
    for name, exporter in task_type.exporters.items():
        out = tmp_path / f"{name}{exporter.suffix}"
        files = list(exporter.write(iter(items), out))
        assert all(path.is_file() for path in files)
        found = [(read.source, read.answer) for read in exporter.read(out)]
        expected = settled(items)
        if name in ("webvtt", "srt"):
            expected = [(source, answer) for source, answer in expected if answer.text]
            expected.sort(key=lambda pair: pair[0])
        assert found == expected, name


@per_type
def test_exports_are_the_same_twice(task_type: Any, tmp_path: Path) -> None:
    """The same work gives the same bytes."""
    items = [item(task_type, example, i) for i, example in enumerate(task_type.examples)]
    for name, exporter in task_type.exporters.items():
        first, second = (
            [path.read_bytes() for path in exporter.write(iter(items), tmp_path / f"{turn}-{name}{exporter.suffix}")]
            for turn in range(2)
        )
        assert first == second


@per_type
def test_gold_lines_read_as_gold(task_type: Any, tmp_path: Path) -> None:
    """A gold file is the export's own JSONL: several accepted answers for one source."""
    accepted = [reading.dumped(answer) for answer in task_type.examples[0].accepted]
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"source": "a.bin", "accepted": accepted}) + "\n\n")
    found = list(task_type.exporters["jsonl"].read(path))
    assert [(one.source, one.answer) for one in found] == [("a.bin", one) for one in task_type.examples[0].accepted]


@per_example
def test_label_studio_round_trip(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """The real SDK takes the config, the task and each answer; and each answer comes back the same."""
    mapping = task_type.label_studio
    if mapping is None:
        return
    interface = _interface(mapping.config(example.case.settings, example.case.payload))
    data = mapping.task_data(example.case, "https://media.example/file")
    interface.validate_task({"data": data})
    for answer in example.accepted:
        result = mapping.to_result(example.case, answer)
        errors = interface.validate_annotation({"result": result}) if result else True
        assert errors, f"the SDK refuses {result}"
        assert mapping.from_result(example.case, json.loads(json.dumps(result))) == answer


@per_example
def test_label_studio_config_reads_back(task_type: Any, example: Example[Any, Any, Any]) -> None:
    """A config of ours gives a step with the same labels; another control's gives none."""
    mapping = task_type.label_studio
    if mapping is None:
        return
    xml = mapping.config(example.case.settings, example.case.payload)
    found = mapping.from_config(xml)
    assert found is not None
    labels = [label.value for label in getattr(example.case.settings, "labels", ())]
    assert [label.value for label in getattr(found, "labels", ())] == labels
    assert mapping.from_config('<View><Image name="i" value="$i"/><Brush name="b" toName="i"/></View>') is None


def _interface(xml: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from label_studio_sdk.label_interface import LabelInterface

        return LabelInterface(xml)


@per_type
def test_present_version_needs_no_upgrade(task_type: Any) -> None:
    """What is stored today reads as it is."""
    example = task_type.examples[0]
    stored = reading.dumped(example.accepted[0])
    assert reading.answer(task_type, stored, task_type.version) == example.accepted[0]
