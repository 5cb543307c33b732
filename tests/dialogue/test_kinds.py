"""Each kind of question by voice: saying again and fixing, choosing, marking, filling in."""

from __future__ import annotations

import json
from dataclasses import replace

from accessibility import dialogue
from accessibility.dialogues.heard import Given, Key, Others
from accessibility.dialogues.turns import AskOthers, Learn, Play, Say, Submit, Tone, Write
from accessibility.speech.heard import Alternative
from tests.dialogue.builders import CLIP, Talk, choose, speak, talk

# --- saying again and fixing -----------------------------------------------------------------------------------------


def test_the_loop_hear_say_hear_back_submit() -> None:
    """The clip sounds, the words come back with a tone at what is unsure, and are kept as a draft."""
    day = talk(speak())
    assert day.played == [Play("news", 3200, 7900)]
    day.say("the cat sat", "cat")
    spoken = [turn for turn in day.turns if isinstance(turn, Say | Tone)][:4]
    assert spoken == [
        Say("I heard:", "en"),
        Say("the", "en", own=True),
        Tone("word_unsure"),
        Say("cat", "en", own=True),
    ]
    assert day.draft == {"text": "the cat sat"}
    assert day.order("submit").submitted == {"text": "the cat sat"}


def test_saying_it_all_again_and_taking_it_back() -> None:
    """ "Again" listens anew; "undo" brings the words of before."""
    day = talk(speak()).say("the cat").order("again").say("the dog")
    assert day.order("hear_back").text.startswith("I heard: the dog")
    day.order("undo")
    assert day.draft == {"text": "the cat"}
    assert day.order("undo", "undo").text == "There is nothing to undo."


def test_fixing_starts_at_the_least_sure_word_and_asks_for_other_readings() -> None:
    """Only who fixes pays for listening once more; a choice is taken by number."""
    day = talk(speak()).say("the cat sat", "cat").order("fix")
    assert day.turns[0] == AskOthers()
    assert day.text.startswith("Word two: cat.")
    day.hear(Others((Alternative("the hat sat", 2.0), Alternative("the bat sat", 1.0)))).order("choose")
    assert "one: hat. two: bat." in day.text
    assert day.keys("2").draft == {"text": "the bat sat"}
    assert day.order("undo").draft == {"text": "the cat sat"}


def test_other_readings_are_of_the_words_that_stand_there() -> None:
    """A word that was said anew is an utterance too: its readings are never offered for the whole sentence."""
    day = talk(speak()).say("we met rut in the hog", "rut").order("fix")
    assert AskOthers() in day.turns
    day.hear(Others((Alternative("we met root in the hog", 1.0),))).order("again").say("rutte").order("hear_back")
    assert AskOthers() not in day.order("fix").turns
    assert AskOthers() not in day.keys("3").turns
    assert AskOthers() in day.order("hear_back", "again").say("we met him").order("fix").turns
    back = day.order("hear_back", "again").say("we met her").order("undo")
    assert "we met him" in back.text
    assert AskOthers() not in back.order("fix").turns, "those would be readings of what was taken back"


def test_a_word_by_number_is_said_again_spelled_put_in_and_taken_out() -> None:
    """All of it by voice, without a cursor."""
    day = talk(speak()).say("we met rut in the hog").order("fix")
    assert day.say("word three", dictated=False).text == "Word three: rut."
    assert "romeo" in (dialogue.listening(day.order("spell").state).phrases or ())
    day.say("capital romeo uniform tango tango echo", dictated=False)
    assert day.draft == {"text": "we met Rutte in the hog"}
    day.say("word six", dictated=False).order("again")
    assert dialogue.listening(day.state).phrases is None
    assert day.say("hague").draft == {"text": "we met Rutte in the hague"}
    assert day.order("insert").say("today").draft == {"text": "we met Rutte in the hague today"}
    assert day.keys("5").order("delete").draft == {"text": "we met Rutte in hague today"}
    assert day.order("submit").submitted == {"text": "we met Rutte in hague today"}


def test_a_name_that_is_spelled_is_learnt_when_the_answer_is_sent() -> None:
    """With what was heard for it; only where the recogniser doubted, and only while it still stands there."""
    day = talk(speak()).say("we met rut", "rut").order("fix", "spell")
    day.say("capital r u t t e", dictated=False)
    assert day.state.answering.draft() == {"text": "we met Rutte"}
    learnt, sent = day.order("submit").turns
    assert learnt == Learn("a1", "rut", "Rutte")
    assert sent.raw == {"text": "we met Rutte"}
    sure = talk(speak()).say("we met rut").keys("x3").order("spell").say("capital r u t t e", dictated=False)
    assert [type(turn) for turn in sure.order("submit").turns] == [Submit]


def test_what_a_name_was_heard_as_before_is_right_by_itself() -> None:
    """The project's list brings it along."""
    day = talk(speak(terms=[{"text": "Rutte", "heard_as": ["rut ta"]}, "Hilversum"])).say("we met rut ta")
    assert "we met Rutte" in day.text


def test_a_command_while_spelling_is_no_word() -> None:
    """Help, or back after all: the word in hand stays."""
    day = talk(speak()).say("we met rut").order("fix", "spell").say("help", dictated=False)
    assert "key" in day.text
    assert day.say("where am i", dictated=False).text.endswith("You fix word one of three.")
    assert "we met rut" in day.order("hear_back").text


def test_answers_are_listened_for_as_a_recogniser_writes_them() -> None:
    """No figures, capitals or signs; and what was understood is the answer."""
    given = choose("Nummer 1", "Ja, zeker!", "Geen idee\u2019s", "?")
    day = talk(given, locale="nl")
    assert {"nummer een", "ja zeker", "geen idee's"} <= set(dialogue.listening(day.state).phrases or ())
    for said in ("nummer een", "nummer één", "één"):
        assert said in (dialogue.listening(day.state).phrases or ())
        assert day.say(said, dictated=False).text.startswith("Je koos: Nummer 1.")
    assert day.say("ja zeker", dictated=False).order("submit").submitted == {"value": "2"}
    assert day.type("?").order("submit").submitted == {"value": "4"}


def test_fixing_what_is_not_there_is_told() -> None:
    """A number too high, letters that are none, no choices, nothing said yet."""
    day = talk(speak())
    assert "nothing yet" in day.order("fix").text
    assert "nothing yet" in day.order("submit").text
    day.say("the cat")
    assert day.keys("7").text == "That is not there. There are two words."
    assert talk(speak(), locale="nl").say("de").keys("7").text == "Dat is er niet. Er is één woord."
    day.order("fix")
    assert "no other word" in day.order("choose").text
    assert "no letters" in day.order("spell").say("banana is good", dictated=False).text
    day.order("delete", "delete", "delete")
    assert dialogue.listening(day.state).phrases is None, "with no words left, the answer is wanted again"


def test_speaking_and_typing_mix() -> None:
    """Typed with a screen reader or braille display: the whole, or the word in hand."""
    day = talk(speak()).type("the quick fix")
    assert day.text.startswith("It says: the quick fix")
    day.order("fix", "next", "next").type("fox")
    assert day.draft == {"text": "the quick fox"}
    assert Write("the quick fox") in day.order("hear_back", "type").turns


def test_nobody_speaks_is_an_answer_where_it_may_be() -> None:
    """By the word no; and by skip with that reason, the question goes back instead."""
    day = talk(speak(no_speech=True)).order("no", "submit")
    assert day.submitted == {"text": "", "no_speech": "1"}
    assert "help" in talk(speak()).order("no").text


def test_names_of_the_programme_are_offered_first() -> None:
    """What sounds like a name of the list has it as its first choice."""
    day = talk(speak(terms=["Hilversum"])).say("news from hilver some", "hilver", "some").keys("3")
    assert "Word three: hilver." in day.text
    assert "one: Hilversum." in day.order("choose").text
    assert day.keys("1").draft == {"text": "news from Hilversum"}


# --- choosing --------------------------------------------------------------------------------------------------------


def test_an_answer_is_chosen_by_its_words_its_number_or_its_key() -> None:
    """And can be changed until it is sent."""
    for choice in (talk(choose("bad", "good")).say("good", dictated=False), talk(choose("bad", "good")).keys("2")):
        assert choice.text.startswith("You chose: good.")
        assert choice.order("submit").submitted == {"value": "2"}
    day = talk(choose("bad", "good")).say("two", dictated=False).keys("1").order("submit")
    assert day.submitted == {"value": "1"}
    assert "number is not there" in day.keys("9").text


def test_sending_nothing_asks_again() -> None:
    """With the answers once more; where none is an answer too, it is taken."""
    assert talk(choose("bad", "good")).order("submit").text == "Choose first. one: bad. two: good."
    assert talk(choose("a", several=True, nothing=True)).order("submit").submitted == {"nothing": "1"}


def test_several_answers_are_switched_on_and_off() -> None:
    """Named once is on, named again is off."""
    day = talk(choose("a", "b", "c", several=True)).keys("132").keys("3")
    assert day.text == "No longer chosen: c."
    assert day.order("submit").submitted == {"value": ["1", "2"]}


def test_yes_and_no_are_answers_where_they_are_options() -> None:
    """By their own commands, too."""
    day = talk(choose("yes", "no"))
    assert day.order("no").text.startswith("You chose: no.")


def test_a_subtitle_sounds_with_tones_and_its_line_breaks() -> None:
    """A tone when it appears and when it goes, its text spoken, a click at the line break."""
    cue = {"text": "- Are you coming?\n- No.", "start_ms": 4000, "end_ms": 6500, "language": "nl"}
    day = talk(choose("same", "different", cue=cue))
    assert day.played[0].tones == ((4000, "cue_in"), (6500, "cue_out"))
    after = day.turns[day.turns.index(day.played[0]) + 1 :]
    assert after[:3] == (Say("- Are you coming?", "nl"), Tone("line_break"), Say("- No.", "nl"))


# --- marking ---------------------------------------------------------------------------------------------------------

SOUNDS = [{"value": "music", "text": "music"}, {"value": "speech", "text": "speech"}]


def mark(**data: object) -> Given:
    """Music and speech to mark."""
    return Given("a1", "When?", (), "mark", {"subject": CLIP, "options": SOUNDS, **data})


def test_now_and_end_mark_what_is_heard() -> None:
    """By key, in ms of the original; another label by its word; only tones while it plays."""
    day = talk(mark()).hear(Key("m", 3500), Key(".", 4200))
    assert day.tones == ["cue_out"]
    assert day.text == ""
    day.say("speech", dictated=False).hear(Key("m", 5000), Key(".", 6000)).order("submit")
    assert json.loads(day.submitted["segments"]) == [
        {"label": "music", "start_ms": 3500, "end_ms": 4200},
        {"label": "speech", "start_ms": 5000, "end_ms": 6000},
    ]
    assert "music, from 0.3 seconds to 1.0 seconds" in day.order("hear_back").text
    dutch = talk(mark(), locale="nl").hear(Key("m", 3500), Key(".", 4200))
    assert "music, van 0,3 seconden tot 1,0 seconden" in dutch.order("hear_back").text


def test_marks_that_cannot_be_are_told() -> None:
    """Without sound, an end before its beginning, one that is still open, none at all."""
    day = talk(mark(nothing=True))
    assert "First play the sound" in day.order("now").text
    assert "First press M" in day.hear(Key(".", 4000)).text
    assert "Nothing is marked yet" in day.order("submit").text
    assert "must be later" in day.hear(Key("m", 5000), Key(".", 4000)).text
    assert "has not ended" in day.order("submit").text
    assert day.order("undo", "no", "submit").submitted == {"nothing": "1"}


# --- filling in ------------------------------------------------------------------------------------------------------


def field(name: str, kind: str, *options: str, required: bool = True) -> dict[str, object]:
    """A field as the form widget has it."""
    made = [{"value": option, "text": option} for option in options]
    return {"name": name, "label": f"{name}?", "kind": kind, "required": required, "options": made}


def test_a_survey_question_by_question() -> None:
    """A choice, several, yes or no, a number and a text; each answer leads to the next question."""
    fields = [
        field("week", "scale", "dull", "fun"),
        field("liked", "several", "sounds", "texts", required=False),
        field("again", "yes_no"),
        field("hours", "integer", required=False),
        field("remark", "long_text"),
    ]
    day = talk(Given("a1", "How was it?", (), "fill", {"fields": fields}))
    assert "Question one of five: week?" in day.text
    day.say("fun", dictated=False).say("sounds", dictated=False).say("texts", dictated=False).order("next")
    assert "Question three of five: again?" in day.text
    assert "required" not in day.order("next").text
    assert "must be filled in" in day.text
    day.say("yes", dictated=False).say("twelve", dictated=False)
    assert dialogue.listening(day.state).phrases is None
    day.say("it was fine")
    assert "last question" in day.text
    assert day.order("submit").submitted == {
        "field-week": "fun",
        "field-liked": ["sounds", "texts"],
        "field-again": "yes",
        "field-hours": "12",
        "field-remark": "it was fine",
    }


def test_what_is_missing_is_asked_again_before_sending() -> None:
    """At its own question."""
    fields = [field("a", "text", required=False), field("b", "yes_no")]
    day = talk(Given("a1", "?", (), "fill", {"fields": fields})).order("submit")
    assert "Question two of two: b?" in day.text


# --- in parts ---------------------------------------------------------------------------------------------------------

PARTS = {**CLIP, "parts": [[3200, 5000], [5000, 6400], [6400, 7900]]}


def sounded(day: Talk) -> list[tuple[int, int | None]]:
    """Which parts sounded in the last turns."""
    return [(turn.start_ms, turn.end_ms) for turn in day.turns if isinstance(turn, Play)]


def test_a_clip_in_parts_is_said_part_by_part_and_sent_as_one() -> None:
    """Hear the first, say it, go on; a silent part adds nothing; "submit" before the last part goes on as well."""
    day = talk(speak(subject=PARTS))
    assert sounded(day) == [(3200, 5000)]
    assert "Part one of three." in day.text
    day.say("good evening").order("next")
    assert sounded(day) == [(5000, 6400)]
    day.order("no").order("submit")
    assert sounded(day) == [(6400, 7900)]
    day.say("from hilversum").order("submit")
    assert day.submitted == {"text": "good evening from hilversum"}


def test_a_part_is_not_passed_by_without_a_word() -> None:
    """An answer first, or "nobody speaks"; the last part has none after it."""
    day = talk(speak(subject=PARTS)).order("next")
    assert sounded(day) == []
    assert "error" in day.tones
    day.say("a").order("next").say("b").order("next", "next")
    assert "nothing yet" in day.text
    assert day.say("c").order("next").text == "This is the last part. Say submit."
    assert day.order("again", "next").text == "This is the last part. Press Enter."


def test_one_can_go_back_to_the_part_before() -> None:
    """With what was said of it, which can be said again."""
    day = talk(speak(subject=PARTS)).say("good evening").order("next").order("back")
    assert sounded(day) == [(3200, 5000)]
    assert "good evening" in day.text
    day.order("again").say("good morning").order("next").say("b").order("next").say("c").order("submit")
    assert day.submitted == {"text": "good morning b c"}


def test_after_a_lost_line_one_is_in_the_part_where_one_was() -> None:
    """The draft has a line for each part; one that was typed elsewhere is heard as a whole."""
    day = talk(speak(subject=PARTS)).say("good evening").order("next").say("this is")
    draft = day.draft
    assert draft == {"text": "good evening\nthis is\n"}
    again = talk(replace(speak(subject=PARTS), draft=draft))
    assert sounded(again) == [(5000, 6400)]
    again.order("next").say("the news").order("submit")
    assert again.submitted == {"text": "good evening this is the news"}
    typed = talk(replace(speak(subject=PARTS), draft={"text": "good evening all"}))
    assert sounded(typed) == [(3200, 7900)]


def test_all_parts_silent_is_nobody_speaks() -> None:
    """One answer: that there is no speech."""
    day = talk(speak(subject=PARTS, no_speech=True)).order("no", "next", "no", "next", "no", "submit")
    assert day.submitted == {"text": "", "no_speech": "1"}
