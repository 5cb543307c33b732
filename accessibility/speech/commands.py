"""
What a worker can say or press, in both languages.

Every command has a key and a word. A bare key works in the terminal and while the voice control has the focus; the
chord works anywhere on a page, so that a screen reader keeps its own bare letters (WCAG 2.1.4). Both can be changed
by the person: `with_keys`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from accessibility.sentences import sentence
from accessibility.speech.numbers import number_phrases

CHORD = "Alt+Shift+"


@dataclass(frozen=True)
class Command:
    """
    One thing a worker can ask for.

    Args:
        name: stored and sent; never translated.
        key: as the browser's `KeyboardEvent.key` says it.
        words: per language, the phrase that help teaches first, then others that also work.
        help: per language, what it does, in a few plain words.
    """

    name: str
    key: str
    words: Mapping[str, tuple[str, ...]]
    help: Mapping[str, str]

    @property
    def chord(self) -> str:
        """The key anywhere on a page."""
        return CHORD + (self.key.upper() if len(self.key) == 1 else self.key)


@dataclass(frozen=True)
class Understood:
    """A command and what was said after it: "skip no speech" is skip, with the rest "no speech"."""

    command: Command
    rest: str


def _command(name: str, key: str, nl: tuple[str, ...], en: tuple[str, ...], *helps: str) -> Command:
    return Command(name, key, {"nl": nl, "en": en}, dict(zip(("nl", "en"), helps, strict=True)))


COMMANDS: tuple[Command, ...] = (
    # hearing and answering
    _command("play", "p", ("afspelen",), ("play",), "Hoor het stukje.", "Hear the clip."),
    _command("slower", "l", ("langzamer",), ("slower",), "Hoor het langzamer.", "Hear it slower."),
    _command("faster", "f", ("sneller",), ("faster",), "Hoor het sneller.", "Hear it faster."),
    _command("louder", "ArrowUp", ("harder",), ("louder",), "Het geluid harder.", "Sound louder."),
    _command("softer", "ArrowDown", ("zachter",), ("softer",), "Het geluid zachter.", "Sound softer."),
    _command("speak", " ", ("spreek", "praten"), ("speak", "talk"), "Houd ingedrukt en praat.", "Hold it and talk."),
    _command("type", "t", ("typen",), ("type",), "Typ je antwoord.", "Type your answer."),
    _command("hear_back", "b", ("hoor terug",), ("hear back",), "Hoor wat ik verstond.", "Hear what I understood."),
    _command("again", "a", ("opnieuw",), ("again",), "Zeg alles opnieuw.", "Say it all again."),
    _command("submit", "Enter", ("verzenden",), ("submit",), "Stuur je antwoord.", "Send your answer."),
    _command("skip", "k", ("overslaan",), ("skip",), "Sla dit over.", "Skip this one."),
    _command("dont_know", "d", ("weet ik niet",), ("i don't know",), "Je weet het niet.", "You do not know."),
    _command("yes", "+", ("ja",), ("yes",), "Ja.", "Yes."),
    _command("no", "-", ("nee",), ("no",), "Nee.", "No."),
    _command("now", "m", ("nu",), ("now",), "Hier begint het.", "Here it begins."),
    _command("now_over", ".", ("einde",), ("end",), "Hier is het klaar.", "Here it ends."),
    # fixing
    _command("fix", "x", ("verbeter",), ("fix",), "Maak een woord goed.", "Fix a word."),
    _command("word", "#", ("woord",), ("word",), "Kies een woord, met een nummer.", "Choose a word, by number."),
    _command("choose", "=", ("kies",), ("choose",), "Kies een ander woord, met een nummer.", "Pick another word."),
    _command("insert", "Insert", ("invoegen",), ("insert",), "Zet er een woord bij.", "Put in a word."),
    _command("delete", "Delete", ("verwijder",), ("delete",), "Haal het woord weg.", "Take the word out."),
    _command("spell", "e", ("spellen",), ("spell",), "Spel het woord.", "Spell the word."),
    _command("undo", "u", ("annuleer",), ("undo",), "Ga één stap terug.", "One step back."),
    # everywhere
    _command("help", "h", ("help",), ("help",), "Wat kan ik zeggen?", "What can I say?"),
    _command("where_am_i", "w", ("waar ben ik",), ("where am i",), "Waar ben ik nu?", "Where am I now?"),
    _command("repeat", "r", ("herhaal",), ("repeat",), "Zeg dat nog een keer.", "Say that again."),
    _command("stop", "Escape", ("stop",), ("stop",), "Stop met praten.", "Stop talking."),
    _command("next", "n", ("volgende",), ("next",), "Ga verder.", "Go on."),
    _command("back", "v", ("terug", "vorige"), ("back", "previous"), "Ga terug.", "Go back."),
    _command("more", "o", ("meer",), ("more",), "Wat kan ik nog meer?", "What else can I do?"),
    # the day
    _command("start", "s", ("start",), ("start",), "Begin met werken.", "Start work."),
    _command("break", "z", ("pauze",), ("break", "pause"), "Neem pauze.", "Take a break."),
    _command("coach", "c", ("begeleider", "coach"), ("coach",), "Vraag om je begeleider.", "Ask for your coach."),
    _command("other_work", "y", ("ander werk",), ("other work",), "Vraag om ander werk.", "Ask for other work."),
    _command("check_in", "j", ("hoe gaat het",), ("how is it",), "Zeg hoe het werk gaat.", "Say how work is going."),
    _command("my_work", "i", ("mijn werk",), ("my work",), "Hoor hoeveel je deed.", "Hear what you did."),
    _command("certificate", "g", ("certificaat",), ("certificate",), "Hoor je certificaat.", "Hear your certificate."),
    _command("sign_out", "q", ("afmelden",), ("sign out",), "Stop voor vandaag.", "Stop for today."),
)

# Why a microtask is given back: the names are those of the HTTP contract.
SKIP_REASONS: tuple[Command, ...] = (
    _command("cannot_hear", "1", ("niet te horen",), ("cannot hear",), "Je kunt het niet horen.", "You cannot hear it."),
    _command("no_speech", "2", ("geen spraak",), ("no speech",), "Niemand praat.", "Nobody speaks."),
    _command("other_language", "3", ("andere taal",), ("other language",), "Een andere taal.", "Another language."),
    _command("not_for_me", "4", ("niet voor mij",), ("not for me",), "Dit is niets voor jou.", "This is not for you."),
    _command("later", "5", ("later",), ("later",), "Je doet het later.", "You do it later."),
)


def named(*names: str) -> tuple[Command, ...]:
    """
    The commands of these names, in this order: what a turn of a dialogue takes.

    Raises:
        KeyError: no command of that name.
    """
    known = {command.name: command for command in (*COMMANDS, *SKIP_REASONS)}
    return tuple(known[name] for name in names)


def grammar(commands: Iterable[Command], language: str, *, numbers_to: int = 0) -> list[str]:
    """
    The phrases to listen for, as `Recogniser.open(grammar=…)` takes them.

    Args:
        numbers_to: also the numbers from zero to this one (at most 99), for "word seven".
    """
    phrases = [phrase for command in commands for phrase in command.words[language]]
    return list(dict.fromkeys(phrases + (number_phrases(numbers_to, language) if numbers_to else [])))


def understand(text: str, commands: Iterable[Command], language: str) -> Understood | None:
    """The command that this begins with, the longest where several fit; None where none does."""
    said = text.lower().split()
    fits = [
        (len(phrase.split()), command)
        for command in commands
        for phrase in command.words[language]
        if said[: len(phrase.split())] == phrase.split()
    ]
    if not fits:
        return None
    length, command = max(fits, key=lambda fit: fit[0])
    return Understood(command, " ".join(said[length:]))


def by_key(key: str, commands: Iterable[Command]) -> Command | None:
    """The command on this key."""
    return next((command for command in commands if command.key.lower() == key.lower()), None)


def with_keys(commands: Iterable[Command], keys: Mapping[str, str]) -> tuple[Command, ...]:
    """
    The commands with a person's own keys.

    Args:
        keys: command name → key.

    Raises:
        ValueError: two commands on one key.
    """
    changed = tuple(replace(command, key=keys.get(command.name, command.key)) for command in commands)
    taken: dict[str, str] = {}
    for command in changed:
        if (other := taken.setdefault(command.key.lower(), command.name)) != command.name:
            raise ValueError(
                sentence(
                    '"{name}" and "{other}" are both on the key "{key}". Choose another key.',
                    name=command.name,
                    other=other,
                    key=command.key,
                )
            )
    return changed
