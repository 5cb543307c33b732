"""
The spoken day: a pure `step(state, heard) -> (state, turns)`, the same in a browser, in a terminal and in tests.

Nothing here listens, speaks or stores. What was heard comes in as a record, what is to be done goes out as records:
see `dialogues.turns`. One question is answered by one of `KINDS`; around it stands the day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from accessibility.dialogues import aloud, breaks, menus, orders
from accessibility.dialogues.choosing import Choosing
from accessibility.dialogues.filling import Filling
from accessibility.dialogues.heard import (
    BreakNow,
    Given,
    Heard,
    Key,
    NothingLeft,
    Number,
    Order,
    Refused,
    Returned,
    Setting,
    Spoken,
    Stored,
    Told,
    Trouble,
    Typed,
    Waited,
    WorkList,
)
from accessibility.dialogues.marking import Marking
from accessibility.dialogues.menus import Menu
from accessibility.dialogues.naming import naming
from accessibility.dialogues.orders import EVERYWHERE, MOST_HELPED, OF_THE_DAY
from accessibility.dialogues.speaking import Speaking
from accessibility.dialogues.state import Place, State, Step, Verbosity, changed, free, intro, tell, unclear
from accessibility.dialogues.turns import (
    Answering,
    AskCoach,
    AskOthers,
    CheckIn,
    ChooseWork,
    Draft,
    Fetch,
    GiveBack,
    GoOn,
    Hush,
    Json,
    Learn,
    Listening,
    Locale,
    Look,
    Say,
    SignOut,
    Submit,
    TakeBreak,
    Tone,
    Turns,
    Wait,
    Wish,
    Write,
)
from accessibility.speech import commands, spoken
from accessibility.speech.commands import COMMANDS, SKIP_REASONS
from accessibility.speech.numbers import heard_number

__all__ = [
    "KINDS",
    "MOST_HELPED",
    "Place",
    "State",
    "Step",
    "Verbosity",
    "begin",
    "listening",
    "step",
    "valid",
]

KINDS: Mapping[str, Callable[[str, Locale, Mapping[str, Json], Mapping[str, Json] | None], Answering]] = {
    "speak": Speaking.of,
    "choose": Choosing.of,
    "mark": Marking.of,
    "fill": Filling.of,
}
# With an open microphone these are commands wherever they are all that was said; else they are words like all others.
ALWAYS = ("help", "more", "where_am_i", "repeat", "stop", "skip", "submit", "again", "play", "break", "coach", "sign_out")
# These too, but only where the question knows what they mean: else they are the answer.
WHERE_ASKED = ("next", "no")


def begin(locale: Locale, person: str, setting: Setting | None = None, *, again: bool = False, place: Place = "work") -> Step:
    """
    The day's first turns.

    Args:
        again: the connection was lost, so go on where the worker was.
        place: that was here. Only who was working goes on with the question: nobody is put to work in their break.
    """
    state = changed(State(locale), setting or Setting())
    home = "home_brief" if state.verbosity == "brief" else "home"
    if again and place == "work":
        return _spoken(state, (tell(state, "back_again"), Fetch()))
    if again:
        away = place == "break"
        there = tell(state, "where_break" if away else home)
        return _spoken(replace(state, place="break" if away else "home"), (tell(state, "back"), there))
    hello = replace(tell(state, "hello", person=person), own=True)  # whose name it is, is nobody else's
    return _spoken(state, (hello, tell(state, home)))


def step(state: State, heard: Heard) -> Step:
    """Take what was heard."""
    new, turns = _step(state, heard)
    return _spoken(new, turns)


def listening(state: State, *, command: bool = False) -> Listening:
    """What to listen with when the worker talks. `command`: they hold the key for commands."""
    found = _listening(state, command=command)
    return found if found.phrases is None else replace(found, phrases=aloud.with_one(found.phrases, found.language))


def _listening(state: State, *, command: bool) -> Listening:
    asked = state.menu.listening(state.locale) if state.menu else None
    if asked is not None and (asked.phrases is not None or not command):
        return asked
    inner = state.answering.listening() if state.answering else None
    if inner is not None and inner.phrases is None and not command:
        return inner
    known = commands.grammar(commands.named(*valid(state)), state.locale)
    return Listening(state.locale, tuple(dict.fromkeys((*(inner.phrases or () if inner else ()), *known))))


def valid(state: State) -> tuple[str, ...]:
    """Names of the commands that do something now."""
    inner = state.answering.commands() if state.answering else ()
    here = (*inner, *(("skip",) if state.given else ()), *(("undo",) if state.undo else ()))
    return tuple(dict.fromkeys((*here, *EVERYWHERE, *OF_THE_DAY)))


# --- what was heard ---------------------------------------------------------------------------------------------------


def _step(state: State, heard: Heard) -> Step:
    if isinstance(heard, Key):
        return _key(replace(state, missed=0), heard)
    if isinstance(heard, Trouble):
        return _missed(state, heard)
    if isinstance(heard, Setting):
        return changed(state, heard), ()
    if isinstance(heard, Waited):
        return breaks.waited(state)
    if type(heard) in _TOLD:
        return _told(state, heard)
    return _from_the_worker(state, heard)


def _missed(state: State, trouble: Trouble) -> Step:
    """The same sentence over and over helps nobody: from the second time on with a way out, by key."""
    missed = state.missed + 1
    way_out = (tell(state, "missed", passing=True),) if missed > 1 else ()
    said = Say(spoken.say(trouble.code, state.locale), state.locale, passing=True)
    return replace(state, missed=missed), (Tone("error"), said, *way_out)


def _from_the_worker(state: State, heard: Heard) -> Step:
    state = replace(state, missed=0)
    if state.place == "out":
        return state, (tell(state, "where_out"),)
    if state.menu is not None:
        return _answered(state, state.menu, (_commanded(state, heard) if state.menu.free else None) or heard)
    return _always(state, heard) or _inside(state, heard) or _outside(state, heard)


def _always(state: State, heard: Heard) -> Step | None:
    """With an open microphone: a command that is all that was said, also where an answer is wanted."""
    order = _commanded(state, heard)
    if order is None:
        return None
    return _inside(state, order) or (None if order.name in WHERE_ASKED else orders.carry_out(state, order))


def _commanded(state: State, heard: Heard) -> Order | None:
    if not (state.hands_free and isinstance(heard, Spoken) and heard.dictated):
        return None
    found = commands.understand(heard.text, commands.named(*_understood_always(state)), state.locale)
    return None if found is None or found.rest else Order(found.command.name, said=heard.text)


def _understood_always(state: State) -> tuple[str, ...]:
    return (*ALWAYS, *WHERE_ASKED, *(("start",) if state.explained else ()))


def _key(state: State, pressed: Key) -> Step:
    if pressed.key.isascii() and pressed.key.isdigit():
        return _step(state, Number(int(pressed.key)))
    command = commands.by_key(pressed.key, state.commands)
    return _step(state, Order(command.name, at_ms=pressed.at_ms)) if command else unclear(state)


def _inside(state: State, heard: Heard) -> Step | None:
    """By the question that is being answered; None: it is not about that."""
    if state.answering is None:
        return None
    found = state.answering.step(heard)
    return None if found is None else (replace(state, answering=found[0]), found[1])


def _outside(state: State, heard: Heard) -> Step:
    """A phrase becomes a command; a command of the day or of everywhere is carried out."""
    if isinstance(heard, Spoken | Typed):
        understood = commands.understand(heard.text, (*COMMANDS, *SKIP_REASONS), state.locale)
        number = heard_number(heard.text, state.locale)
        if understood is not None:
            order = Order(understood.command.name, understood.rest)
            return _inside(state, order) or orders.carry_out(state, order)
        return (_inside(state, Number(number)) if number is not None else None) or unclear(state)
    return orders.carry_out(state, heard) if isinstance(heard, Order) else unclear(state)


def _answered(state: State, menu: Menu, heard: Heard) -> Step:
    """The small question in between; anything else leaves it."""
    calm = replace(state, menu=None)
    if (value := menu.chosen(heard, state.locale)) is not None:
        return _MENUS[menu.name](calm, menu, value)
    if menu.number(heard, state.locale) is not None:
        return state, (Tone("error"), *menu.asked(state.locale))  # a slip of the finger: what was answered before stays
    order = _as_order(state, heard)
    return _ordered(state, menu, order) if order else (calm, (tell(state, "go_on"),))


def _ordered(state: State, menu: Menu, order: Order) -> Step:
    """A command in place of an answer."""
    calm = replace(state, menu=None)
    if order.name in ("help", "repeat"):
        return state, menu.asked(state.locale)
    if order.name == "next" and menu.name == "check_in":
        return _checked_in(calm, menu, "")
    if order.name == menu.name == "sign_out":
        return _signed_out(calm, menu, "yes")
    return orders.carry_out(calm, order) if order.name == "coach" else (calm, (tell(state, "go_on"),))


def _skipped(state: State, _menu: Menu, value: str) -> Step:
    return (state, (GiveBack(state.given.assignment, value),)) if state.given else unclear(state)


def _signed_out(state: State, _menu: Menu, value: str) -> Step:
    if value == "no":
        return state, (tell(state, "go_on"),)
    return replace(free(state), place="out"), (tell(state, "signed_out"), SignOut())


def _checked_in(state: State, menu: Menu, value: str) -> Step:
    given = (*menu.before, value)
    following = menus.checking_in(state.locale, given)
    if following is not None:
        return orders.open_menu(state, following)
    pace, difficulty, work, share = given
    return state, (CheckIn(pace, difficulty, work, share == "yes"),)


def _asked_coach(state: State, value: str) -> Step:
    return orders.open_menu(state, menus.wishing()) if value == "wish" else (state, (AskCoach(value),))


# What follows from an answer to a small question.
_MENUS: Mapping[str, Callable[[State, Menu, str], Step]] = {
    "skip": _skipped,
    "sign_out": _signed_out,
    "coach": lambda state, _menu, value: _asked_coach(state, value),
    "wish": lambda state, _menu, value: (state, (Wish(value),)),
    "check_in": _checked_in,
    "work": lambda state, _menu, value: (state, (ChooseWork(value),)),
}


def _as_order(state: State, heard: Heard) -> Order | None:
    if isinstance(heard, Spoken | Typed):
        found = commands.understand(heard.text, (*SKIP_REASONS, *COMMANDS), state.locale)
        return Order(found.command.name, found.rest) if found else None
    return heard if isinstance(heard, Order) else None


# --- what the workbench tells ----------------------------------------------------------------------------------------


def _told(state: State, heard: Any) -> Step:
    return _TOLD[type(heard)](state, heard)


def _refused(state: State, heard: Refused) -> Step:
    return state, (Tone("error"), Say(heard.message, state.locale, own=True))  # it may name what was answered


def _lines(state: State, heard: Told) -> Step:
    """Own: a wish, the coach's words to this person, what they wrote themselves. Which line is which, nobody has to know."""
    lines = tuple(Say(line, state.locale, own=True) for line in heard.lines) or (tell(state, "nothing_to_tell"),)
    return state, (*lines, *((Fetch(),) if heard.go_on else ()))


def _work_list(state: State, heard: WorkList) -> Step:
    if not heard.kinds:
        return state, (tell(state, "work_none"),)
    return orders.open_menu(state, menus.choosing_work(heard.kinds, state.locale))


def _stored(state: State, heard: Stored) -> Step:
    if heard.right is not None:
        return _explained(state, heard)
    thanks = "thanks_brief" if state.verbosity == "brief" else "thanks"
    return free(state), (Tone("accepted"), tell(state, thanks), Fetch())


def _explained(state: State, heard: Stored) -> Step:
    """What a practice question is for: why, and once more for who wants it."""
    told = "practice_right" if heard.right else "practice_other"
    said = (Tone("accepted"), tell(state, told), *((Say(heard.explanation, state.locale),) if heard.explanation else ()))
    given = state.given
    if heard.right or given is None or given.name is None:
        return free(state), (*said, Fetch())
    again = KINDS[given.name](given.assignment, state.locale, given.data, None)
    return replace(state, answering=again, explained=True), (*said, tell(state, "practice_again"))


def _given(state: State, given: Given) -> Step:
    if given.name is None:
        # never given back by itself: the worker may do it on the page, and a whole project would run through our hands
        waiting = replace(free(state), place="work", given=given)
        return waiting, (tell(state, "not_by_voice", reason=given.reason),)
    answering = KINDS[given.name](given.assignment, state.locale, given.data, given.draft)
    working = replace(free(state), place="work", given=given, answering=answering)
    soon = (Tone("block_end"), tell(state, "break_soon")) if given.break_soon else ()
    practice = (tell(state, "practice"),) if given.practice else ()
    return working, (*soon, *practice, *intro(working))


_TOLD: Mapping[type, Callable[[State, Any], Step]] = {
    Given: _given,
    Refused: _refused,
    Told: _lines,
    WorkList: _work_list,
    Stored: _stored,
    Returned: lambda state, _: (free(state), (tell(state, "returned"), Fetch())),
    NothingLeft: lambda state, _: (replace(free(state), place="home"), (tell(state, "nothing"),)),
    BreakNow: breaks.begun,
}

# --- speaking ---------------------------------------------------------------------------------------------------------


def _spoken(state: State, turns: Turns) -> Step:
    """Hints only for those who want them; and remember what was said, for "repeat"."""
    wanted = (turn for turn in turns if not (isinstance(turn, Say) and turn.hint and state.verbosity == "brief"))
    heard = tuple(_naming(state, turn) if isinstance(turn, Say) and "{" in turn.text else turn for turn in wanted)
    to_repeat = tuple(turn for turn in heard if not isinstance(turn, _ACTS))
    lasting = any(isinstance(turn, Say) and not turn.passing for turn in to_repeat)
    return (replace(state, last=to_repeat) if lasting else state), heard


def _naming(state: State, said: Say) -> Say:
    """Its commands as this worker gives them now: nobody is told to say what would be taken for their answer."""
    sayable = listening(state).phrases
    if sayable is None and state.hands_free:
        sayable = tuple(commands.grammar(commands.named(*_understood_always(state)), state.locale))
    return replace(said, text=naming(said.text, state.commands, sayable, state.locale))


_ACTS = (
    *(Fetch, Submit, GiveBack, TakeBreak, GoOn, SignOut, Hush, Draft, AskOthers, Write),
    *(Wait, AskCoach, CheckIn, Wish, Look, ChooseWork, Learn),
)
