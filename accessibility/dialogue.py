"""
The spoken day: a pure `step(state, heard) -> (state, turns)`, the same in a browser, in a terminal and in tests.

Nothing here listens, speaks or stores. What was heard comes in as a record, what is to be done goes out as records:
see `dialogues.turns`. One question is answered by one of `KINDS`; around it stands the day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from accessibility.dialogues.choosing import Choosing
from accessibility.dialogues.filling import Filling
from accessibility.dialogues.marking import Marking
from accessibility.dialogues.speaking import Speaking
from accessibility.dialogues.turns import (
    Answering,
    AskOthers,
    BreakNow,
    Draft,
    Fetch,
    GiveBack,
    Given,
    Heard,
    Hush,
    Json,
    Key,
    Listening,
    Locale,
    NothingLeft,
    Number,
    Order,
    Refused,
    Returned,
    Say,
    Setting,
    SignOut,
    Spoken,
    Stored,
    Submit,
    TakeBreak,
    Tone,
    Trouble,
    Turns,
    Typed,
    Write,
)
from accessibility.dialogues.words import either, key_name, words
from accessibility.speech import commands, spoken
from accessibility.speech.commands import COMMANDS, SKIP_REASONS
from accessibility.speech.numbers import heard_number

Verbosity = Literal["full", "normal", "brief"]
Place = Literal["home", "work", "break", "out"]
Step = tuple["State", Turns]

KINDS: Mapping[str, Callable[[str, Locale, Mapping[str, Json], Mapping[str, Json] | None], Answering]] = {
    "speak": Speaking.of,
    "choose": Choosing.of,
    "mark": Marking.of,
    "fill": Filling.of,
}
EVERYWHERE = ("help", "where_am_i", "repeat", "stop", "slower", "faster", "louder", "softer", "more")
OF_THE_DAY = ("start", "break", "coach", "other_work", "check_in", "my_work", "certificate", "sign_out")
BY_REASON = tuple(reason.name for reason in SKIP_REASONS)
RATE, RATE_STEP, SLOWEST, FASTEST = 165, 25, 90, 440  # words per minute
CLIP_STEP = 0.15
MOST_HELPED = 4  # commands that help names at once: nobody keeps more in mind


@dataclass(frozen=True)
class State:
    """
    Where somebody is in their day. Immutable.

    Args:
        given, answering: the question, and the answer in the making; both None where there is none.
        asking: a small question in between.
        last: what was said last, for "repeat".
        rate: words per minute of our voice.
    """

    locale: Locale
    verbosity: Verbosity = "full"
    place: Place = "home"
    given: Given | None = None
    answering: Answering | None = None
    asking: Literal["sign_out", "skip"] | None = None
    last: Turns = ()
    rate: int = RATE


def begin(locale: Locale, person: str, *, verbosity: Verbosity = "full", rate: int = RATE, again: bool = False) -> Step:
    """The day's first turns; `again`: the connection was lost, so go on with the open question."""
    state = State(locale, verbosity, rate=rate)
    if again:
        return _spoken(state, (_say(state, "back_again"), Fetch()))
    home = "home_brief" if verbosity == "brief" else "home"
    return _spoken(state, (_say(state, "hello", person=person), _say(state, home)))


def step(state: State, heard: Heard) -> Step:
    """Take what was heard."""
    new, turns = _step(state, heard)
    return _spoken(new, turns)


def listening(state: State, *, command: bool = False) -> Listening:
    """What to listen with when the worker talks. `command`: they hold the key for commands."""
    if state.asking == "skip":
        return Listening(state.locale, tuple(commands.grammar(SKIP_REASONS, state.locale)))
    if state.asking == "sign_out":
        return Listening(state.locale, tuple(commands.grammar(commands.named("yes", "no"), state.locale)))
    inner = state.answering.listening() if state.answering else None
    if inner is not None and inner.phrases is None and not command:
        return inner
    known = commands.grammar(commands.named(*valid(state)), state.locale)
    return Listening(state.locale, tuple(dict.fromkeys((*(inner.phrases or () if inner else ()), *known))))


def valid(state: State) -> tuple[str, ...]:
    """Names of the commands that do something now."""
    inner = state.answering.commands() if state.answering else ()
    return tuple(dict.fromkeys((*inner, *(("skip",) if inner else ()), *EVERYWHERE, *OF_THE_DAY)))


# --- what was heard ---------------------------------------------------------------------------------------------------


def _step(state: State, heard: Heard) -> Step:
    if isinstance(heard, Key):
        return _key(state, heard)
    if isinstance(heard, Trouble):
        return state, (Tone("error"), Say(spoken.say(heard.code, state.locale), state.locale))
    if isinstance(heard, Setting):
        return _set(state, heard)
    if isinstance(heard, Given | NothingLeft | BreakNow | Stored | Returned | Refused):
        return _told(state, heard)
    return _from_the_worker(state, heard)


def _from_the_worker(state: State, heard: Heard) -> Step:
    if state.place == "out":
        return state, (_say(state, "where_out"),)
    if state.asking is not None:
        return _answered(state, heard)
    return _inside(state, heard) or _outside(state, heard)


def _key(state: State, pressed: Key) -> Step:
    if pressed.key.isascii() and pressed.key.isdigit():
        return _step(state, Number(int(pressed.key)))
    command = commands.by_key(pressed.key, COMMANDS)
    return _step(state, Order(command.name, at_ms=pressed.at_ms)) if command else _unclear(state)


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
            return _inside(state, order) or _order(state, order)
        return (_inside(state, Number(number)) if number is not None else None) or _unclear(state)
    return _order(state, heard) if isinstance(heard, Order) else _unclear(state)


def _answered(state: State, heard: Heard) -> Step:
    """The small question in between; anything else leaves it."""
    order = _as_order(state, heard)
    calm = replace(state, asking=None)
    if state.asking == "skip":
        by_number = SKIP_REASONS[heard.value - 1].name if isinstance(heard, Number) and 1 <= heard.value <= 5 else None
        reason = order.name if order and order.name in BY_REASON else by_number
        if reason is not None and state.given is not None:
            return calm, (GiveBack(state.given.assignment, reason),)
    elif order is not None and order.name in ("yes", "sign_out"):
        return replace(calm, place="out", given=None, answering=None), (_say(state, "signed_out"), SignOut())
    if order is not None and order.name in ("help", "repeat"):
        return state, _question_between(state)
    return calm, (_say(state, "go_on"),)


def _as_order(state: State, heard: Heard) -> Order | None:
    if isinstance(heard, Spoken | Typed):
        found = commands.understand(heard.text, (*SKIP_REASONS, *COMMANDS), state.locale)
        return Order(found.command.name, found.rest) if found else None
    return heard if isinstance(heard, Order) else None


# --- commands ---------------------------------------------------------------------------------------------------------


def _order(state: State, order: Order) -> Step:
    action = _ACTIONS.get(order.name)
    return _unclear(state) if action is None else action(state, order)


def _start(state: State, _order: Order) -> Step:
    if state.given is None:
        return state, (Fetch(),)
    return (state, _intro(state)) if state.answering else _skip(state, _order)


def _play(state: State, _order: Order) -> Step:
    clip = state.answering.clip() if state.answering else ()
    return (state, clip) if clip else _unclear(state)


def _skip(state: State, order: Order) -> Step:
    if state.given is None:
        return _unclear(state)
    if state.answering is None:
        return state, (GiveBack(state.given.assignment, "other"),)
    found = commands.understand(order.rest, SKIP_REASONS, state.locale)
    if found is not None:
        return state, (GiveBack(state.given.assignment, found.command.name),)
    asking = replace(state, asking="skip")
    return asking, _question_between(asking)


def _reason(state: State, order: Order) -> Step:
    return (state, (GiveBack(state.given.assignment, order.name),)) if state.given else _unclear(state)


def _dont_know(state: State, _order: Order) -> Step:
    return (state, (Submit(state.given.assignment, None),)) if state.given else _unclear(state)


def _sign_out(state: State, _order: Order) -> Step:
    asking = replace(state, asking="sign_out")
    return asking, _question_between(asking)


def _question_between(state: State) -> Turns:
    if state.asking == "sign_out":
        return (_say(state, "sign_out_sure"),)
    reasons = either([reason.words[state.locale][0] for reason in SKIP_REASONS], state.locale)
    return (_say(state, "skip_why", reasons=reasons),)


def _help(state: State, _order: Order) -> Step:
    inner = state.answering.commands() if state.answering else ("start", "break", "coach", "sign_out")
    return state, (*_commands(state, inner[:MOST_HELPED], "help"), _say(state, "more_how", hint=True))


def _more(state: State, _order: Order) -> Step:
    inner = state.answering.commands()[MOST_HELPED:] if state.answering else ()
    return state, _commands(state, (*inner, *EVERYWHERE, *OF_THE_DAY), "more")


def _commands(state: State, names: tuple[str, ...], sentence: str) -> Turns:
    """Names only for who knows them; with keys and what they do where help is full."""
    found = commands.named(*names)
    if sentence == "more" or state.verbosity == "brief":
        return (_say(state, sentence, words=", ".join(one.words[state.locale][0] for one in found)),)
    return tuple(
        _say(
            state,
            "help_key",
            word=one.words[state.locale][0],
            key=key_name(one.key, state.locale),
            does=one.help[state.locale],
        )
        for one in found
    )


def _where(state: State, _order: Order) -> Step:
    if state.given is not None and state.answering is not None:
        where = Say(state.answering.where(), state.locale, own=True)
        return state, (_say(state, "question", title=state.given.title), where)
    return state, (_say(state, "where_break" if state.place == "break" else "where_home"),)


def _repeat(state: State, _order: Order) -> Step:
    return state, state.last or (_say(state, "nothing_said"),)


def _stop(state: State, _order: Order) -> Step:
    return state, (Hush(),)


def _slower(state: State, order: Order) -> Step:
    """The clip where there is one, else our own voice."""
    sign = -1 if order.name == "slower" else 1
    made = state.answering.slower(sign * CLIP_STEP) if state.answering else None
    if made is not None:
        return replace(state, answering=made), made.clip()
    changed = replace(state, rate=min(FASTEST, max(SLOWEST, state.rate + sign * RATE_STEP)))
    return changed, (_say(state, "speed", rate=changed.rate),)


def _volume(state: State, _order: Order) -> Step:
    return state, (_say(state, "volume"),)


def _break(state: State, _order: Order) -> Step:
    return state, (TakeBreak(),)


def _coach(state: State, _order: Order) -> Step:
    return state, (_say(state, "no_coach"),)


def _not_here(state: State, _order: Order) -> Step:
    return state, (_say(state, "not_here"),)


_ACTIONS: Mapping[str, Callable[[State, Order], Step]] = {
    "start": _start,
    "next": _start,
    "play": _play,
    "skip": _skip,
    **dict.fromkeys(BY_REASON, _reason),
    "dont_know": _dont_know,
    "sign_out": _sign_out,
    "help": _help,
    "more": _more,
    "where_am_i": _where,
    "repeat": _repeat,
    "stop": _stop,
    "slower": _slower,
    "faster": _slower,
    "louder": _volume,
    "softer": _volume,
    "break": _break,
    "coach": _coach,
    **dict.fromkeys(("other_work", "check_in", "my_work", "certificate"), _not_here),
}


# --- what the workbench tells ----------------------------------------------------------------------------------------


def _told(state: State, heard: Any) -> Step:
    if isinstance(heard, Given):
        return _given(state, heard)
    if isinstance(heard, Refused):
        return state, (Tone("error"), Say(heard.message, state.locale))
    free = replace(state, given=None, answering=None, asking=None)
    if isinstance(heard, Stored):
        thanks = "thanks_brief" if state.verbosity == "brief" else "thanks"
        return free, (Tone("accepted"), _say(state, thanks), Fetch())
    if isinstance(heard, Returned):
        return free, (_say(state, "returned"), Fetch())
    if isinstance(heard, NothingLeft):
        return replace(free, place="home"), (_say(state, "nothing"),)
    return replace(free, place="break"), (Tone("block_end"), _break_words(state, heard))


def _break_words(state: State, heard: BreakNow) -> Say:
    if heard.over:
        return _say(state, "day_over")
    return _say(state, "break_until", until=heard.until) if heard.until else _say(state, "break")


def _given(state: State, given: Given) -> Step:
    if given.name is None:
        # never given back by itself: the worker may do it on the page, and a whole project would run through our hands
        waiting = replace(state, place="work", given=given, answering=None, asking=None)
        return waiting, (_say(state, "not_by_voice", reason=given.reason),)
    answering = KINDS[given.name](given.assignment, state.locale, given.data, given.draft)
    working = replace(state, place="work", given=given, answering=answering, asking=None)
    soon = (Tone("block_end"), _say(state, "break_soon")) if given.break_soon else ()
    return working, (*soon, *_intro(working))


def _intro(state: State) -> Turns:
    """The question and its steps by how much the worker wants to hear, then the question's own first turns."""
    assert state.given is not None  # only called while there is one
    assert state.answering is not None
    title = Say(state.given.title, state.locale)
    steps = tuple(Say(line, state.locale) for line in state.given.steps) if state.verbosity == "full" else ()
    return (title, *steps, *state.answering.begin())


def _set(state: State, setting: Setting) -> Step:
    rate = state.rate if setting.rate is None else min(FASTEST, max(SLOWEST, setting.rate))
    return replace(state, verbosity=setting.verbosity or state.verbosity, rate=rate), ()


# --- speaking ---------------------------------------------------------------------------------------------------------


def _unclear(state: State) -> Step:
    return state, (Tone("error"), _say(state, "unclear_brief" if state.verbosity == "brief" else "unclear"))


def _say(state: State, sentence: str, *, hint: bool = False, **values: object) -> Say:
    return Say(words(sentence, state.locale, **values), state.locale, hint=hint)


def _spoken(state: State, turns: Turns) -> Step:
    """Hints only for those who want them; and remember what was said, for "repeat"."""
    heard = tuple(turn for turn in turns if not (isinstance(turn, Say) and turn.hint and state.verbosity == "brief"))
    to_repeat = tuple(turn for turn in heard if not isinstance(turn, _ACTS))
    return (replace(state, last=to_repeat) if any(isinstance(turn, Say) for turn in to_repeat) else state), heard


_ACTS = (Fetch, Submit, GiveBack, TakeBreak, SignOut, Hush, Draft, AskOthers, Write)
