"""What each command does: help, where am I, skip, the coach, a break, signing out …"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from accessibility.dialogues import menus
from accessibility.dialogues.heard import Order
from accessibility.dialogues.menus import Menu
from accessibility.dialogues.naming import key_name
from accessibility.dialogues.state import RATE_STEP, State, Step, intro, tell, unclear
from accessibility.dialogues.turns import Fetch, GiveBack, GoOn, Hush, Look, Say, Submit, TakeBreak, Turns
from accessibility.speech import commands
from accessibility.speech.commands import SKIP_REASONS
from accessibility.voice_preferences import FASTEST, SLOWEST

EVERYWHERE = ("help", "where_am_i", "repeat", "stop", "slower", "faster", "louder", "softer", "more")
OF_THE_DAY = ("start", "break", "coach", "other_work", "check_in", "my_work", "certificate", "sign_out")
BY_REASON = tuple(reason.name for reason in SKIP_REASONS)
CLIP_STEP = 0.15
MOST_HELPED = 4  # commands that help names at once: nobody keeps more in mind


def carry_out(state: State, order: Order) -> Step:
    """A command of the day or of everywhere."""
    action = _ACTIONS.get(order.name)
    return unclear(state) if action is None else action(state, order)


def open_menu(state: State, menu: Menu) -> Step:
    """Ask a small question in between."""
    return replace(state, menu=menu), menu.asked(state.locale)


def _start(state: State, _order: Order) -> Step:
    if state.given is None or state.explained:
        return state, (Fetch(),)
    return (state, intro(state)) if state.answering else _skip(state, _order)


def _play(state: State, _order: Order) -> Step:
    clip = state.answering.clip() if state.answering else ()
    return (state, clip) if clip else unclear(state)


def _skip(state: State, order: Order) -> Step:
    if state.given is None:
        return unclear(state)
    if state.answering is None:
        return state, (GiveBack(state.given.assignment, "other"),)
    found = commands.understand(order.rest, SKIP_REASONS, state.locale)
    if found is not None:
        return state, (GiveBack(state.given.assignment, found.command.name),)
    return open_menu(state, menus.skipping(state.locale))


def _reason(state: State, order: Order) -> Step:
    return (state, (GiveBack(state.given.assignment, order.name),)) if state.given else unclear(state)


def _dont_know(state: State, _order: Order) -> Step:
    return (state, (Submit(state.given.assignment, None),)) if state.given else unclear(state)


def _sign_out(state: State, _order: Order) -> Step:
    return open_menu(state, menus.signing_out(state.locale))


def _help(state: State, _order: Order) -> Step:
    inner = state.answering.commands() if state.answering else _outside(state)
    return state, (*_commands(state, inner[:MOST_HELPED], "help"), tell(state, "more_how", hint=True))


def _outside(state: State) -> tuple[str, ...]:
    """What helps most where no question is being answered."""
    if state.given is not None:
        return ("skip", "break", "coach", "sign_out")  # by voice it cannot be
    return ("start", "undo", "coach", "sign_out") if state.undo else ("start", "break", "coach", "sign_out")


def _more(state: State, _order: Order) -> Step:
    inner = state.answering.commands()[MOST_HELPED:] if state.answering else ()
    return state, _commands(state, (*inner, *EVERYWHERE, *OF_THE_DAY), "more")


def _commands(state: State, names: tuple[str, ...], sentence: str) -> Turns:
    """Names only for who knows them; with keys and what they do where help is full."""
    found = state.named(*names)
    if sentence == "more" or state.verbosity == "brief":
        return (tell(state, sentence, words=", ".join(one.words[state.locale][0] for one in found)),)
    return tuple(
        tell(
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
        return state, (tell(state, "question", title=state.given.title), where)
    if state.place == "break" and state.away:
        return state, (Say(state.away, state.locale),)
    return state, (tell(state, "where_break" if state.place == "break" else "where_home"),)


def _repeat(state: State, _order: Order) -> Step:
    return state, state.last or (tell(state, "nothing_said", passing=True),)


def _stop(state: State, _order: Order) -> Step:
    return state, (Hush(),)


def _slower(state: State, order: Order) -> Step:
    """The clip where there is one, else our own voice."""
    sign = -1 if order.name == "slower" else 1
    made = state.answering.slower(sign * CLIP_STEP) if state.answering else None
    if made is not None:
        return replace(state, answering=made), made.clip()
    changed = replace(state, rate=min(FASTEST, max(SLOWEST, state.rate + sign * RATE_STEP)))
    return changed, (tell(state, "speed", rate=changed.rate, passing=True),)


def _volume(state: State, _order: Order) -> Step:
    return state, (tell(state, "volume", passing=True),)


def _break(state: State, _order: Order) -> Step:
    return state, (TakeBreak(),)


def _undo(state: State, _order: Order) -> Step:
    """A break or the end of the day that was asked for by mistake."""
    return (state, (GoOn(),)) if state.undo else unclear(state)


def _coach(state: State, _order: Order) -> Step:
    return open_menu(state, menus.asking_the_coach(state.locale))


def _check_in(state: State, _order: Order) -> Step:
    first = menus.checking_in(state.locale)
    assert first is not None  # there are questions to ask
    return open_menu(state, first)


def _look(state: State, order: Order) -> Step:
    return state, (Look("certificate" if order.name == "certificate" else "my_work"),)


def _other_work(state: State, _order: Order) -> Step:
    return state, (Look("work"),)


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
    "undo": _undo,
    "coach": _coach,
    "check_in": _check_in,
    "other_work": _other_work,
    **dict.fromkeys(("my_work", "certificate"), _look),
}
