"""Fixing a transcript word by word, without a cursor: one word is in hand, by its number."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accessibility.dialogues.heard import Heard, Number, Order, Spoken, Typed
from accessibility.dialogues.turns import Listening, Locale, Say, Tone, Turns
from accessibility.dialogues.words import counted, numbered, spoken, words
from accessibility.speech import commands, fixing
from accessibility.speech.errors import NoSuchWord
from accessibility.speech.fixing import Words, text_of
from accessibility.speech.numbers import heard_number, number_phrases
from accessibility.speech.spelling import spelled, spelling_phrases
from accessibility.speech.terms import doubted

COMMANDS = ("again", "spell", "choose", "insert", "delete", "word", "undo", "next", "back", "hear_back", "submit")


@dataclass(frozen=True)
class Fixing:
    """
    Args:
        locale: the worker's language.
        language: the language of what was said.
        number: the word in hand, from 1.
        mode: what the next utterance is for.
        taught: (what was heard, the name that was meant), for the project's list of names.
    """

    locale: Locale
    language: Locale
    words: Words
    number: int
    mode: str = "command"  # command, respeak, insert, spell, choose
    taught: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def begin(locale: Locale, language: Locale, given: Words, number: int | None = None) -> tuple[Fixing, Turns]:
        """The word of this number, else the least sure one, else the first."""
        first = number or next(iter(fixing.unsure(given)), 1)
        made = Fixing(locale, language, given, first)
        return made, (*made._word(), Say(words("word_then", locale), locale, hint=True))

    def step(self, heard: Heard) -> tuple[Fixing, Turns] | None:
        """Take what was heard; None: not about fixing."""
        if isinstance(heard, Order):
            return self._order(heard)
        if isinstance(heard, Number):
            return self._choose(heard.value) if self.mode == "choose" else self._go(heard.value)
        if isinstance(heard, Typed):
            return self._said(heard.text)
        if isinstance(heard, Spoken) and (heard.dictated or self.mode == "spell"):
            return self._said(heard.text)
        return None

    def listening(self) -> Listening:
        """A word freely, letters, or a command with numbers."""
        if self.mode in ("respeak", "insert"):
            return Listening(self.language)
        if self.mode == "spell":
            return Listening(self.locale, tuple(spelling_phrases(self.locale)))
        orders = commands.grammar(commands.named(*COMMANDS), self.locale)
        most = max(len(self.words), 1)
        counted = [f"{word} {n}" for word in self._word_words() for n in number_phrases(most, self.locale)]
        return Listening(self.locale, (*orders, *counted, *number_phrases(most, self.locale)))

    def _word_words(self) -> tuple[str, ...]:
        return commands.named("word")[0].words[self.locale]

    def _order(self, order: Order) -> tuple[Fixing, Turns] | None:
        modes = {"again": ("respeak", "say_word"), "spell": ("spell", "spell_word"), "insert": ("insert", "say_new")}
        if order.name in modes:
            mode, sentence = modes[order.name]
            return replace(self, mode=mode), (Say(words(sentence, self.locale, number=self.number), self.locale),)
        if order.name == "choose":
            number = heard_number(order.rest, self.locale)
            return self._choose(number) if number else self._choices()
        if order.name == "delete":
            return self._deleted()
        if order.name == "word":
            return self._go(heard_number(order.rest, self.locale) or 0)
        if order.name in ("next", "back"):
            return self._go(self.number + (1 if order.name == "next" else -1))
        return None

    def _go(self, number: int) -> tuple[Fixing, Turns]:
        if not 1 <= number <= len(self.words):
            return self, self._no_such()
        made = replace(self, number=number, mode="command")
        return made, made._word()

    def _said(self, text: str) -> tuple[Fixing, Turns] | None:
        """What was said or typed, for what the mode is for."""
        if self.mode == "spell":
            result = spelled(text, self.locale)
            # typed letter by letter or as a whole: both are meant as the word
            if result.unknown and commands.understand(text, commands.COMMANDS, self.locale):
                return None  # "help" while spelling is no word to put there
            written = result.text if not result.unknown else (text if " " not in text.strip() else "")
            if not written.strip():
                return self, (Tone("error"), Say(words("no_letters", self.locale), self.locale))
            return self._teaching(1, written)._with(fixing.replace(self.words, self.number, written))
        if self.mode == "insert":
            return self._with(fixing.insert_after(self.words, self.number, text), self.number + 1)
        number = heard_number(text, self.locale) if self.mode == "command" else None
        if number is not None:
            return self._go(number)
        learner = self._teaching(1, text) if _is_name(text) else self
        return learner._with(fixing.replace(self.words, self.number, text))

    def _teaching(self, takes: int, wanted: str) -> Fixing:
        """Remember what was heard for a name; only where the recogniser doubted, so that no common word is rewritten."""
        stretch = self.words[self.number - 1 : self.number - 1 + takes]
        if not doubted(stretch):
            return self
        return replace(self, taught=(*self.taught, (text_of(stretch), wanted)))

    def _deleted(self) -> tuple[Fixing, Turns]:
        gone = self.words[self.number - 1].text
        made, turns = self._with(fixing.delete(self.words, self.number), min(self.number, len(self.words) - 1))
        return made, (Say(words("deleted", self.locale, word=gone), self.locale, own=True), *turns)

    def _choices(self) -> tuple[Fixing, Turns]:
        found = [choice.text for choice in self.words[self.number - 1].choices]
        if not found:
            return self, (Say(words("no_choices", self.locale), self.locale),)
        text = words("choices", self.locale, list=numbered(found, self.locale))
        return replace(self, mode="choose"), (Say(text, self.locale, own=True),)

    def _choose(self, choice: int) -> tuple[Fixing, Turns]:
        try:
            new = fixing.choose(self.words, self.number, choice)
        except NoSuchWord:
            return self, self._no_such()
        taken = self.words[self.number - 1].choices[choice - 1]
        return (self._teaching(taken.takes, taken.text) if _is_name(taken.text) else self)._with(new)

    def _with(self, new: Words, number: int | None = None) -> tuple[Fixing, Turns]:
        made = replace(self, words=new, number=max(1, number or self.number), mode="command")
        return made, read_back(new, self.locale, self.language, "you_typed")

    def _word(self) -> Turns:
        word = self.words[self.number - 1].text
        return (Say(words("word_is", self.locale, number=spoken(self.number, self.locale), word=word), self.locale, own=True),)

    def _no_such(self) -> Turns:
        return (Tone("error"), Say(counted("word_is_not", self.locale, len(self.words), aloud=True), self.locale))


def read_back(given: Words, locale: Locale, language: Locale, before: str) -> Turns:
    """What there is, with a tone before each stretch that was not well understood."""
    turns: list[Say | Tone] = [Say(words(before, locale), locale)]
    for text, doubtful in fixing.read_back(given):
        turns += [Tone("word_unsure")] if doubtful else []
        turns.append(Say(text, language, own=True))
    return tuple(turns)


def _is_name(text: str) -> bool:
    """Written as names are: a capital or a figure somewhere."""
    return any(sign.isupper() or sign.isdigit() for sign in text)
