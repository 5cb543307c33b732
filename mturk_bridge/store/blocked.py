"""What browsers kept from requesters' pages: kind of thing and server, counted, never an address in full."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import tables as b
from mturk_bridge.pages.libraries import host_of
from workbench.store.database import upsert

STOPPED = "stopped"  # nothing was kept from it: it was opened and not left in order, as when it takes the browser with it
MOST = 200  # of one project: a page can make up any number of servers


@dataclass(frozen=True)
class Blocked:
    """What a page wanted: `what` as the policy calls it ("script-src"), `host` where it wanted to go, how often."""

    what: str
    host: str
    times: int


def read(body: bytes) -> tuple[str, str]:
    """
    Kind and server out of a browser's report.

    Raises:
        ValueError: this is no report.
    """
    report = json.loads(body)
    found = report.get("csp-report") if isinstance(report, dict) else None
    if not isinstance(found, dict):
        raise ValueError("no report")
    what = str(found.get("effective-directive") or found.get("violated-directive") or "")[:40]
    address = str(found.get("blocked-uri") or "")
    return what, (host_of(address) or address)[:200]


def note(connection: Connection, project_id: int, what: str, host: str, now: int) -> None:
    """Once more."""
    mine = b.blocked.c.project_id == project_id
    same = mine & (b.blocked.c.what == what) & (b.blocked.c.host == host)
    more = sa.update(b.blocked).where(same).values(times=b.blocked.c.times + 1, last_ms=now)
    if connection.execute(more).rowcount:
        return
    if connection.execute(sa.select(sa.func.count()).select_from(b.blocked).where(mine)).scalar_one() >= MOST:
        return
    row = {"project_id": project_id, "what": what, "host": host, "times": 1, "last_ms": now}
    connection.execute(upsert(b.blocked).values(row).on_conflict_do_nothing(index_elements=["project_id", "what", "host"]))


def of_project(connection: Connection, project_id: int) -> Sequence[Blocked]:
    """The most frequent first."""
    query = sa.select(b.blocked).where(b.blocked.c.project_id == project_id).order_by(b.blocked.c.times.desc(), b.blocked.c.id)
    return [Blocked(row.what, row.host, row.times) for row in connection.execute(query)]
