"""The bridge's own tables, with a history of their own: a lab that never uses the bridge has none of them.

Ids of the workbench (person, project, microtask, assignment) stand here as plain numbers: two histories can't promise
each other foreign keys. Money is whole US cents. Verdicts, qualifications and the ledger are only ever added to.
"""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import NAMING, Id, Ms, json, ms, number, public_id, row_id, text, to, yes_no

metadata = sa.MetaData(naming_convention=NAMING)


def of(table: str, *, null: bool = False, index: bool = False) -> sa.Column[int]:
    """The id of a row of the workbench's own tables, as `<table>_id`."""
    return sa.Column(f"{table}_id", Id, nullable=null, index=index)


def cents(name: str, *, null: bool = False) -> sa.Column[int]:
    """US cents."""
    return sa.Column(name, sa.BigInteger, nullable=null)


LIVE = sa.text("deleted_ms IS NULL")


def long(name: str, *, null: bool = False) -> sa.Column[str]:
    """A text of any length."""
    return sa.Column(name, sa.Text, nullable=null)


requester = sa.Table(
    "mturk_requester",
    metadata,
    row_id(),
    public_id(),
    text("name"),
    of("client"),
    yes_no("needs_yes"),  # nothing of this requester is offered before a manager said yes
    ms("created_ms"),
    ms("ended_ms", null=True),
    sa.UniqueConstraint("name"),
)

key_pair = sa.Table(
    "mturk_key",
    metadata,
    row_id(),
    to("mturk_requester", name="requester_id", index=True),
    text("access_key_id", 64),
    text("salt", 64),  # the secret is made of this and the lab's own secret; it stands nowhere
    text("label", null=True),
    ms("created_ms"),
    ms("ended_ms", null=True),
    sa.UniqueConstraint("access_key_id"),
)

rate = sa.Table(
    # What a euro is in dollars from this moment on, as a manager said.
    "mturk_rate",
    metadata,
    row_id(),
    text("usd_per_eur", 20),
    text("source"),
    of("person", null=True),
    ms("at_ms"),
)

page = sa.Table(
    # Somebody else's HTML, kept once however many HITs use it.
    "mturk_page",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    long("html"),
    ms("created_ms"),
)

layout = sa.Table(
    "mturk_layout",
    metadata,
    row_id(),
    text("layout_id", 64),
    to("mturk_requester", name="requester_id", index=True),
    text("name"),
    sa.Column("page_sha256", sa.String(64), sa.ForeignKey("mturk_page.sha256"), nullable=False),
    ms("created_ms"),
    sa.UniqueConstraint("layout_id"),
)

hit_type = sa.Table(
    "mturk_hit_type",
    metadata,
    row_id(),
    text("hit_type_id", 64),
    to("mturk_requester", name="requester_id"),
    text("fingerprint", 64),  # the same properties again give the same type
    long("title"),
    long("description"),
    long("keywords", null=True),
    cents("reward_cents"),
    sa.Column("duration_seconds", sa.BigInteger, nullable=False),
    sa.Column("approval_seconds", sa.BigInteger, nullable=False),
    json("requirements"),
    yes_no("opinion"),
    of("project", index=True),
    text("held", 20, default=""),  # "", waiting (for a manager's yes), allowed
    ms("created_ms"),
    sa.UniqueConstraint("hit_type_id"),
    sa.UniqueConstraint("requester_id", "fingerprint"),
)

hit = sa.Table(
    "mturk_hit",
    metadata,
    row_id(),
    text("hit_id", 64),
    to("mturk_requester", name="requester_id"),
    to("mturk_hit_type", name="hit_type_id", index=True),
    of("microtask"),
    long("question"),
    text("layout_id", 64, null=True),
    text("annotation", 255, null=True),
    number("first_assignments", 1),  # under ten at first: never ten or more
    number("max_assignments", 1),
    ms("created_ms"),
    ms("expires_ms"),
    yes_no("reviewing"),
    ms("deleted_ms", null=True),
    sa.UniqueConstraint("hit_id"),
    sa.UniqueConstraint("microtask_id"),
    sa.Index("ix_mturk_hit_requester", "requester_id", "id"),
    sa.Index("ix_mturk_hit_expires", "expires_ms"),
    # What is listed, and what a balance counts: a program that deletes what it has reviewed keeps these few.
    sa.Index("ix_mturk_hit_live", "requester_id", "id", sqlite_where=LIVE, postgresql_where=LIVE),
)

worker = sa.Table(
    # One person is another worker for each requester and each type of HIT.
    "mturk_worker",
    metadata,
    row_id(),
    text("worker_id", 64),
    to("mturk_requester", name="requester_id"),
    to("mturk_hit_type", name="hit_type_id", null=True),  # null: met at a qualification
    of("person", index=True),
    ms("created_ms"),
    sa.UniqueConstraint("worker_id"),
)

verdict = sa.Table(
    # What a requester (or time) says about an answer. The newest counts; each is kept.
    "mturk_verdict",
    metadata,
    row_id(),
    of("assignment"),
    to("mturk_hit", name="hit_id", index=True),
    number("number", 1),
    text("verdict", 20),  # approved, rejected
    text("given_by", 20),  # requester, time
    long("feedback", null=True),
    ms("at_ms"),
    sa.UniqueConstraint("assignment_id", "number"),
)

dispute = sa.Table(
    # A rejection goes to the lab: pay stands, and a person decides whether the requester gets money back.
    "mturk_dispute",
    metadata,
    row_id(),
    public_id(),
    of("assignment", index=True),
    to("mturk_requester", name="requester_id", index=True),
    long("reason"),
    text("outcome", 20, default="open"),  # open, upheld (the lab repays the requester), dismissed
    long("words", null=True),
    of("person", null=True),
    ms("at_ms"),
    ms("decided_ms", null=True),
)

entry = sa.Table(
    # The ledger: only ever added to. `account` is "in" with a requester, or "out" with an order.
    "mturk_entry",
    metadata,
    row_id(),
    text("account", 60),  # in:<requester id>, out:<order id>
    text("kind", 20),  # credit, reward, bonus, repaid; out also: fee
    cents("amount_cents"),  # what it does to the balance: spending is negative
    text("hit_id", 64, null=True),
    text("subject", 64, null=True),  # AssignmentId
    text("worker_id", 64, null=True),
    text("token", 64, null=True),
    long("note", null=True),
    of("person", null=True),
    ms("at_ms"),
    sa.UniqueConstraint("account", "token"),
    sa.Index("ix_mturk_entry_subject", "account", "subject"),
)

balance = sa.Table(
    # What an account's rows come to, so that nobody adds all of them up for each HIT; the ledger keeps it with each row.
    "mturk_balance",
    metadata,
    sa.Column("account", sa.String(60), primary_key=True),
    cents("amount_cents"),
    cents("reward_cents"),  # of that, rewards: a negative number
    cents("promised_cents"),  # rewards times answers wanted; never too low: what comes free is noticed when money runs short
    sa.Column("gone_cents", sa.BigInteger, nullable=False, server_default="0"),  # of that, HITs that are deleted: it stays
)

qualification_type = sa.Table(
    "mturk_qualification_type",
    metadata,
    row_id(),
    text("qualification_type_id", 64),
    to("mturk_requester", name="requester_id"),
    text("name"),
    long("keywords", null=True),
    long("description"),
    text("status", 20),
    long("test", null=True),
    long("answer_key", null=True),
    sa.Column("test_seconds", sa.BigInteger, nullable=True),
    sa.Column("retry_seconds", sa.BigInteger, nullable=True),
    yes_no("auto_granted"),
    sa.Column("auto_value", sa.Integer, nullable=True),
    of("microtask", null=True, index=True),  # the test is a question like any other
    ms("created_ms"),
    ms("deleted_ms", null=True),
    sa.UniqueConstraint("qualification_type_id"),
)

qualification = sa.Table(
    # Given and taken back: the newest row of a type and a person counts.
    "mturk_qualification",
    metadata,
    row_id(),
    to("mturk_qualification_type", name="type_id"),
    of("person"),
    text("worker_id", 64),
    text("status", 20),  # Granted, Revoked
    sa.Column("value", sa.Integer, nullable=True),
    long("reason", null=True),
    ms("at_ms"),
    sa.Index("ix_mturk_qualification_type", "type_id", "person_id", "id"),
)

qualification_request = sa.Table(
    "mturk_qualification_request",
    metadata,
    row_id(),
    text("request_id", 64),
    to("mturk_qualification_type", name="type_id", index=True),
    of("person"),
    of("assignment", null=True),
    text("worker_id", 64),
    long("test", null=True),
    long("answer", null=True),
    text("status", 20, default="waiting"),  # waiting, granted, rejected
    long("reason", null=True),
    ms("at_ms"),
    ms("decided_ms", null=True),
    sa.UniqueConstraint("request_id"),
    sa.UniqueConstraint("assignment_id"),
)

block = sa.Table(
    # MTurk's block, made harmless: this requester's work is not offered to this person, and nobody else hears of it.
    "mturk_block",
    metadata,
    row_id(),
    to("mturk_requester", name="requester_id", index=True),
    of("person"),
    text("worker_id", 64),
    long("reason"),
    ms("at_ms"),
    ms("ended_ms", null=True),
)

message = sa.Table(
    # Words between a requester and a worker. To a worker they wait for the coach.
    "mturk_message",
    metadata,
    row_id(),
    public_id(),
    to("mturk_requester", name="requester_id", index=True),
    of("person", index=True),
    text("way", 20),  # to_worker, to_requester
    text("about", 40),  # notify, approval, rejection, bonus, qualification, question
    text("subject", 200, null=True),
    long("words"),
    of("assignment", null=True),
    text("status", 20, default="waiting"),  # waiting, passed, held
    long("passed_words", null=True),  # as the coach put it
    sa.Column("decided_by", Id, nullable=True),
    ms("at_ms"),
    ms("decided_ms", null=True),
    sa.Index("ix_mturk_message_status", "status", "id"),
)

blocked = sa.Table(
    # What a requester's page wanted from elsewhere and did not get: for who owns the project.
    "mturk_blocked",
    metadata,
    row_id(),
    of("project"),
    text("what", 40),
    text("host", 200),
    number("times", 1),
    ms("last_ms"),
    sa.UniqueConstraint("project_id", "what", "host"),
)

order = sa.Table(
    # Work that goes out to an endpoint of the protocol, after a manager's yes.
    "mturk_order",
    metadata,
    row_id(),
    public_id(),
    of("project"),
    of("step"),
    text("endpoint", 400),
    text("profile", 100, null=True),  # which key pair of boto3's own credentials file
    text("status", 20, default="proposed"),  # proposed, approved, ended
    cents("budget_cents"),
    cents("reward_cents"),
    number("assignments", 1),
    number("pilot", 5),  # microtasks that go first, to measure the time
    text("fee_rate", 10, default="0"),
    json("settings"),  # title, description, lifetime, duration
    text("remote_hit_type", 64, null=True),
    of("person", null=True),  # who proposed
    sa.Column("approved_by", Id, nullable=True),
    ms("approved_ms", null=True),
    ms("created_ms"),
    ms("ended_ms", null=True),
)

order_hit = sa.Table(
    "mturk_order_hit",
    metadata,
    row_id(),
    to("mturk_order", name="order_id"),
    of("microtask"),
    text("token", 64),
    text("hit_id", 64, null=True),  # null: meant to be made, perhaps made, not known here yet
    text("status", 20, default="meant"),  # meant, open, done
    number("assignments", 1),
    number("returned_places"),  # that nobody took elsewhere: the lab's own people get them
    cents("reward_cents"),
    ms("created_ms"),
    sa.UniqueConstraint("token"),
    sa.UniqueConstraint("order_id", "microtask_id"),
)

order_answer = sa.Table(
    "mturk_order_answer",
    metadata,
    row_id(),
    to("mturk_order_hit", name="order_hit_id", index=True),
    text("assignment_id", 64),
    text("worker_id", 64),
    long("answer"),
    sa.Column("active_seconds", sa.Integer, nullable=True),
    sa.Column("reported_seconds", sa.Integer, nullable=True),
    of("annotation", null=True),  # null: not taken in yet
    text("problem", 400, null=True),  # paid all the same
    ms("approved_ms", null=True),
    cents("bonus_cents", null=True),  # worked out and written down before it is sent
    ms("bonus_ms", null=True),
    sa.Column("at_ms", Ms, nullable=False),
    sa.UniqueConstraint("assignment_id", "order_hit_id"),
)
