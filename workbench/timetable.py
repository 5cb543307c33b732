"""One person's day out of the group's week, what was agreed with this person, and the plan of this week: pure rules.

A timetable's minutes count from local midnight. They become moments by the lab's time zone: on the day that the clock
changes a block keeps its place on the clock, and lasts as long as the clock says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from workbench.domain import MINUTE_MS, Json
from workbench.errors import Invalid

KINDS = ("work", "break", "training", "application", "talk", "other")
DAYS = ("whole", "morning", "afternoon", "off")
NOON = 12 * 60 + 30  # a block that begins before belongs to the morning
DAY_MINUTES = 24 * 60
SHORTEST_WORK_MS = 5 * MINUTE_MS  # no block for the last two minutes before a break


@dataclass(frozen=True)
class Stretch:
    """A part of somebody's day, in UTC ms. kind: one of KINDS."""

    kind: str
    start_ms: int
    end_ms: int
    title: str = ""


@dataclass(frozen=True)
class Agreed:
    """
    What holds for one person on one day.

    half: one of DAYS.
    work_ms: longest stretch of work; break_ms: shortest break. None: as the group.
    start_minute, end_minute: not before, not after; of the day.
    most_blocks: blocks of work in a day.
    """

    half: str = "whole"
    work_ms: int | None = None
    break_ms: int | None = None
    start_minute: int | None = None
    end_minute: int | None = None
    most_blocks: int | None = None

    @staticmethod
    def of(changes: Mapping[str, Json], half: str = "whole") -> Agreed:
        """From an adjustment's `changes`."""
        work, pause = changes.get("work_minutes"), changes.get("break_minutes")
        return Agreed(
            half,
            int(work) * MINUTE_MS if work else None,
            int(pause) * MINUTE_MS if pause else None,
            changes.get("start_minute"),
            changes.get("end_minute"),
            changes.get("most_blocks"),
        )


# --- days and moments ------------------------------------------------------------------------------------------------


def day_of(moment_ms: int, zone: str) -> date:
    """The calendar day there."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(ZoneInfo(zone)).date()


def moment(day: date, minute: int, zone: str) -> int:
    """
    The moment that this minute of this day is on the clock there, UTC ms. An hour that the clock skips counts on from
    before it; an hour that comes twice is the first one.
    """
    local = datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(minutes=minute)  # wall time: no hour is added by itself
    return int(local.timestamp() * 1000)


def clock_text(minute: int) -> str:
    """A minute of the day as 09:05."""
    return f"{minute // 60:02}:{minute % 60:02}"


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


# --- the lines of a week ---------------------------------------------------------------------------------------------


def checked(lines: Iterable[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """
    A week's lines, in order.

    Raises:
        Invalid: a day, kind or time that cannot be; two blocks at one time; a block over midnight.
    """
    found = sorted((_checked(line) for line in lines), key=lambda line: (line["weekday"], line["start_minute"]))
    for one, other in pairwise(found):
        if one["weekday"] == other["weekday"] and other["start_minute"] < one["start_minute"] + one["minutes"]:
            raise Invalid("Two blocks are at the same time. Change when one of them begins or how long it lasts.", field="lines")
    return found


def _checked(line: Mapping[str, Json]) -> dict[str, Json]:
    weekday, kind, start, minutes = (line.get(name) for name in ("weekday", "kind", "start_minute", "minutes"))
    numbers = all(isinstance(each, int) for each in (weekday, start, minutes))
    if kind not in KINDS or not numbers or weekday not in range(7):
        raise Invalid("Give each block a day, a kind, a begin and a length.", field="lines")
    assert isinstance(start, int)
    assert isinstance(minutes, int)
    if start < 0 or minutes < 1 or start + minutes > DAY_MINUTES:
        raise Invalid("A block begins and ends on the same day, and lasts a minute at least.", field="lines")
    made: dict[str, Json] = {"weekday": weekday, "kind": kind, "start_minute": start, "minutes": minutes}
    return made | ({"title": str(line["title"])[:200]} if line.get("title") else {})


def by_day(lines: Iterable[Mapping[str, Json]]) -> list[list[Mapping[str, Json]]]:
    """A week's lines, Monday first."""
    found: list[list[Mapping[str, Json]]] = [[] for _ in range(7)]
    for line in lines:
        found[line["weekday"]].append(line)
    return found


def usual_week(rhythm_work: int = 45, rhythm_break: int = 15) -> list[dict[str, Json]]:
    """A week to begin with: Monday to Friday, 9:00 to 16:00, lunch at half past twelve."""
    day: list[dict[str, Json]] = []
    for first, last in ((9 * 60, 12 * 60 + 30), (13 * 60, 16 * 60)):
        at = first
        while at + rhythm_work <= last:
            day.append({"kind": "work", "start_minute": at, "minutes": rhythm_work})
            at += rhythm_work
            rest = min(rhythm_break, last - at)
            if rest > 0:
                day.append({"kind": "break", "start_minute": at, "minutes": rest})
                at += rest
    day.append({"kind": "break", "start_minute": 12 * 60 + 30, "minutes": 30})
    return checked({"weekday": weekday, **line} for weekday in range(5) for line in day)


# --- a day -----------------------------------------------------------------------------------------------------------


def day_plan(
    lines: Iterable[Mapping[str, Json]], day: date, zone: str, agreed: Agreed = Agreed(), planned: Iterable[Stretch] = ()
) -> tuple[Stretch, ...]:
    """
    What somebody's day looks like, in order and without holes; empty: a day off.

    Args:
        lines: the group's week (see `checked`).
        agreed: what holds for this person.
        planned: one-off blocks of this day; they come in the place of what is there.
    """
    whole = [_stretch(line, day, zone) for line in lines if line["weekday"] == day.weekday() and _fits(line, agreed.half)]
    clipped = list(_clipped(whole, day, zone, agreed))
    for each in planned:
        clipped = _laid_over(clipped, each)
    own = _own_rhythm(_longer_breaks(_without_holes(clipped), agreed.break_ms), agreed)
    return tuple(_trimmed(_joined(_most_blocks(own, agreed.most_blocks))))


def free_day(day: date, zone: str, agreed: Agreed = Agreed(), planned: Iterable[Stretch] = ()) -> tuple[Stretch, ...]:
    """
    A day without a timetable: work from midnight to midnight, but for half days, agreed hours and one-off blocks. How many
    blocks of work are in it is counted as they come (see `pacing.Day`).
    """
    first, last = {"morning": (0, NOON), "afternoon": (NOON, DAY_MINUTES), "off": (0, 0)}.get(agreed.half, (0, DAY_MINUTES))
    line = {"weekday": day.weekday(), "kind": "work", "start_minute": first, "minutes": last - first}
    hours = Agreed(start_minute=agreed.start_minute, end_minute=agreed.end_minute)
    return day_plan([line] if last else (), day, zone, hours, planned)


def _stretch(line: Mapping[str, Json], day: date, zone: str) -> Stretch:
    start, end = line["start_minute"], line["start_minute"] + line["minutes"]
    return Stretch(line["kind"], moment(day, start, zone), moment(day, end, zone), line.get("title") or "")


def _fits(line: Mapping[str, Json], half: str) -> bool:
    return half == "whole" or half == ("morning" if line["start_minute"] < NOON else "afternoon")  # off: neither


def _clipped(stretches: Iterable[Stretch], day: date, zone: str, agreed: Agreed) -> Iterator[Stretch]:
    first = moment(day, agreed.start_minute or 0, zone)
    last = moment(day, DAY_MINUTES if agreed.end_minute is None else agreed.end_minute, zone)
    for each in stretches:
        start, end = max(each.start_ms, first), min(each.end_ms, last)
        if start < end:
            yield replace(each, start_ms=start, end_ms=end)


def _laid_over(stretches: Iterable[Stretch], extra: Stretch) -> list[Stretch]:
    left: list[Stretch] = [extra]
    for each in stretches:
        if each.start_ms < extra.start_ms:
            left.append(replace(each, end_ms=min(each.end_ms, extra.start_ms)))
        if each.end_ms > extra.end_ms:
            left.append(replace(each, start_ms=max(each.start_ms, extra.end_ms)))
    return sorted((each for each in left if each.start_ms < each.end_ms), key=lambda each: each.start_ms)


def _without_holes(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    yield from stretches[:1]
    for each, following in pairwise(stretches):
        if each.end_ms < following.start_ms:
            yield Stretch("break", each.end_ms, following.start_ms)
        yield following


def _longer_breaks(stretches: Iterable[Stretch], break_ms: int | None) -> Iterator[Stretch]:
    """A break that is shorter than agreed takes the rest from the work that follows, and only from work."""
    begins: int | None = None
    for each in _joined(stretches):
        if each.kind == "work" and begins is not None:
            if begins > each.start_ms:
                yield Stretch("break", each.start_ms, min(begins, each.end_ms))
            if begins < each.end_ms:
                yield replace(each, start_ms=max(begins, each.start_ms))
        else:
            yield each
        begins = each.start_ms + break_ms if each.kind == "break" and break_ms else None


def _own_rhythm(stretches: Iterable[Stretch], agreed: Agreed) -> Iterator[Stretch]:
    """Work that lasts longer than this person's blocks is cut; the group's own breaks stay where they are."""
    for each in stretches:
        at = each.start_ms
        if each.kind == "work" and agreed.work_ms:
            rest = agreed.break_ms or 15 * MINUTE_MS
            while each.end_ms - at > agreed.work_ms:
                stop = at + agreed.work_ms
                yield replace(each, start_ms=at, end_ms=stop)
                at = min(stop + rest, each.end_ms)
                yield Stretch("break", stop, at)
        if at < each.end_ms:
            short = each.kind == "work" and each.end_ms - at < SHORTEST_WORK_MS and at > each.start_ms
            yield Stretch("break", at, each.end_ms) if short else replace(each, start_ms=at)


def _most_blocks(stretches: Iterable[Stretch], most: int | None) -> Iterator[Stretch]:
    """After the last block of work only what is not work goes on."""
    worked = 0
    for each in _joined(stretches):
        worked += each.kind == "work"
        if each.kind != "work" or most is None or worked <= most:
            yield each
        else:
            yield Stretch("break", each.start_ms, each.end_ms)


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Breaks that touch are one break."""
    found: list[Stretch] = []
    for each in stretches:
        if found and each.kind == "break" == found[-1].kind and found[-1].end_ms >= each.start_ms:
            found[-1] = replace(found[-1], end_ms=max(found[-1].end_ms, each.end_ms))
        elif each.start_ms < each.end_ms:
            found.append(each)
    return found


def _trimmed(stretches: Sequence[Stretch]) -> Sequence[Stretch]:
    """A day neither begins nor ends with a break."""
    kept = [place for place, each in enumerate(stretches) if each.kind != "break"]
    return stretches[kept[0] : kept[-1] + 1] if kept else ()
