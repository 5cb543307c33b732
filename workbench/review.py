"""Score gold and settle, as answers arrive.

The submit transaction leaves a row in `to_settle`; `drain` works that line off outside the request. The arithmetic
(numpy, scipy) runs in a process of its own, so that the web process stays light; the writing goes through the one
queue like every write.
"""

from __future__ import annotations

import importlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from threading import Thread
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from task_types import reading, registry
from task_types.protocol import AnswerError, Case, Collected, Distribution, Judgement, Outcome, Remembering
from workbench import later, overlap
from workbench.context import Context
from workbench.domain import Json
from workbench.refit import Due, refit
from workbench.store import asking, measures, projects, settling
from workbench.store import gold as gold_store
from workbench.store.settling import Result, Waiting

BATCH = 200
GATHER_SECONDS = 0.15  # answers that come in together are settled together: less work for each
PROCESSES = 2  # one settles while the other refits
log = structlog.get_logger()


def drain(ctx: Context, executor: Executor | None = None, due: Due | None = None, rng: random.Random | None = None) -> int:
    """Settle what waits; returns how many microtasks were looked at.

    Args:
        executor: where the arithmetic runs; None: here (commands, tests).
        due: counts what was settled, for the next refit.
        rng: decides which settled microtasks are asked once more as an audit; None: nobody can know it beforehand.
    """
    total, rng = 0, rng or random.SystemRandom()
    while batch := ctx.db.read(lambda connection: settling.waiting(connection, BATCH, ctx.now())):
        results = executor.submit(settle_all, batch).result() if executor else settle_all(batch)
        now = ctx.now()
        ctx.db.write(partial(_keep, results=results, now=now, rng=rng))
        total += len(batch)
        if due:
            _count(ctx, due, results)
        if len(batch) < BATCH:
            break
    return total


def _count(ctx: Context, due: Due, results: Sequence[Result]) -> None:
    for result in results:
        if result.kind is not None:
            due.count(result.step_id)
    gold_ids = [result.gold_id for result in results if result.gold_id is not None]
    for step_id in ctx.db.read(lambda connection: gold_store.corrected_steps(connection, gold_ids)) if gold_ids else ():
        due.hurry(step_id)


def _keep(connection: Connection, results: Sequence[Result], now: int, rng: random.Random) -> None:
    settled, first = settling.keep(connection, results, now)
    drawn = overlap.audited(rng, [result.audit_room and not result.budgeted for result in first])
    if ids := [result.microtask_id for result, audit in zip(first, drawn, strict=True) if audit]:
        measures.add_audits(connection, ids, now)
        asking.ask_more(connection, ids)
    for step_id in {result.step_id for result in results if result.budgeted and result.kind}:
        step = projects.step_by_id(connection, step_id)
        overlap.spend(connection, step_id, reading.settings(registry.get(step.task_type), step.settings))
    asking_later = later.Later(connection, now)
    for result in settled:
        asking_later.ask(result)


def settle_all(batch: Sequence[Waiting]) -> list[Result]:
    """Settle each of these: pure, so that it may run in another process. One that fails holds nobody else up."""
    return [_settle_or_set_aside(waiting) for waiting in batch]


def _settle_or_set_aside(waiting: Waiting) -> Result:
    try:
        return _settle(waiting)
    except Exception as error:
        # Ids and the kind of error only: answers have no place in a log.
        place = {"microtask": waiting.microtask.public_id, "task_type": waiting.task_type}
        log.error("could not settle", error=type(error).__name__, **place)
        seen: dict[str, Any] = {"since_ms": waiting.since_ms, "tries": waiting.tries}
        return Result(waiting.microtask.id, waiting.microtask.step_id, waiting.asked, **seen, failed=True)


def _settle(waiting: Waiting) -> Result:
    task_type: Any = registry.get(waiting.task_type)
    settings = reading.kept_settings(task_type, waiting.settings)
    payload = reading.payload(task_type, waiting.microtask.payload, waiting.microtask.task_type_version)
    case = Case(settings=settings, payload=payload, locale="en")
    answers = [(given, _read(task_type, given.answer)) for given in waiting.answers]
    fitting = [(given, answer) for given, answer in answers if _fits(task_type, case, answer)]
    plain: dict[str, Any] = {
        "microtask_id": waiting.microtask.id,
        "step_id": waiting.microtask.step_id,
        "asked": waiting.asked,
        "since_ms": waiting.since_ms,
        "answers": len(answers),
    }
    hidden = waiting.gold is not None and waiting.gold.kind == "hidden"
    if waiting.gold is not None and hidden and task_type.scoring is not None and not settings.opinion:
        accepted = [reading.answer(task_type, one) for one in waiting.gold.accepted]
        scores = [
            (given.annotation_id, given.person_id, _score(task_type, case, answer, accepted))
            for given, answer in fitting
            if not given.together and waiting.gold.judges(given)
        ]
        return Result(**plain, gold_id=waiting.gold.id, scores=scores)
    closed = waiting.microtask.status in ("gold", "learning") or (waiting.holds is not None and waiting.holds.is_final)
    if closed or len(answers) < waiting.microtask.wanted:
        return Result(**plain)
    found = _outcome(task_type, case, waiting, fitting)
    given = [answer for _, answer in fitting if answer is not None]
    room = settings.adaptive is not None and len(answers) < settings.most_answers
    if room and overlap.wants_another(task_type, settings, found, given, waiting.known):
        return Result(**plain, more=True)
    adaptive: dict[str, Any] = {
        "audit_room": room,
        "budgeted": settings.adaptive is not None and settings.adaptive.budget is not None,
    }
    follow_ups = [reading.dumped(payload) for payload in task_type.follow_up(case, found)]
    return Result(**plain, **_as_row(task_type, found), **adaptive, follow_ups=follow_ups)


def _read(task_type: Any, answer: Json) -> Any:
    return None if answer is None else reading.answer(task_type, answer)


def _score(task_type: Any, case: Case[Any, Any], answer: Any, accepted: Sequence[Any]) -> float:
    # "I don't know" on a check question is honest, and it is not a match.
    return 0.0 if answer is None else float(task_type.scoring.gold_score(case, answer, accepted))


def _fits(task_type: Any, case: Case[Any, Any], answer: Any) -> bool:
    """Does the answer still fit the settings? A client may have taken a label away; the answer stays, and votes no more."""
    try:
        if answer is not None:
            task_type.check(case, answer)
    except AnswerError:
        return False
    return True


def _outcome(
    task_type: Any, case: Case[Any, Any], waiting: Waiting, answers: Sequence[tuple[settling.Answer, Any]]
) -> Outcome[Any]:
    if task_type.aggregator is None:
        return Collected([answer for _, answer in answers if answer is not None])
    judgements = [Judgement(given.person_id, answer) for given, answer in answers]
    merged = task_type.aggregator
    remembers = isinstance(merged, Remembering)
    model = merged.model_of(waiting.skills, waiting.habits) if remembers else merged.model(waiting.skills)
    found: Outcome[Any] = model.settle(case, judgements)
    return found


def _as_row(task_type: Any, found: Outcome[Any]) -> dict[str, Any]:
    # A type that merges does not always: an opinion is counted, whatever its method.
    if isinstance(found, Distribution):
        intervals = {value: list(interval) for value, interval in found.intervals.items()}
        shown = {"shares": dict(found.shares), "intervals": intervals, "answers": found.answers}
        return {"method": "shares", "kind": "distribution", "answer": shown}
    if isinstance(found, Collected):
        given = [reading.dumped(one) for one in found.answers]
        return {"method": "collected", "kind": "collected", "answer": {"answers": given}}
    merged, answer = task_type.aggregator, None if found.answer is None else reading.dumped(found.answer)
    row = {"method": merged.method, "method_version": merged.version, "kind": "settled", "answer": answer}
    return {**row, "confidence": found.confidence, "detail": dict(found.detail)}


def end_with(parent: int) -> None:
    """In a child process: stop when the server that started it is gone, also after `kill -9`."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=watch, daemon=True).start()


def _warm_up(executor: Executor) -> bool:
    """Both processes load their libraries at the first answer; else the second does so in the middle of later work."""
    for _ in range(PROCESSES):
        executor.submit(load)
    return True


def load() -> None:
    """In a settling process: load what settling and refitting need (this module came along with the call)."""
    importlib.import_module("quality.calibration")
    time.sleep(0.1)  # so that the other process gets a call too


class Settling:
    """Keeps the line short while the server runs: wakes up after each answer, or after a second.

    A context manager: entering starts a thread and a process, leaving ends both after what is in hand.
    """

    def __init__(self, ctx: Context, *, every_seconds: float = 1.0, on_settled: Callable[[int], None] | None = None) -> None:
        self._ctx = ctx
        self._every = every_seconds
        self._on_settled = on_settled
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="settling", daemon=True)

    def wake(self) -> None:
        """An answer came in."""
        self._wake.set()

    def __enter__(self) -> Settling:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        due = Due()
        while not self._stop.is_set():
            with ProcessPoolExecutor(PROCESSES, get_context("spawn"), end_with, (os.getpid(),)) as executor:
                try:
                    self._work(executor, due)
                except BrokenProcessPool:
                    # Out of memory, or killed: the rows stay in line, and a new process takes over.
                    log.error("the settling process died; a new one is started")
                    self._stop.wait(1)

    def _work(self, executor: Executor, due: Due) -> None:
        refits: Thread | None = None
        is_warm = False
        while not self._stop.is_set():
            if self._wake.wait(self._every):
                is_warm = is_warm or _warm_up(executor)
                self._stop.wait(GATHER_SECONDS)
            self._wake.clear()
            try:
                settled = drain(self._ctx, executor, due)
            except BrokenProcessPool:
                raise
            except Exception as error:
                # The rows stay in line: the next round tries again.
                log.error("settling failed", error=type(error).__name__)
                self._stop.wait(5)
                continue
            if settled and self._on_settled:
                self._on_settled(settled)
            if refits is None or not refits.is_alive():
                # Beside settling, not before it: a large step takes a while.
                refits = Thread(target=self._refit, args=(due.take(self._ctx.now()), executor), daemon=True)
                refits.start()

    def _refit(self, steps: Sequence[int], executor: Executor) -> None:
        for step_id in steps:
            try:
                refit(self._ctx, step_id, executor)
            except Exception as error:
                log.error("refit failed", step=step_id, error=type(error).__name__)
