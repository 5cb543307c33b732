"""Help and complaints of the command line itself, in the language of the terminal.

Typer writes both in English, of which much stands nowhere but in Typer. So help is said anew while it is written: each text
by the catalogue, and Typer's own by patterns of them. Nothing is read or loaded before somebody asks for help.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from accessibility.sentences import noted
from workbench.commands.telling import filled, in_words, locale

EXAMPLE = "Example: "
# What Typer says around our own texts.
OWN = (
    noted("Usage"),
    noted("Arguments"),
    noted("Options"),
    noted("Commands"),
    noted("Show this message and exit."),
    noted("[OPTIONS]"),
    noted("COMMAND [ARGS]..."),
    noted("required"),
    noted("default: {value}"),
    noted("env var: {name}"),
)
COMPLAINTS = (
    noted("Missing command."),
    noted("Missing option {name}. Choose from: {choices}"),
    noted("Missing option {name}."),
    noted("Missing argument {name}. Choose from: {choices}"),
    noted("Missing argument {name}."),
    noted("No such command {name}. Did you mean {others}?"),
    noted("No such command {name}."),
    noted("No such option: {name} (Possible options: {others})"),
    noted("No such option: {name} Did you mean {others}?"),
    noted("No such option: {name}"),
    noted("Option {name} does not take a value."),
    noted("Option {name} requires an argument."),
    noted("Option {name} requires {count} arguments."),
    noted("Got unexpected extra argument(s) ({values})"),
    noted("Got unexpected extra argument ({values})"),
    noted("Got unexpected extra arguments ({values})"),
    noted("Invalid value for {name}: Value error, {value} is not one of {choices}."),
    noted("Invalid value for {name}: {value} is not one of {choices}."),
    noted("Invalid value for {name}: Input should be a valid integer, unable to parse string as an integer"),
    noted("Invalid value for {name}: Input should be a valid number, unable to parse string as a number"),
    noted("Invalid value for {name}: Input should be less than or equal to {most}"),
    noted("Invalid value for {name}: Input should be greater than or equal to {least}"),
    noted("Invalid value for {name}: {reason}"),
)


def prepared(command: Any) -> Any:
    """The same command, whose help and whose commands' help comes in the language of who asks for it."""
    for _, each in named(command):
        each.context_class = _context_class(each.context_class)
    return command


def named(command: Any, name: str = "workbench") -> Iterator[tuple[str, Any]]:
    """A command and all that hangs under it, each with its whole name."""
    yield name, command
    for each, under in getattr(command, "commands", {}).items():
        yield from named(under, f"{name} {each}")


def texts(command: Any) -> Iterator[str]:
    """All that a command and those under it say in their help, for the catalogue."""
    for _, each in named(command):
        yield from filter(None, (each.help, _plain_epilog(each.epilog), *(getattr(one, "help", None) for one in each.params)))


def complaint(words: str) -> str:
    """What Typer says about a command that was typed wrongly; English where we know no other words for it."""
    for pattern in COMPLAINTS:
        if found := _reads(pattern).fullmatch(words):
            return filled(pattern, **found.groupdict())
    return words


@cache
def _reads(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", pattern)
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)), re.DOTALL
    )


def _plain_epilog(epilog: str | None) -> str | None:
    return None if epilog is None or epilog.startswith(EXAMPLE) else epilog


@cache
def _context_class(plain: Any) -> Any:
    """`plain`, with help in the reader's language. Made here: Typer has a click of its own, or the one that is installed."""

    class InLanguage(plain):  # type: ignore[misc]
        formatter_class = _formatter_class(plain.formatter_class)

        def make_formatter(self) -> Any:
            _say_anew(self.command)
            return super().make_formatter()

    return InLanguage


def _say_anew(command: Any) -> None:
    # Once and for all: a process has one terminal. Short texts of commands are cut out of these.
    for each in (command, *getattr(command, "commands", {}).values()):
        if each.help:
            each.help = in_words(each.help)
        if each.epilog and each.epilog.startswith(EXAMPLE):
            each.epilog = filled("Example: {command}", command=each.epilog.removeprefix(EXAMPLE))


@cache
def _formatter_class(plain: Any) -> Any:
    class InLanguage(plain):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            said = args
            for each in ("[OPTIONS]", "COMMAND [ARGS]..."):
                said = said.replace(each, in_words(each))
            super().write_usage(prog, said, prefix or f"{in_words('Usage')}: ")

        def write_heading(self, heading: str) -> None:
            super().write_heading(in_words(heading))

        def write_dl(self, rows: Iterable[tuple[str, str]], *rest: Any, **named: Any) -> None:
            super().write_dl([(first, _row(second)) for first, second in rows], *rest, **named)

    return InLanguage


def _row(text: str) -> str:
    """The help of one option, with what Typer puts behind it: `[default: 5; required]`."""
    if locale() == "en" or in_words(text) != text:
        return in_words(text)
    words, opens, behind = text.rpartition("[")
    if not opens or not behind.endswith("]"):
        return text
    told = "; ".join(map(_extra, behind.removesuffix("]").split("; ")))
    return f"{in_words(words.rstrip())}  [{told}]".lstrip()


def _extra(text: str) -> str:
    for pattern in ("default: {value}", "env var: {name}"):
        if found := _reads(pattern).fullmatch(text):
            return filled(pattern, **found.groupdict())
    return in_words(text)
