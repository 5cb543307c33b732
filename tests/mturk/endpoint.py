"""A lab that answers MTurk's protocol, and a real boto3 that asks; both ways are held against botocore's model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.config import Config
from botocore.validate import ParamValidator
from fastapi import FastAPI

from mturk_bridge import keys, migrations
from mturk_bridge.keys import KeyPair
from mturk_bridge.store import ledger, requesters
from mturk_bridge.store.requesters import Requester
from tests.conftest import Clock, lab
from tests.web.serving import serving
from workbench import assign, submit
from workbench.context import Context, wall_clock
from workbench.domain import Assignment, Json, Person
from workbench.store.lab import set_up
from workbench.web.app import create_app

NAMESPACES = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
FORM = f"""<QuestionForm xmlns="{NAMESPACES}/2017-11-06/QuestionForm.xsd">
  <Overview><Title>Boats</Title><Text>A white sail on the IJsselmeer.</Text></Overview>
  <Question>
    <QuestionIdentifier>isBoat</QuestionIdentifier><IsRequired>true</IsRequired>
    <QuestionContent><Text>Is this about a boat?</Text></QuestionContent>
    <AnswerSpecification><SelectionAnswer><StyleSuggestion>radiobutton</StyleSuggestion><Selections>
      <Selection><SelectionIdentifier>yes</SelectionIdentifier><Text>Yes</Text></Selection>
      <Selection><SelectionIdentifier>no</SelectionIdentifier><Text>No</Text></Selection>
    </Selections></SelectionAnswer></AnswerSpecification>
  </Question>
  <Question>
    <QuestionIdentifier>why</QuestionIdentifier>
    <QuestionContent><Text>Why?</Text></QuestionContent>
    <AnswerSpecification><FreeTextAnswer><NumberOfLinesSuggestion>3</NumberOfLinesSuggestion></FreeTextAnswer></AnswerSpecification>
  </Question>
</QuestionForm>"""
PAGE = """<!DOCTYPE html><html><body><form name="mturk_form" method="post" action="/submit">
<p>Welke boot is dit? ${name}</p><input name="tag"><input type="submit"></form></body></html>"""
HTML = f"""<HTMLQuestion xmlns="{NAMESPACES}/2011-11-11/HTMLQuestion.xsd">
<HTMLContent><![CDATA[{PAGE}]]></HTMLContent><FrameHeight>450</FrameHeight></HTMLQuestion>"""
EXTERNAL = f"""<ExternalQuestion xmlns="{NAMESPACES}/2006-07-14/ExternalQuestion.xsd">
<ExternalURL>https://zender.example/task?id=1</ExternalURL><FrameHeight>0</FrameHeight></ExternalQuestion>"""
TYPE: Mapping[str, Any] = {
    "Title": "Is this a boat?",
    "Description": "Read one line and answer.",
    "Keywords": "boats, reading",
    "Reward": "0.50",
    "AssignmentDurationInSeconds": 600,
    "AutoApprovalDelayInSeconds": 3600,
}


class Odd(AssertionError):
    """A request or an answer that is not what botocore's model says."""


@dataclass
class Desk:
    """A lab with one requester, on a server."""

    ctx: Context
    url: str
    requester: Requester
    pair: KeyPair
    clock: Clock
    app: FastAPI
    checked: list[str] = field(default_factory=list)

    def client(self, *, url: str | None = None, pair: KeyPair | None = None, attempts: int = 3, fits_model: bool = True) -> Any:
        """A boto3 client as a requester's program makes it: only `endpoint_url` is another."""
        pair = pair or self.pair
        made = boto3.client(
            "mturk",
            region_name="us-east-1",
            endpoint_url=url or f"{self.url}/mturk/requester",
            aws_access_key_id=pair.access_key_id,
            aws_secret_access_key=pair.secret_access_key,
            config=Config(retries={"max_attempts": attempts, "mode": "legacy"}, read_timeout=30),
        )
        watch(made, self.checked, requests=fits_model)
        return made


@cache
def empty_bridge() -> bytes:
    """An SQLite file with the bridge's tables in it: made once, then copied, which is cheaper than migrating each."""
    with TemporaryDirectory() as folder:
        ctx = lab(Path(folder), Clock())
        migrations.ready(ctx)
        ctx.close()
        return Path(folder, "workbench.sqlite3").read_bytes()


def _where_it_is_eleven(now: int) -> str:
    """A time zone where it is in the morning now: what a test does in one working day then ends in it."""
    return f"Etc/GMT{datetime.fromtimestamp(now / 1000, UTC).hour - 11:+d}"  # by POSIX: + is west


@contextmanager
def a_desk(folder: Path, *, credit: int = 100_000, name: str = "Zender Noord", database_url: str | None = None) -> Iterator[Desk]:
    """A lab with a requester that has so many cents of credit; its clock is the machine's, for boto3 signs by that."""
    clock = Clock(wall_clock())
    if database_url is None and not folder.exists():
        folder.mkdir(parents=True)
        (folder / "workbench.sqlite3").write_bytes(empty_bridge())
    ctx = lab(folder, clock, database_url)
    migrations.ready(ctx)
    ctx.db.write(lambda connection: set_up(connection, name=name, time_zone=_where_it_is_eleven(clock()), now=clock()))
    requester, pair = with_requester(ctx, name, credit=credit)
    app = create_app(ctx)
    with serving(app) as url:
        yield Desk(ctx, url, requester, pair, clock, app)
    ctx.close()


def with_requester(ctx: Context, name: str = "Zender Noord", *, credit: int = 100_000) -> tuple[Requester, KeyPair]:
    """A requester with a key pair and credit, in a lab that knows what a euro is in dollars."""
    migrations.ready(ctx)
    requester = keys.add_requester(ctx, name)
    pair = keys.add_key(ctx, requester)
    now = ctx.now()
    ctx.db.write(lambda connection: requesters.set_rate(connection, Decimal("1.15"), "ECB, a test", None, now))
    ctx.db.write(lambda connection: ledger.add(connection, requester.account, "credit", credit, now=now))
    return requester, pair


def work(ctx: Context, person: Person, answer: Mapping[str, Json], *, active_ms: int = 30_000) -> Assignment:
    """This person does their next question."""
    assignment = assign.next_assignments(ctx, person)[0]
    key = f"answer-{assignment.public_id}"
    submit.submit(ctx, person, assignment.public_id, answer, key=key, via="page", active_ms=active_ms)
    return assignment


# --- held against the model ------------------------------------------------------------------------------------------


def watch(client: Any, checked: list[str], *, requests: bool = True) -> None:
    """Check every answer of this client, and every request but where a test means it wrong, against botocore's own model."""
    service = client.meta.service_model

    def request(params: Any, model: Any, **_: Any) -> None:
        if requests:
            fits(model.input_shape, json.loads(params["body"]), f"{model.name} request")

    def answer(http_response: Any, parsed: Any, model: Any, **_: Any) -> None:
        raw = json.loads(http_response.content)
        if http_response.status_code < 300:
            fits(model.output_shape, raw, f"{model.name} answer")
            said = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
            problems = ParamValidator().validate(said, model.output_shape)
            if problems.has_errors():
                raise Odd(f"{model.name}: {problems.generate_report()}")
        elif raw["__type"] in ("RequestError", "ServiceFault"):
            fits(service.shape_for(raw["__type"]), {n: v for n, v in raw.items() if n != "__type"}, f"{model.name} error")
            if not raw.get("Message") or not raw.get("TurkErrorCode"):
                raise Odd(f"{model.name}: an error without words or code: {raw}")
        checked.append(model.name)

    client.meta.events.register("before-call.mturk", request)
    client.meta.events.register("after-call.mturk", answer)


def fits(shape: Any, value: Any, place: str) -> None:
    """Does raw JSON fit a shape, unknown members, patterns, lengths and lists of values included? Raises Odd."""
    kind = shape.type_name
    if kind == "structure":
        _is(isinstance(value, dict), place, value)
        _is(set(value) <= set(shape.members), place, sorted(set(value) - set(shape.members)))
        _is(set(shape.required_members) <= set(value), place, value)
        for name, each in value.items():
            fits(shape.members[name], each, f"{place}.{name}")
    elif kind == "list":
        _is(isinstance(value, list), place, value)
        for each in value:
            fits(shape.member, each, f"{place}[]")
    elif kind == "string":
        rules = shape.metadata
        _is(isinstance(value, str), place, value)
        _is(rules.get("min", 0) <= len(value) <= rules.get("max", 10**9), place, value)
        _is(re.search(rules.get("pattern", ""), value) is not None, place, value)
        _is(not shape.enum or value in shape.enum, place, value)
    elif kind in ("integer", "long"):
        _is(isinstance(value, int) and not isinstance(value, bool), place, value)
    elif kind == "boolean":
        _is(isinstance(value, bool), place, value)
    elif kind == "timestamp":
        _is(isinstance(value, int | float), place, value)


def _is(holds: bool, place: str, value: Any) -> None:
    if not holds:
        raise Odd(f"{place}: {value!r}")
