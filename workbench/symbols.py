"""Small pictures beside words: a few drawn by ourselves, and those of the lab, in a folder of its data.

A label names its symbol: `symbol: boat`. Something that is no plain name (`⛵`) is a sign, and is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Connection

from accessibility.sentences import noted, sentence
from workbench.context import Context
from workbench.domain import Json
from workbench.errors import Conflict, Invalid, NotFound
from workbench.store import projects as store
from workbench.symbol_files import checked

OWN = Path(__file__).with_name("symbol_set")
FOLDER = "symbols"  # in the lab's data
NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")
MIMES = {".svg": "image/svg+xml", ".png": "image/png"}

BAD_NAME = noted("The name of a symbol has 2 to 60 small letters, digits and dashes, for example: sailing-boat.")
USED = noted("A project uses this symbol. Choose another one there first.")
NONE = noted("There is no such symbol here.")


@dataclass(frozen=True)
class Symbol:
    """A picture that labels may name. own: it comes with the workbench; else it is of this lab."""

    name: str
    path: Path
    own: bool

    @property
    def mime(self) -> str:
        """Its media type."""
        return MIMES[self.path.suffix]


def symbols(ctx: Context) -> dict[str, Symbol]:
    """All of them by name; one of the lab's own goes before one of the workbench with the same name."""
    found = {path.stem: Symbol(path.stem, path, True) for path in sorted(OWN.glob("*.svg"))}
    found |= {path.stem: Symbol(path.stem, path, False) for path in sorted(_folder(ctx).glob("*")) if path.suffix in MIMES}
    return dict(sorted(found.items()))


def find(ctx: Context, name: str) -> Symbol:
    """One symbol. Raises NotFound."""
    if NAME.fullmatch(name):
        places = [(_folder(ctx) / f"{name}{suffix}", False) for suffix in MIMES] + [(OWN / f"{name}.svg", True)]
        for path, own in places:
            if path.is_file():
                return Symbol(name, path, own)
    raise NotFound(NONE)


def add(ctx: Context, name: str, data: bytes) -> Symbol:
    """
    Keep a picture under this name; one of the lab's with the same name is replaced.

    Raises:
        Invalid: not a name, or not a picture that is safe to show (`field` says which).
    """
    if not NAME.fullmatch(name):
        raise Invalid(BAD_NAME, field="name")
    suffix, kept = checked(data)
    folder = _folder(ctx)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}{suffix}"
    started = target.with_suffix(".part")
    started.write_bytes(kept)
    started.replace(target)
    for other in MIMES.keys() - {suffix}:
        (folder / f"{name}{other}").unlink(missing_ok=True)
    return Symbol(name, target, False)


def remove(ctx: Context, name: str) -> None:
    """
    Take one of the lab's away.

    Raises:
        NotFound: no such symbol of the lab. Conflict: a project that is not closed uses it, and nothing else has its name.
    """
    found = find(ctx, name)
    if found.own:
        raise NotFound(NONE)
    if name in _used(ctx) and not (OWN / f"{name}.svg").exists():
        raise Conflict(USED)
    found.path.unlink(missing_ok=True)


def check(ctx: Context, settings: Mapping[str, Json]) -> None:
    """
    Every symbol that these settings name is there.

    Raises:
        Invalid: names the first one that is not, and the nearest that is.
    """
    from difflib import get_close_matches

    wanted = set(_named(settings))
    known = symbols(ctx) if wanted else {}
    for name in sorted(wanted - known.keys()):
        near = get_close_matches(name, known, n=1)
        told = {"name": name, "known": ", ".join(known)}
        if near:
            raise Invalid(
                sentence('There is no symbol "{name}". Did you mean "{near}"? Known: {known}.', **told, near=near[0]),
                field="labels",
            )
        raise Invalid(sentence('There is no symbol "{name}". Known: {known}.', **told), field="labels")


def _named(value: Json) -> Iterator[str]:
    """The names of symbols anywhere in settings; signs are no names."""
    if isinstance(value, Mapping):
        symbol = value.get("symbol")
        if isinstance(symbol, str) and len(symbol) > 1 and symbol.isascii():
            yield symbol
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner)


def _used(ctx: Context) -> set[str]:
    def read(connection: Connection) -> set[str]:
        found = [each for each in store.projects_of(connection, None) if each.status != "closed"]
        return {name for each in found for step in store.steps_of(connection, each.id) for name in _named(step.settings)}

    return ctx.db.read(read)


def _folder(ctx: Context) -> Path:
    return ctx.settings.data / FOLDER
