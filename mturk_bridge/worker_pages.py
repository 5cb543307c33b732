"""What a worker sees of requesters: what they ask, what it pays, how they deal with people; and a word to them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from mturk_bridge import migrations
from mturk_bridge.microtasks import topic_of
from mturk_bridge.store import messages, offers, requesters, workers
from mturk_bridge.store.offers import Record
from mturk_bridge.store.requesters import Requester
from task_types.protocol import Case
from workbench.context import Context
from workbench.domain import MINUTE_MS, Role
from workbench.errors import Invalid, NotFound
from workbench.store import people
from workbench.web import first, more, pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form

router = APIRouter(prefix="/mturk/requesters", include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
LONGEST_WORDS = 1000
RECORD_LASTS_MS = 10 * MINUTE_MS
_records: dict[tuple[str, int], tuple[int, Record]] = {}
more.add(more.Link("/mturk/requesters", noted("Who asks for work"), more.MY_DAY, "other_work"))


@router.get("")
def list_requesters(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    Who asks for work, and what it pays.

    Who may: worker.
    """
    migrations.ready(ctx)

    def read(connection: Connection) -> list[dict[str, Any]]:
        found = requesters.everybody(connection)
        return [{"requester": each, "offers": offers.offers(connection, each.id, ctx.now())} for each in found]

    off = signed.person.topics_off
    return pages.render(request, "mturk/requesters.html", signed, lines=ctx.db.read(read), off=off, topic_of=topic_of)


@router.get("/{requester_id}")
def one_requester(request: Request, ctx: Ctx, signed: Worker, requester_id: str, said: bool = False) -> Response:
    """
    One requester: what they ask now, their record, words to and fro.

    Who may: worker.
    """
    return _page(request, ctx, signed, _requester(ctx, requester_id), said=said)


@router.post("/{requester_id}/wanted")
def change_wanted(ctx: Ctx, signed: Worker, form: Form, requester_id: str) -> Response:
    """
    No more work of this requester, or again. Nobody asks why.

    Who may: worker.
    """
    requester = _requester(ctx, requester_id)
    off = set(signed.person.topics_off)
    (off.discard if form.text("wanted") == "yes" else off.add)(topic_of(requester.name))
    profile = {**signed.person.profile, "topics_off": sorted(off)}
    ctx.db.write(lambda connection: people.update_profile(connection, signed.person.id, profile))
    return pages.see_other(f"/mturk/requesters/{requester.public_id}")


@router.post("/{requester_id}/words")
def say_something(request: Request, ctx: Ctx, signed: Worker, form: Form, requester_id: str) -> Response:
    """
    A question to a requester. The lab passes it on without a name.

    Who may: worker.
    """
    requester = _requester(ctx, requester_id)
    words = form.text("words")
    if not words or len(words) > LONGEST_WORDS:
        error = Invalid("Write what you want to ask, in at most 1000 characters.", field="words")
        return _page(request, ctx, signed, requester, error=error, words=words)

    def write(connection: Connection) -> None:
        workers.say(
            connection,
            requester_id=requester.id,
            person_id=signed.person.id,
            way="to_requester",
            about="question",
            words=words,
            now=ctx.now(),
        )

    ctx.db.write(write)
    return pages.see_other(f"/mturk/requesters/{requester.public_id}?said=1")


# --- on the page of each HIT -----------------------------------------------------------------------------------------


def stands_first(ctx: Context, case: Case[Any, Any]) -> dict[str, Any] | None:
    """Who asks a HIT, and their record; None for a batch, which nobody stands behind but the lab."""
    facts = case.payload.facts or getattr(case.settings, "facts", None)
    if facts is None or facts.about is None or not migrations.kept(ctx):
        return None
    requester = ctx.db.read(lambda connection: requesters.by_name(connection, facts.about))
    return None if requester is None else {"requester": requester, "record": _record(ctx, requester)}


def _record(ctx: Context, requester: Requester) -> Record:
    """
    A requester's record, as it was at most ten minutes ago: it counts all their answers, and stands on each question's page.
    """
    name, now = (str(ctx.db.url), requester.id), ctx.now()
    at_ms, found = _records.get(name, (0, None))
    if found is None or not 0 <= now - at_ms < RECORD_LASTS_MS:
        found = ctx.db.read(lambda connection: offers.record(connection, requester.id))
        _records[name] = (now, found)
    return found


for _kind in ("mturk_html", "mturk_form"):
    first.add(_kind, "mturk/first.html", stands_first)


def _page(
    request: Request,
    ctx: Context,
    signed: Signed,
    requester: Requester,
    *,
    said: bool = False,
    error: Invalid | None = None,
    words: str = "",
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        own = [each for each in messages.of_person(connection, signed.person.id) if each.requester == requester.name]
        return {
            "offers": offers.offers(connection, requester.id, ctx.now()),
            "record": offers.record(connection, requester.id),
            "messages": own,
        }

    person = ctx.db.read(lambda connection: people.person_by_id(connection, signed.person.id))
    data = {"requester": requester, "wanted": topic_of(requester.name) not in person.topics_off, "said": said}
    status = 422 if error else 200
    return pages.render(
        request, "mturk/requester.html", signed, status=status, **data, **ctx.db.read(read), error=error, typed=words
    )


def _requester(ctx: Context, requester_id: str) -> Requester:
    migrations.ready(ctx)
    found = ctx.db.read(lambda connection: requesters.by_name(connection, requester_id))
    if found is None:
        raise NotFound("There is no such requester here.")
    return found
