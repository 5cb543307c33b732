"""A small question in between: why skip, sign out or not, what to ask the coach, how work is going, which work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accessibility.dialogues.aloud import sayable
from accessibility.dialogues.heard import Heard, Number, Order, Spoken, Typed
from accessibility.dialogues.turns import Listening, Locale, Say, Turns
from accessibility.dialogues.words import either, numbered, words
from accessibility.speech import commands
from accessibility.speech.commands import SKIP_REASONS
from accessibility.speech.numbers import heard_number, number_phrases

AROUND = ("no", "next", "help", "repeat")  # what is listened for besides the answers themselves


@dataclass(frozen=True)
class Choice:
    """
    One answer.

    Args:
        value: what is stored or sent.
        phrases: in lower case, how it can be said; the first one is read out.
    """

    value: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Menu:
    """
    Args:
        name: what it is about.
        sentence: of `words`, with {list} where the answers are read out.
        choices: the answers, in order: they can be chosen by number too.
        before: what was chosen in the menus before this one.
        by_number: read the answers with their numbers; else as words with commas.
        free: anything may be said; it is taken as it is.
    """

    name: str
    sentence: str
    choices: tuple[Choice, ...]
    before: tuple[str, ...] = ()
    by_number: bool = True
    free: bool = False

    def asked(self, locale: Locale) -> Turns:
        """The question with its answers."""
        texts = [choice.phrases[0] for choice in self.choices]
        listed = numbered(texts, locale) if self.by_number else either(texts, locale)
        return (Say(words(self.sentence, locale, list=listed), locale),)

    def listening(self, locale: Locale) -> Listening:
        """The answers, their numbers, and the way out; or anything."""
        if self.free:
            return Listening(locale)
        phrases = [phrase for choice in self.choices for phrase in choice.phrases]
        around = commands.grammar(commands.named(*AROUND), locale)
        numbers = number_phrases(len(self.choices), locale) if self.by_number else []
        return Listening(locale, tuple(dict.fromkeys((*phrases, *numbers, *around))))

    def chosen(self, heard: Heard, locale: Locale) -> str | None:
        """The value of what was said, typed or pressed; None: it is not one of these."""
        if isinstance(heard, Order):
            return heard.name if heard.name in self._values() else None
        if self.free:
            return heard.text if isinstance(heard, Typed) or (isinstance(heard, Spoken) and heard.dictated) else None
        if isinstance(heard, Spoken | Typed):
            said = " ".join(heard.text.lower().rstrip(".").split())
            if (found := self._said(said)) is not None:
                return found
        return self._numbered(self.number(heard, locale))

    def number(self, heard: Heard, locale: Locale) -> int | None:
        """The number that was said, typed or pressed, be it one of these or not."""
        if self.free or not isinstance(heard, Spoken | Typed | Number):
            return None
        return heard.value if isinstance(heard, Number) else heard_number(heard.text.rstrip("."), locale)

    def _said(self, said: str) -> str | None:
        return next((choice.value for choice in self.choices if said in choice.phrases), None)

    def _numbered(self, number: int | None) -> str | None:
        return self.choices[number - 1].value if number and 1 <= number <= len(self.choices) else None

    def _values(self) -> tuple[str, ...]:
        return tuple(choice.value for choice in self.choices)


def skipping(locale: Locale) -> Menu:
    """Why a question is given back."""
    reasons = tuple(Choice(reason.name, reason.words[locale]) for reason in SKIP_REASONS)
    return Menu("skip", "skip_why", reasons, by_number=False)


def signing_out(locale: Locale) -> Menu:
    """Really?"""
    answers = tuple(Choice(one.name, one.words[locale]) for one in commands.named("yes", "no"))
    return Menu("sign_out", "sign_out_sure", answers, by_number=False)


def asking_the_coach(locale: Locale) -> Menu:
    """What a worker may ask the coach for."""
    return Menu("coach", "coach_what", _choices(REQUESTS, locale))


def checking_in(locale: Locale, before: tuple[str, ...] = ()) -> Menu | None:
    """The next of the short questions about the work; None: all were asked."""
    if len(before) == len(CHECK_IN):
        return None
    name, choices = CHECK_IN[len(before)]
    return Menu("check_in", f"check_in_{name}", _choices(choices, locale), before)


def wishing() -> Menu:
    """What somebody would like to learn, in their own words."""
    return Menu("wish", "wish_what", (), free=True)


def choosing_work(kinds: Sequence[tuple[str, str]], locale: Locale) -> Menu:
    """Which work to do; `kinds`: (value, title)."""
    titles = ((value, title.lower(), sayable(title, locale)) for value, title in kinds)
    return Menu("work", "work_which", tuple(Choice(value, tuple(dict.fromkeys(filter(None, said)))) for value, *said in titles))


Texts = Mapping[str, Mapping[str, tuple[str, ...]]]

REQUESTS: Texts = {
    "talk": {"nl": ("praten",), "en": ("talk",)},
    "other_work": {"nl": ("ander werk",), "en": ("other work",)},
    "longer_break": {"nl": ("langere pauze", "langer pauze"), "en": ("a longer break", "longer break")},
    "stop_today": {"nl": ("stoppen voor vandaag", "stoppen"), "en": ("stop for today", "stop today")},
    "wish": {"nl": ("iets leren", "leren"), "en": ("learn something", "learn")},
}
# The questions of a check-in, in order: about the work, never about the body. "next" leaves one out.
CHECK_IN: tuple[tuple[str, Texts], ...] = (
    (
        "pace",
        {
            "too_fast": {"nl": ("te snel",), "en": ("too fast",)},
            "fine": {"nl": ("goed",), "en": ("fine", "good")},
            "too_slow": {"nl": ("te langzaam",), "en": ("too slow",)},
        },
    ),
    (
        "difficulty",
        {
            "too_easy": {"nl": ("te makkelijk",), "en": ("too easy",)},
            "fine": {"nl": ("goed",), "en": ("fine", "good")},
            "too_hard": {"nl": ("te moeilijk",), "en": ("too hard",)},
        },
    ),
    (
        "work",
        {
            "more": {"nl": ("meer hiervan", "meer"), "en": ("more of this", "more")},
            "fine": {"nl": ("goed",), "en": ("fine", "good")},
            "other": {"nl": ("ander werk",), "en": ("other work",)},
        },
    ),
    ("share", {"yes": {"nl": ("ja",), "en": ("yes",)}, "no": {"nl": ("nee",), "en": ("no",)}}),
)


def _choices(texts: Texts, locale: Locale) -> tuple[Choice, ...]:
    return tuple(Choice(value, phrases[locale]) for value, phrases in texts.items())
