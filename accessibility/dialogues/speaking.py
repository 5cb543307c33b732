"""
Saying again what a recording says, or what one hears in it: the BSpeak loop.

Hear the clip, say it again, hear what was understood; then submit, say it again, fix a word, or skip.
Source: Vashistha, Sethi & Anderson 2018, doi:10.1145/3173574.3173631
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from accessibility.dialogues.fixing import COMMANDS as FIXING
from accessibility.dialogues.fixing import Fixing, read_back
from accessibility.dialogues.heard import Heard, Number, Order, Others, Spoken, Typed
from accessibility.dialogues.subject import Subject
from accessibility.dialogues.turns import AskOthers, Draft, Json, Learn, Listening, Locale, Say, Submit, Tone, Turns, Write
from accessibility.dialogues.words import counted, spoken, words
from accessibility.speech import commands
from accessibility.speech.fixing import Words, text_of, with_choices
from accessibility.speech.heard import Word
from accessibility.speech.numbers import number_phrases
from accessibility.speech.terms import Term, apply_terms

SPEAK = ("speak", "play", "type", "skip", "dont_know", "no")
PARTS = ("next", "back")  # where a clip is heard in parts
CHECK = ("submit", "again", "fix", "hear_back", "play", "skip", "type", "undo", "dont_know")
MOST_STEPS_BACK = 30


@dataclass(frozen=True)
class Speaking:
    """
    One piece to say again.

    Args:
        language: of the recording.
        exact: word by word; else in the worker's own words.
        no_speech: "nobody speaks" is an answer.
        terms: names of the programme, offered first when fixing.
        before: earlier versions, the last one last.
        fixing: the word in hand, while one is fixed.
        speaking: the next utterance is the answer.
        nobody: the answer is that nobody speaks.
        parts: (start, end) of the parts that this worker hears one at a time, ms of the original; none: all at once.
        said: the words of the parts before this one. The answer is one text over all of them.
        asked: the last utterance is not, or not any more, where other readings of these words come from.
    """

    assignment: str
    locale: Locale
    language: Locale
    subject: Subject
    exact: bool = True
    no_speech: bool = False
    terms: tuple[Term, ...] = ()
    words: Words = ()
    before: tuple[Words, ...] = ()
    fixing: Fixing | None = None
    speaking: bool = True
    nobody: bool = False
    taught: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    said: tuple[Words, ...] = ()
    asked: bool = False

    @staticmethod
    def of(assignment: str, locale: Locale, data: Mapping[str, Json], draft: Mapping[str, Json] | None) -> Speaking:
        """From a dialogue's data, with what was there before."""
        exact = bool(data.get("exact", True))  # what is told in one's own words is about the whole
        parts = tuple((start, end) for start, end in (data.get("subject") or {}).get("parts", ())) if exact else ()
        text = str((draft or {}).get("text") or "")
        lines = text.split("\n") if parts and text.count("\n") == len(parts) - 1 else [text]
        if parts and text and len(lines) == 1:
            parts = ()  # written elsewhere, nobody knows which part is where: the whole, as it stands
        at = max((number for number, line in enumerate(lines) if line), default=0)
        kept = _plain(lines[at])
        return Speaking(
            assignment,
            locale,
            data["language"],
            Subject.of(data),
            exact=exact,
            no_speech=bool(data.get("no_speech", False)),
            terms=tuple(_term(given) for given in data.get("terms", ())),
            words=kept,
            speaking=not kept,
            parts=parts,
            said=tuple(_plain(line) for line in lines[:at]),
        )

    def begin(self) -> Turns:
        """How it goes, and the clip."""
        if self.words:
            return (Say(words("draft_here", self.locale), self.locale), *self.clip(), *self._check("you_typed"))
        nobody = (self._hint("nobody_how"),) if self.no_speech else ()
        return (self._hint(self._how("say")), *nobody, *self.clip())

    def clip(self) -> Turns:
        """The recording, or the part of it that is in hand."""
        if not self.parts:
            return self.subject.turns(self.locale)
        return (self._which(), *self.subject.only(*self.parts[len(self.said)]).turns(self.locale))

    def slower(self, by: float) -> Speaking | None:
        """At another speed."""
        return replace(self, subject=self.subject.at(by)) if self.subject.plays else None

    def step(self, heard: Heard) -> tuple[Speaking, Turns] | None:
        """Take what was heard."""
        if isinstance(heard, Others):
            return self._offered(heard), ()
        if self.fixing is not None and (found := self.fixing.step(heard)) is not None:
            return self._fixed(*found)
        if isinstance(heard, Spoken):
            return self._answered(heard.words or _plain(heard.text), "i_heard") if heard.dictated and self.speaking else None
        if isinstance(heard, Typed):
            return self._answered(_plain(heard.text), "you_typed")
        if isinstance(heard, Number):
            return self._fix(heard.value) if not self.speaking else None
        return self._order(heard) if isinstance(heard, Order) else None

    def listening(self) -> Listening:
        """Freely while the answer is wanted, else for commands."""
        if self.fixing is not None:
            return self.fixing.listening()
        if self.speaking:
            return Listening(self.language)
        numbers = number_phrases(len(self.words), self.locale)
        return Listening(self.locale, (*commands.grammar(commands.named(*self.commands()), self.locale), *numbers))

    def commands(self) -> tuple[str, ...]:
        """What can be said here."""
        if self.fixing is not None:
            return FIXING
        found = SPEAK if self.speaking else CHECK
        return (*found, *PARTS) if self.parts else found

    def where(self) -> str:
        """The stage."""
        if self.fixing is not None:
            numbers = {"number": spoken(self.fixing.number, self.locale), "count": spoken(len(self.words), self.locale)}
            return words("where_fix", self.locale, **numbers)
        which = f"{self._which().text} " if self.parts else ""
        stage = words("where_check", self.locale, text=text_of(self.words))
        return which + (words(self._how("where"), self.locale) if self.speaking else stage)

    def draft(self) -> Mapping[str, Json] | None:
        """The text so far; a line for each part, so that one can go on where one was."""
        lines = [text_of(each) for each in (*self.said, self.words)]
        return {"text": "\n".join([*lines, *[""] * (len(self.parts) - len(lines))])} if any(lines) else None

    def shown(self) -> Mapping[str, Json]:
        """The text so far."""
        return {"text": text_of(self.words), "options": []}

    # --- commands --------------------------------------------------------------------------------------------------------

    def _order(self, order: Order) -> tuple[Speaking, Turns] | None:
        actions: dict[str, Callable[[], tuple[Speaking, Turns]]] = {
            "again": self._again,
            "type": lambda: (self, (self._hint("type_here"), Write(text_of(self.words)))),
            "submit": self._submit,
            "hear_back": lambda: (replace(self, fixing=None), self._check("i_heard")),
            "undo": self._undo,
            "fix": lambda: self._fix(None),
            **({"next": self._next, "back": self._back} if self.parts else {}),
        }
        # In one part of a clip there may be silence, also where there is none in the whole.
        if order.name == "no" and (self.no_speech or self.parts) and (self.speaking or not self.words):
            return self._nobody(order.said)
        if order.name == "next" and order.said and not self.words and not self.nobody:
            return None  # there is nothing yet to go on from: it is what was said
        action = actions.get(order.name)
        return action() if action else None

    def _again(self) -> tuple[Speaking, Turns]:
        made = replace(self, speaking=True, nobody=False, fixing=None)
        return made, (Say(words(self._how("again"), self.locale), self.locale),)

    def _nobody(self, said: str = "") -> tuple[Speaking, Turns]:
        """`said`: the word itself, where it may be what was said in the clip: undo brings it."""
        before = (*self._kept(), _plain(said)) if said else self._kept()
        made = replace(self, nobody=True, speaking=False, words=(), before=before, fixing=None)
        sentence = words("nobody_or_word", self.locale, word=said) if said else words("nobody", self.locale)
        return made, (Say(sentence, self.locale, own=bool(said)),)

    def _submit(self) -> tuple[Speaking, Turns]:
        if self._has_more:
            return self._next()
        text = self._text
        if (not self.words and not self.nobody) or not (text or self.no_speech):
            return self, self._empty()
        raw = {"text": text} if text else {"text": "", "no_speech": "1"}
        return self, (*self._learnt(), Submit(self.assignment, raw))

    def _empty(self) -> Turns:
        return (Tone("error"), Say(words("empty_yet", self.locale), self.locale))

    @property
    def _text(self) -> str:
        """The answer: what was said in all parts."""
        return " ".join(text for each in (*self.said, self.words) if (text := text_of(each)))

    @property
    def _has_more(self) -> bool:
        return len(self.said) + 1 < len(self.parts)

    def _which(self) -> Say:
        numbers = {"number": spoken(len(self.said) + 1, self.locale), "count": spoken(len(self.parts), self.locale)}
        return Say(words("part", self.locale, **numbers), self.locale)

    def _next(self) -> tuple[Speaking, Turns]:
        """On to the part that follows; what was said of this one stays."""
        if not self.words and not self.nobody:
            return self, self._empty()
        if not self._has_more:
            return self, (Say(words("part_last", self.locale), self.locale),)
        made = replace(self, said=(*self.said, self.words), words=(), before=(), nobody=False, speaking=True, fixing=None)
        return made, (*made._draft(), *made.clip())

    def _back(self) -> tuple[Speaking, Turns]:
        """To the part before, with what was said of it; this part is said again after that."""
        if not self.said:
            return self, (Say(words("part_first", self.locale), self.locale),)
        made = replace(self, said=self.said[:-1], words=self.said[-1], before=(), nobody=False, fixing=None)
        made = replace(made, speaking=not made.words, asked=True)
        return made, (*made._draft(), *made.clip(), *(made._check("you_typed") if made.words else ()))

    def _learnt(self) -> Turns:
        """Names that were taught, as far as they are still there."""
        text = f" {self._text} "
        return tuple(Learn(self.assignment, heard, wanted) for heard, wanted in self.taught if f" {wanted} " in text)

    def _fix(self, number: int | None) -> tuple[Speaking, Turns]:
        if not self.words or not 1 <= (number or 1) <= len(self.words):
            count = len(self.words)
            sentence = counted("word_is_not", self.locale, count, aloud=True) if count else words("empty_yet", self.locale)
            return self, (Tone("error"), Say(sentence, self.locale))
        made, turns = Fixing.begin(self.locale, self.language, self.words, number)
        # listening once more costs time, so only who fixes something pays for it
        heard = not self.asked and any(word.confidence is not None for word in self.words)
        return replace(self, fixing=made, asked=self.asked or heard), (*([AskOthers()] if heard else []), *turns)

    def _undo(self) -> tuple[Speaking, Turns]:
        if not self.before:
            return self, (Say(words("nothing_undone", self.locale), self.locale),)
        made = replace(self, words=self.before[-1], before=self.before[:-1], fixing=None, nobody=False)
        made = replace(made, speaking=not made.words, asked=True)
        return made, (Say(words("undone", self.locale), self.locale), *made._check("you_typed"), *made._draft())

    # --- words -----------------------------------------------------------------------------------------------------------

    def _answered(self, given: Words, before: str) -> tuple[Speaking, Turns] | None:
        if not given:
            return None
        known = apply_terms(given, self.terms) if self.terms and before == "i_heard" else given
        made = replace(self, words=known, before=self._kept(), speaking=False, nobody=False, fixing=None, asked=False)
        return made, (*made._check(before), *made._draft())

    def _fixed(self, fixing: Fixing, turns: Turns) -> tuple[Speaking, Turns]:
        if fixing.words == self.words:
            return replace(self, fixing=fixing), turns
        taught = (*self.taught, *(each for each in fixing.taught if each not in self.taught))
        made = replace(self, words=fixing.words, before=self._kept(), fixing=fixing if fixing.words else None, taught=taught)
        made = replace(made, speaking=not made.words, asked=True)
        return made, (*turns, *made._draft())

    def _offered(self, others: Others) -> Speaking:
        found = with_choices(self.words, others.readings)
        found = apply_terms(found, self.terms) if self.terms else found
        fixing = replace(self.fixing, words=found) if self.fixing else None
        return replace(self, words=found, fixing=fixing)

    def _check(self, before: str) -> Turns:
        if self.nobody:
            return (Say(words("nobody", self.locale), self.locale),)
        if not self.words:
            return (Say(words("empty_yet", self.locale), self.locale),)
        return (*read_back(self.words, self.locale, self.language, before), self._hint("then_part" if self._has_more else "then"))

    def _kept(self) -> tuple[Words, ...]:
        return (*self.before, self.words)[-MOST_STEPS_BACK:]

    def _draft(self) -> Turns:
        return (Draft(self.assignment, self.draft() or {"text": ""}),)

    def _how(self, about: str) -> str:
        """Whether to say it after the clip, in one's own words, or how a subtitle should be."""
        return f"{about}_{'better' if self.subject.cue else 'after' if self.exact else 'what'}"

    def _hint(self, name: str) -> Say:
        return Say(words(name, self.locale), self.locale, hint=True)


def _term(given: Json) -> Term:
    """A name of the project's list; with what it was heard as before, where somebody taught that."""
    return Term(given) if isinstance(given, str) else Term(given["text"], tuple(given.get("heard_as", ())))


def _plain(text: str) -> Words:
    return tuple(Word(word) for word in text.split())
