"""How long things are kept: rules as data, carried out once a day by the jobs process or by `workbench retention --run`.

Details have 90 days and become totals per day; what a person said, signed in with or was reported about has its own time.
The answers themselves stay: they are the client's dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from workbench import hours, quote
from workbench.context import Context
from workbench.domain import DAY_MS
from workbench.hours import minutes_of
from workbench.store import lab, timing
from workbench.store import retention as store
from workbench.store.sweeps import Sweep

BATCH = 1_000  # rows of one write: others must not wait long behind it


@dataclass(frozen=True)
class Rule:
    """days: how long; None: as long as WORDS says."""

    name: str
    days: int | None

    @property
    def words(self) -> str:
        """What it is about, in English; translated where it is shown."""
        return WORDS[self.name]


WORDS: Mapping[str, str] = {
    "details": noted("times of answers, leases and blocks; then totals per day, and answers without a time of day"),
    "sessions": noted("sessions and cards after their end; failed sign-ins one day"),
    "requests": noted("requests to the coach that were answered, check-ins, withdrawn wishes"),
    "adjustments": noted("adjustments of the day, after their end"),
    "looks": noted("who looked at a worker's page"),
    "file": noted("the guidance file: talks, notes, agreements that ended, feedback"),
    "reports": noted("reports, after they were sent or withdrawn"),
    "record": noted("the record of who changed what"),
    "running": noted("finished background work and repeat keys"),
    "drafts": noted("drafts of questions that are closed"),
    "person": noted("until the person is erased: on request; two years after somebody left the manager is told"),
    "project": noted("as long as the project is there; a client's material until it is deleted, with proof"),
    "always": noted("as long as the lab is there"),
}


RULES: tuple[Rule, ...] = (
    Rule("details", 90),
    Rule("sessions", 30),
    Rule("requests", 90),
    Rule("adjustments", 90),
    Rule("looks", 365),
    Rule("file", 730),
    Rule("reports", 730),
    Rule("record", 730),
    Rule("running", 90),
    Rule("drafts", 7),
    Rule("person", None),
    Rule("project", None),
    Rule("always", None),
)
LEFT_DAYS = 730  # somebody who left this long ago is told to the manager


def rule(name: str) -> Rule:
    """The rule of this name."""
    return next(each for each in RULES if each.name == name)


def cutoff(name: str, now: int) -> int:
    """What is older than this moment (UTC ms) has had its time."""
    days = rule(name).days
    assert days is not None, f"{name} has no days"
    return now - days * DAY_MS


def run(ctx: Context, *, via: str) -> dict[str, int]:
    """
    Carry out every rule once; returns how many rows each thing touched. Safe to break off and to begin again.

    Args:
        via: command or jobs, for the record.
    """
    now = ctx.now()
    counts = {"answers": _fold_answers(ctx, now), "blocks": _fold_blocks(ctx, now), "returns": _blunt_returns(ctx, now)}
    for sweep in ctx.db.read(store.sweeps):
        until = now - DAY_MS if sweep.name == "sign_in_failure" else cutoff(sweep.rule, now)
        counts[sweep.name] = _sweep(ctx, sweep, until)
    told = {name: count for name, count in counts.items() if count}
    ctx.db.write(lambda connection: store.record_run(connection, told, via=via, now=now))
    return told


def _sweep(ctx: Context, sweep: Sweep, until: int) -> int:
    total = 0
    while gone := ctx.db.write(lambda connection: store.sweep(connection, sweep, until, BATCH)):
        total += gone
    return total


def _fold_answers(ctx: Context, now: int) -> int:
    """Times of answers become totals per person, step and day; the norm of each step is kept before they go."""
    until = cutoff("details", now)
    zone = ctx.db.read(lambda connection: lab.time_zone(connection, now))
    for step in ctx.db.read(lambda connection: store.steps_with_old_times(connection, until)):
        ctx.db.write(lambda connection, step=step: _keep_norm(connection, step, now))  # type: ignore[misc]

    def fold(rows: Sequence[Any]) -> None:
        days = {row.id: hours.day_of(row.submitted_ms, zone) for row in rows}
        starts = {day: hours.bounds(day, day, zone)[0] for day in set(days.values())}
        ctx.db.write(lambda connection: store.fold_answers(connection, rows, days, starts))

    # Looked for outside the write, from the last row on: nobody waits behind a walk through all answers.
    return _batches(ctx, lambda connection, after: store.old_answers(connection, until, after, BATCH), fold)


def _batches(ctx: Context, find: Callable[[Connection, int], Sequence[Any]], change: Callable[[Sequence[Any]], None]) -> int:
    total = after = 0
    while rows := ctx.db.read(lambda connection, after=after: find(connection, after)):  # type: ignore[misc]
        change(rows)
        total, after = total + len(rows), rows[-1][0]
    return total


def _keep_norm(connection: Connection, step: int, now: int) -> None:
    found = quote.norm(timing.times(connection, [step]), "step")
    if found:
        timing.keep(connection, step, found, now=now)


def _fold_blocks(ctx: Context, now: int) -> int:
    """Blocks become minutes per person, day and kind: a statement of those months stays the same."""
    until = cutoff("details", now)
    zone = ctx.db.read(lambda connection: lab.time_zone(connection, now))

    total = 0
    while old := ctx.db.read(lambda connection: store.old_blocks(connection, until, BATCH)):
        counted = [(block, hours.day_of(block.started_ms, zone).isoformat(), minutes_of(block, now)) for block in old]
        ctx.db.write(lambda connection, counted=counted: store.fold_blocks(connection, counted))  # type: ignore[misc]
        total += len(old)
    return total


def _blunt_returns(ctx: Context, now: int) -> int:
    """Returns and leases keep their day, not their time of day."""
    until = cutoff("details", now)
    zone = ctx.db.read(lambda connection: lab.time_zone(connection, now))
    return sum(_blunt(ctx, table, column, until, zone) for table, column in ctx.db.read(store.blunted))


def _blunt(ctx: Context, table: str, column: str, until: int, zone: str) -> int:
    def change(rows: Sequence[Any]) -> None:
        days = [(number, hours.day_of(at, zone)) for number, at in rows]
        starts = [(number, hours.bounds(day, day, zone)[0]) for number, day in days]
        ctx.db.write(lambda connection: store.blunt(connection, table, column, starts))

    return _batches(ctx, lambda connection, after: store.sharp(connection, table, column, until, after, BATCH), change)
