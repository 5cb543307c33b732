"""The bridge's own history of tables, on both databases; and what it does to a lab that never uses it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.testclient import TestClient

from mturk_bridge import migrations, results, sweep
from mturk_bridge.errors import AlreadyDone, RequestError
from mturk_bridge.operations import OPERATIONS, Call
from mturk_bridge.store import ledger, times
from mturk_bridge.tables import balance, metadata
from tests.builders import person, rating, rows
from tests.filled import fill
from tests.mturk.endpoint import FORM, TYPE, with_requester, work
from workbench import own_data
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role
from workbench.store import holdings, whole
from workbench.web.app import create_app


def test_a_lab_that_never_uses_the_bridge_has_none_of_its_tables(ctx: Context) -> None:
    """Not at the start, not by the clockwork, not by what strangers ask; only when somebody of the lab does."""
    sweep.sweep(ctx)
    stranger = TestClient(create_app(ctx), headers={"accept": "application/json"})
    told = stranger.post("/mturk/requester", content=b"{}").json()["__type"]
    assert (told, stranger.get("/mturk/seen/nothing").status_code) == ("UnrecognizedClientException", 404)
    with ctx.db.reading() as connection:
        before = [name for name in sa.inspect(connection).get_table_names() if name.startswith("mturk_")]
    migrations.ready(ctx)
    assert (before, migrations.current(ctx)) == ([], migrations.HEAD)


@pytest.mark.parametrize("asked", ["sweep", "results", "endpoint"])
def test_tables_of_an_earlier_version_are_brought_to_the_newest(ctx: Context, tmp_path: Path, asked: str) -> None:
    """By whatever comes first after an update of the workbench: nobody needs to open a page of the bridge for it."""
    migrations.upgrade(ctx, "0003")
    if asked == "sweep":
        sweep.sweep(ctx)
    elif asked == "endpoint":
        TestClient(create_app(ctx)).post("/mturk/requester", content=b"{}")
    else:
        project = rating(ctx, ["Een boot."])
        with ctx.db.reading() as connection:
            list(results.mturk_csv.write(ctx, connection, project, [], tmp_path / "out.csv", lambda _done, _total: None))
    assert migrations.current(ctx) == migrations.HEAD


def test_the_newest_revision_is_the_schema_of_the_tables(each_db_ctx: Context) -> None:
    """The migrations make just the tables that the code knows."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    migrations.ready(each_db_ctx)
    migrations.ready(each_db_ctx)
    ours = {"include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables}
    with each_db_ctx.db.reading() as connection:
        difference = compare_metadata(MigrationContext.configure(connection, opts=ours), metadata)
    assert difference == []


def test_a_hit_goes_round_on_both_databases(each_db_ctx: Context) -> None:
    """Made once by eight who repeat, answered, approved by time, thanked; the ledger says the same on both."""
    ctx = each_db_ctx
    requester, _ = with_requester(ctx)

    def ask(operation: str, **given: Any) -> dict[str, Any]:
        return OPERATIONS[operation](Call(ctx, requester, operation, given, ctx.now()))

    def at_once(operation: str, **given: Any) -> int:
        """Eight repeat it at the same time; how many of them it was done for."""

        def one(_number: int) -> bool:
            try:
                ask(operation, **given, UniqueRequestToken="once")
            except AlreadyDone:
                return False
            return True

        with ThreadPoolExecutor(8) as eight:
            return list(eight.map(one, range(8))).count(True)

    assert at_once("CreateHIT", **TYPE, LifetimeInSeconds=86_400, Question=FORM) == 1
    hit = ask("ListHITs")["HITs"][0]
    work(ctx, person(ctx), {"fields": {"q1": "yes"}}, active_ms=42_000)
    one = ask("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"][0]
    about = {"WorkerId": one["WorkerId"], "AssignmentId": one["AssignmentId"]}
    assert at_once("SendBonus", **about, BonusAmount="0.05", Reason="Thanks") == 1
    ctx.clock.forward(minutes=61)  # type: ignore[attr-defined]
    sweep.sweep(ctx)
    assert ask("GetAccountBalance") == {"AvailableBalance": "999.45", "OnHoldBalance": "0.00"}
    assert ctx.db.read(lambda c: ledger.by_worker(c, requester.account)) == {one["WorkerId"]: 55}
    assert [each.paid_seconds for _, each in ctx.db.read(lambda c: times.worked(c, requester.id))] == [42.0]
    assert ask("ListReviewableHITs")["NumResults"] == 1
    ask("DeleteHIT", HITId=hit["HITId"])
    assert len(rows(ctx, t.microtask)) == 1


def test_what_an_account_comes_to_is_made_of_its_rows(each_db_ctx: Context) -> None:
    """A lab of an earlier revision gets for each account what the ledger would have kept; what comes free may be spent again."""
    ctx = each_db_ctx
    requester, _ = with_requester(ctx, credit=150)

    def ask(operation: str, **given: Any) -> dict[str, Any]:
        return OPERATIONS[operation](Call(ctx, requester, operation, given, ctx.now()))

    def create(answers: int) -> dict[str, Any]:
        return ask("CreateHIT", **TYPE, LifetimeInSeconds=86_400, Question=FORM, MaxAssignments=answers)

    first = create(2)["HIT"]["HITId"]
    work(ctx, person(ctx), {"fields": {"q1": "yes"}})
    ask("ApproveAssignment", AssignmentId=ask("ListAssignmentsForHIT", HITId=first)["Assignments"][0]["AssignmentId"])
    kept = rows(ctx, balance)
    assert [(row.account, row.amount_cents, row.reward_cents, row.promised_cents) for row in kept] == [("in:1", 100, -50, 100)]

    def forget(connection: Connection) -> None:
        connection.execute(sa.text("DROP TABLE mturk_balance"))
        connection.execute(sa.text("DROP INDEX ix_mturk_hit_live"))
        connection.execute(sa.text(f"UPDATE {migrations.VERSION_TABLE} SET version_num = '0003'"))

    ctx.db.write(forget)
    migrations.upgrade(ctx)
    assert rows(ctx, balance) == kept
    with pytest.raises(RequestError, match="insufficient funds"):
        create(2)
    ask("UpdateExpirationForHIT", HITId=first, ExpireAt=ctx.now() / 1000)
    create(2)
    assert ask("GetAccountBalance") == {"AvailableBalance": "0.00", "OnHoldBalance": "1.00"}
    assert rows(ctx, balance)[0].promised_cents == 150
    ask("DeleteHIT", HITId=first)
    assert ask("GetAccountBalance") == {"AvailableBalance": "0.00", "OnHoldBalance": "1.00"}
    assert rows(ctx, balance)[0].gone_cents == 50  # added up once: what is left to count are HITs that are there


def test_erasing_somebody_reaches_the_bridges_tables(each_db_ctx: Context) -> None:
    """Numbers, messages, qualifications and blocks go; of a verdict and a rejection the words go, the account stays."""
    ctx = each_db_ctx
    migrations.ready(ctx)
    noor, mia = person(ctx), person(ctx, "Mia B", Role.MANAGER)
    there = ctx.db.read(whole.there)
    ours = [table for table in holdings.tables().values() if table.name in there]
    ctx.db.write(lambda connection: fill(connection, ours, noor.id))
    own_data.erase(ctx, noor, by=mia, reason="Asked by the person")
    gone = ("mturk_worker", "mturk_message", "mturk_qualification", "mturk_qualification_request", "mturk_block")
    assert [name for name in gone if rows(ctx, metadata.tables[name])] == []
    assert rows(ctx, metadata.tables["mturk_verdict"])[0].feedback is None
    assert rows(ctx, metadata.tables["mturk_dispute"])[0].reason == ""
    assert len(rows(ctx, metadata.tables["mturk_entry"])) == 1
