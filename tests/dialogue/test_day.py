"""The spoken day: start, thank you, break, help, repeat, signing out; in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accessibility import dialogue
from accessibility.dialogues import aloud
from accessibility.dialogues.heard import (
    BreakNow,
    Given,
    NothingLeft,
    Refused,
    Returned,
    Setting,
    Stored,
    Told,
    Trouble,
    Waited,
    WorkList,
)
from accessibility.dialogues.turns import (
    AskCoach,
    CheckIn,
    ChooseWork,
    Fetch,
    GiveBack,
    GoOn,
    Hush,
    Look,
    Say,
    SignOut,
    Submit,
    TakeBreak,
    Wait,
    Wish,
)
from accessibility.dialogues.words import SENTENCES
from accessibility.speech import commands
from accessibility.speech.commands import COMMANDS, SKIP_REASONS
from accessibility.voice_preferences import FASTEST
from tests.dialogue.builders import choose, speak, talk


def test_a_day_from_hello_to_goodbye() -> None:
    """Hello, start, a question, thank you and the next; nothing left; sign out after one question."""
    day = talk()
    assert day.text.startswith("Hello Noor.")
    assert day.say("start", dictated=False).turns == (Fetch(),)
    day.hear(choose("bad", "good")).keys("2").order("submit")
    assert day.submitted == {"value": "2"}
    day.hear(Stored())
    assert day.tones == ["accepted"]
    assert day.turns[-1] == Fetch()
    day.hear(NothingLeft())
    assert "no work for you now" in day.text
    day.order("sign_out")
    assert day.text == "Do you want to sign out? Say yes or no."
    day.order("yes")
    assert day.turns[-1] == SignOut()
    assert day.order("start").text == "You are signed out."


def test_a_break_is_announced_with_its_time() -> None:
    """A tone and the time to go on from, without hurry; asking again is fine; the question of before is gone."""
    day = talk(speak()).hear(BreakNow("11:02"))
    assert day.tones == ["block_end"]
    assert day.text == "Time for a break. Your work is saved. You can go on from 11 oh 2 am. Later is fine too."
    assert "You can go on from 11 oh 2 am." in day.order("where_am_i").text
    assert talk().hear(BreakNow(None, "over")).order("where_am_i").text.startswith("Your work for today is done.")
    assert day.order("start").turns == (Fetch(),)
    assert day.hear(BreakNow(None, "over")).text.startswith("Your work for today is done")


def test_what_is_no_break_is_not_called_one() -> None:
    """A day that has not begun, a training; with a time where it is known."""
    assert talk().hear(BreakNow("09:30", "early")).text == "Your work begins at 9:30 am."
    assert talk().hear(BreakNow("11:02", "other")).text == "There is something else on your timetable now, until 11 oh 2 am."
    assert talk().hear(BreakNow(None, "other")).text.startswith("There is something else")


def test_practice_that_was_not_right_may_be_tried_once_more() -> None:
    """Or not: start has the next question, by key while words are taken down."""
    day = talk(replace(speak(), practice=True))
    assert day.text.startswith("This is practice. It does not count.")
    day.say("the cat").order("submit").hear(Stored(False, "It is a dog."))
    assert day.text == "Not yet. It is a dog. You may try it once more. Press S for the next question."
    assert day.say("the dog").order("submit").submitted == {"text": "the dog"}
    assert day.hear(Stored(False)).keys("s").turns == (Fetch(),)
    assert day.hear(Stored(True, "It is.")).turns[-1] == Fetch()
    free = talk(replace(speak(), practice=True), hands_free=True).hear(Stored(False))
    assert "Say start for the next question." in free.text
    assert free.say("start").turns == (Fetch(),)
    assert "start" in talk(speak(), hands_free=True).say("start").text, "elsewhere it is a word"


def test_the_end_of_a_block_has_a_soft_sign() -> None:
    """Before the question, and without a countdown."""
    given = Given("a1", "How?", (), "choose", choose("a").data, break_soon=True)
    day = talk(given)
    assert day.tones[0] == "block_end"
    assert day.text.startswith("It is almost time for a break.")


def test_a_break_can_be_taken_early_and_its_end_is_said_once() -> None:
    """A wish for the workbench, which says until when; then a tone and a sentence, and nobody has to do anything."""
    day = talk(speak())
    assert day.keys("z").turns == (TakeBreak(),)
    day.hear(BreakNow("11:02", until_ms=1000))
    assert day.only(Wait) == Wait(1000)
    assert day.hear(Waited()).text == "The break is over. Say start to go on. There is no hurry."
    assert day.hear(Waited()).turns == ()


def test_a_break_or_a_stop_by_mistake_is_taken_back_by_voice() -> None:
    """Where the worker chose it; elsewhere undo is not about the day."""
    day = talk(speak()).hear(BreakNow("11:02", until_ms=1000, undo=True))
    assert "Say undo to go on after all." in day.text
    assert "undo" in (dialogue.listening(day.state).phrases or ())
    assert day.say("undo", dictated=False).turns == (GoOn(),)
    assert "undo, key U" in day.order("help").text
    planned = talk().hear(BreakNow("11:02"))
    assert "undo" not in planned.text
    assert planned.order("undo").tones == ["error"]
    assert day.hear(BreakNow("09:30", "early")).order("undo").tones == ["error"], "yesterday's stop stays"
    assert talk().order("undo").tones == ["error"]


def test_the_coach_is_asked_by_word_or_number() -> None:
    """Talk, other work, a longer break, stop for today; anything else asks nothing, and the question goes on."""
    day = talk(speak()).order("coach")
    assert day.text.startswith("What do you want to ask for? one: talk. two: other work. three: a longer break.")
    assert day.say("longer break", dictated=False).turns == (AskCoach("longer_break"),)
    assert talk().keys("c4").turns == (AskCoach("stop_today"),)
    assert talk(speak()).order("coach", "no").text == "All right, we go on."
    told = day.hear(Told(("Your coach knows that you want a longer break.",)))
    assert told.text == "Your coach knows that you want a longer break."
    assert told.state.answering is not None


def test_a_wish_is_said_freely() -> None:
    """What somebody would like to learn, in their own words."""
    day = talk().keys("c5")
    assert dialogue.listening(day.state).phrases is None
    assert day.say("music").turns == (Wish("music"),)
    assert talk().keys("c5").order("no").text == "All right, we go on."


def test_a_check_in_asks_four_short_questions_and_each_may_be_left_out() -> None:
    """Pace, difficulty, kind of work, and whether the coach may know; never the body or the mood."""
    day = talk().order("check_in")
    assert day.text.startswith("How is the pace? one: too fast. two: fine. three: too slow.")
    day.say("too fast", dictated=False)
    assert day.text.startswith("How hard is the work?")
    day.order("next")
    assert day.keys("1").text == "May your coach know this? one: yes. two: no."
    assert day.order("yes").turns == (CheckIn("too_fast", "", "more", share=True),)
    assert talk().keys("j").order("next", "next", "next").keys("2").turns == (CheckIn("", "", "", share=False),)


def test_own_figures_certificate_and_other_work_are_looked_up() -> None:
    """Told in sentences; other work is chosen by its number or its name, and the next question follows."""
    assert talk().keys("i").turns == (Look("my_work"),)
    assert talk().order("certificate").turns == (Look("certificate"),)
    day = talk(speak()).order("other_work")
    assert day.turns == (Look("work"),)
    day.hear(WorkList((("s1", "Sound"), ("s2", "News"))))
    assert day.text == "Which work do you want to do? one: sound. two: news."
    assert day.say("news", dictated=False).turns == (ChooseWork("s2"),)
    assert day.hear(Told(("Good.",), go_on=True)).turns[-1] == Fetch()
    assert talk().order("other_work").hear(WorkList(())).text == "There is no other work for you now."
    assert talk().order("my_work").hear(Told(())).text == "There is nothing to tell yet."


def test_own_keys_take_the_place_of_the_usual_ones() -> None:
    """And help names them."""
    day = talk(speak(), keys={"play": "F2", "help": "?"})
    assert len(day.keys(["F2"]).played) == 1
    assert "play, key F2" in day.keys(["?"]).text
    assert day.keys(["p"]).tones == ["error"]


def test_with_an_open_microphone_a_few_commands_are_always_understood() -> None:
    """Where they are all that was said; in a longer utterance they are words like all others."""
    day = talk(speak(), hands_free=True)
    assert day.say("skip").text.startswith("Why do you skip this?")
    day = talk(speak(), hands_free=True).say("skip the first answer")
    assert "skip the first answer" in day.text
    assert talk(speak()).say("skip").text.startswith("I heard: skip")


def test_help_names_few_commands_with_their_keys() -> None:
    """No more than anybody keeps in mind; "more" has the rest; brief help has words alone."""
    day = talk(speak()).order("help")
    assert day.text.startswith("speak, key space bar: Hold it and talk. play, key P: Hear the clip.")
    assert sum(isinstance(turn, Say) for turn in day.turns) == dialogue.MOST_HELPED + 1
    assert "sign out" in day.order("more").text
    brief = talk(speak(), verbosity="brief").order("help")
    assert brief.text == "You can say: speak, play, type, skip."


def test_repeat_says_the_last_words_again_and_does_nothing_else() -> None:
    """What was said and played; never a second submission."""
    day = talk(choose("bad", "good"))
    before = day.turns
    assert day.order("repeat").turns == before
    day.keys("1").order("submit", "repeat")
    assert day.text.startswith("You chose: bad.")
    assert not [turn for turn in day.turns if isinstance(turn, Submit)]


def test_stop_is_silence() -> None:
    """At once, anywhere."""
    assert talk().keys(["Escape"]).turns == (Hush(),)
    assert talk(speak()).keys(["Escape"]).turns == (Hush(),)


def test_slower_is_the_clip_where_there_is_one_and_else_our_voice() -> None:
    """Within bounds, however often it is asked."""
    day = talk(speak()).order("slower")
    assert [play.speed for play in day.played] == [0.85]
    for _ in range(20):
        day.order("slower")
    assert [play.speed for play in day.played] == [0.5]
    home = talk().order("slower")
    assert home.state.rate == 140
    assert "140 words" in home.text
    for _ in range(30):
        home.order("faster")
    assert home.state.rate == FASTEST


def test_skip_asks_why_by_word_or_number() -> None:
    """A reason in the same breath, a number, or a word after the question; anything else goes on with the work."""
    assert talk(speak()).say("skip no speech", dictated=False).turns == (GiveBack("a1", "no_speech"),)
    assert talk(speak()).keys("k1").turns == (GiveBack("a1", "cannot_hear"),)
    day = talk(speak()).order("skip")
    assert "cannot hear, no speech, other language, not for me or later" in day.text
    assert set(commands.grammar(SKIP_REASONS, "en")) < set(dialogue.listening(day.state).phrases or ())
    assert day.say("other language", dictated=False).turns == (GiveBack("a1", "other_language"),)
    assert day.hear(Returned()).turns[-1] == Fetch()
    assert talk(speak()).order("skip", "no").text == "All right, we go on."


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_every_small_question_has_a_way_out_by_voice(locale: str) -> None:
    """No, help, repeat: heard, and not taken for one of the answers; a skip or signing out by mistake is no skip."""
    for asked in ("skip", "sign_out", "coach", "check_in"):
        day = talk(speak(), locale=locale).order(asked)
        listened = set(dialogue.listening(day.state).phrases or ())
        assert set(commands.grammar(commands.named("no", "help", "repeat"), locale)) <= listened, asked
    skipping = talk(speak(), locale=locale).order("skip")
    assert commands.named("no")[0].words[locale][0] in skipping.text
    assert skipping.say("help", dictated=False).text == talk(speak(), locale=locale).order("skip").text


def test_i_do_not_know_is_an_answer() -> None:
    """For every kind of question."""
    assert talk(speak()).keys("d").turns == (Submit("a1", None),)


def test_a_question_that_cannot_be_asked_by_voice_says_why() -> None:
    """With the type's own reason; skip or next gives another one, and nothing is given back by itself."""
    day = talk(Given("a1", "Draw", (), None, {}, reason="You need to see the picture."))
    assert "You need to see the picture. Say skip" in day.text
    assert day.order("next").turns == (GiveBack("a1", "other"),)
    assert "skip" in (dialogue.listening(day.state).phrases or ())
    assert day.say("skip", dictated=False).turns == (GiveBack("a1", "other"),)
    assert day.order("help").text.startswith("skip, key K")


def test_what_makes_no_sense_gets_a_tone_and_a_way_out() -> None:
    """Never silence."""
    for day in (talk().say("banana", dictated=False), talk().keys("0"), talk().keys(["F4"]), talk().order("now")):
        assert day.tones == ["error"]
        assert "help" in day.text


def test_trouble_and_refusals_are_spoken() -> None:
    """In the worker's language, with the answer kept."""
    day = talk(choose("bad", "good"), locale="nl").keys("1").hear(Trouble("silence"))
    assert day.text == "Ik hoor niets. Staat de microfoon aan?"
    assert day.hear(Refused("Dat past niet.")).text == "Dat past niet."
    assert day.order("submit").submitted == {"value": "1"}


def test_three_levels_of_verbosity() -> None:
    """Full has the steps, normal the hints, brief neither; and it can be changed at any moment."""
    texts = {level: talk(speak(), verbosity=level).text for level in ("full", "normal", "brief")}
    assert texts["full"] == "What is said? Listen. Listen to the clip. Then hold the talk key and say it again."
    assert texts["normal"] == "What is said? Listen to the clip. Then hold the talk key and say it again."
    assert texts["brief"] == "What is said?"
    assert talk().hear(Setting(verbosity="brief"), speak()).text == "What is said?"
    assert talk().hear(Setting(rate=9999)).state.rate == FASTEST


def test_a_lost_connection_goes_on_with_the_open_question() -> None:
    """It says so, and asks for the question, which comes with its draft."""
    day = talk(again=True)
    assert day.turns[-1] == Fetch()
    kept = Given("a1", "What is said?", (), "speak", speak().data, draft={"text": "the quick fox"})
    day.hear(kept)
    assert "You had started on this." in day.text
    assert "the quick fox" in day.text
    assert day.order("submit").submitted == {"text": "the quick fox"}


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_every_command_means_something_in_both_languages(locale: str) -> None:
    """Each command's key and each of its words do the same, at home and at a question."""
    for start in (None, speak(), choose("a", "b")):
        for command in COMMANDS:
            by_key = talk(start, locale=locale).keys([command.key])
            for word in command.words[locale]:
                by_word = talk(start, locale=locale).say(word, dictated=False)
                assert by_word.turns == by_key.turns, (command.name, word)
            assert by_key.turns, command.name


def test_every_sentence_is_there_in_both_languages() -> None:
    """And asks for the same values."""
    for name, texts in SENTENCES.items():
        assert set(texts) == {"nl", "en"}, name
        fields = [{part.split("}")[0] for part in text.split("{")[1:]} for text in texts.values()]
        assert fields[0] == fields[1], name


def test_what_is_listened_for_follows_the_moment() -> None:
    """Free dictation while an answer is wanted, a closed list for commands and choices."""
    day = talk(speak())
    assert dialogue.listening(day.state).phrases is None
    assert "play" in (dialogue.listening(day.state, command=True).phrases or ())
    day.say("hello there")
    assert "fix" in (dialogue.listening(day.state).phrases or ())
    chosen = dialogue.listening(talk(choose("bad", "Very Good")).state).phrases or ()
    assert {"very good", "two", "help", "submit"} <= set(chosen)


def test_what_is_said_in_passing_does_not_take_the_place_of_the_question() -> None:
    """Not understood, slower, and then "repeat": the question comes again, not "I heard noise"."""
    day = talk(choose("bad", "good", subject={"text": "A bridge.", "language": "en"}))
    question = day.turns
    day.hear(Trouble("noise")).order("slower", "louder", "fix")
    assert day.text.startswith("I cannot do that here.")
    assert day.order("repeat").turns == question


@pytest.mark.parametrize("code", ["silence", "noise", "not_understood"])
def test_who_is_not_understood_again_and_again_is_told_a_way_out(code: str) -> None:
    """From the second time in a row, by key: the microphone may be what is wrong. What is understood begins anew."""
    day = talk(choose("bad", "good"), keys={"help": "F1"}).hear(Trouble(code))
    assert "Press" not in day.text
    for _ in range(2):
        assert day.hear(Trouble(code)).text.endswith("Press F1 for help, or C for your coach.")
    assert "Press" not in day.order("hear_back").hear(Trouble(code)).text


def test_a_slip_of_the_finger_ends_no_check_in() -> None:
    """A number that is not there: the question again, and what was answered before stays. The coach is asked from anywhere."""
    day = talk().order("check_in").keys("1").keys("9")
    assert day.tones == ["error"]
    assert day.keys("212").turns == (CheckIn("too_fast", "fine", "more", share=False),)
    assert talk(speak()).order("skip", "coach").text.startswith("What do you want to ask for?")


def test_after_a_lost_line_only_who_was_working_goes_on_with_work() -> None:
    """Nobody is put to work in their break, or before they began."""
    for place, said in (("home", "Say start"), ("break", "You are on a break.")):
        state, turns = dialogue.begin("en", "Noor", again=True, place=place)  # type: ignore[arg-type]
        assert Fetch() not in turns
        assert said in " ".join(turn.text for turn in turns if isinstance(turn, Say))
        assert state.place == place
    assert Fetch() in dialogue.begin("en", "Noor", again=True)[1]


@pytest.mark.parametrize(
    ("time", "nl", "en"),
    [
        ("09:00", "9 uur", "9 am"),
        ("11:02", "11 uur 2", "11 oh 2 am"),
        ("12:30", "12 uur 30", "12:30 pm"),
        ("14:45", "14 uur 45", "2:45 pm"),
        ("00:05", "0 uur 5", "12 oh 5 am"),
    ],
)
def test_a_time_of_day_as_people_say_it(time: str, nl: str, en: str) -> None:
    """An engine would read the figures and the noughts."""
    assert (aloud.clock(time, "nl"), aloud.clock(time, "en")) == (nl, en)


def test_a_date_as_people_say_it() -> None:
    """What is no date stays."""
    assert (aloud.day("2026-03-01", "nl"), aloud.day("2026-12-31", "en")) == ("1 maart 2026", "31 December 2026")
    assert aloud.day("", "nl") == ""
