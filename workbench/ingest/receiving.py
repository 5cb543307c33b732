"""One ingest from beginning to end: gather the files, read them in batches, commit each, and say what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from workbench import split
from workbench.context import Context
from workbench.domain import Project
from workbench.errors import Invalid
from workbench.ingest import adding, gathering, kinds, parts
from workbench.ingest.adding import Batch, Tally
from workbench.ingest.candidates import candidates
from workbench.ingest.entries import Entry, Files, Given
from workbench.ingest.intake import Intake, Place
from workbench.ingest.reader import StoredMedia
from workbench.store import datasets as store
from workbench.store import projects
from workbench.store.datasets import Problem

BATCH_WEIGHT = 2_000  # rows that are committed together: about 50 ms in which other writers wait
NOWHERE: Place = (-1, -1)
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Report:
    """What came in and what did not. problems: the first 1,000; problem_count: all. refused: nothing was added."""

    dataset: str
    sources_added: int
    sources_known: int
    microtasks_added: int
    gold_added: int
    problems: Sequence[Problem] = field(default_factory=list)
    problem_count: int = 0
    refused: bool = False


def receive(
    ctx: Context,
    project: Project,
    given: Sequence[Given],
    *,
    gold: Given | None,
    whole: bool,
    created_by: int | None,
    progress: Progress,
) -> Report:
    """Like `ingest`, with the names that the uploader knows beside the paths of this machine."""
    steps = ctx.db.read(lambda connection: projects.first_steps_of(connection, project.id))
    if not steps:
        raise Invalid("This project has no step yet. Choose a task type for it first.")
    splitters = [split.splitter(step) for step in steps]
    with ExitStack() as stack:
        gathered = gathering.gather(ctx, given, stack)
        dataset = _dataset(ctx, project, given, created_by)
        files = Files(gathered.entries)
        intake = Intake(ctx, project, kinds.wanted_by(steps), files, dataset.id)
        for name, stored in gathered.uploads:
            parts.record_upload(ctx, dataset.id, name, stored)
        run = _Run(intake, dataset, splitters, gathered, progress)
        if whole and (wrong := run.look()):
            return run.refuse(wrong)
        return run.add()


def _dataset(ctx: Context, project: Project, given: Sequence[Given], created_by: int | None) -> store.Dataset:
    """The dataset of this upload: the one that was being received when a program stopped, or a new one."""
    name, now = ", ".join(each.name for each in given) or "upload", ctx.now()
    return ctx.db.write(
        lambda connection: (
            store.receiving(connection, project.id, name)
            or store.create_dataset(connection, project_id=project.id, name=name, created_by=created_by, now=now)
        )
    )


@dataclass
class _Run:
    """The state of one ingest."""

    intake: Intake
    dataset: store.Dataset
    splitters: Sequence[split.Splitter]
    gathered: gathering.Gathered
    progress: Progress

    def __post_init__(self) -> None:
        self.ctx, self.project = self.intake.ctx, self.intake.project
        self.entries: Sequence[Entry] = self.gathered.entries
        self.media = StoredMedia(self.ctx)

    def look(self) -> list[Problem]:
        """Read everything, add nothing; returns what is wrong."""
        wrong = list(self.gathered.problems)
        for batch in self._batches(NOWHERE):
            _, problems, _ = adding.sort_out(self.ctx, self.project, batch.candidates, self.splitters, self.media)
            wrong += [*batch.problems, *problems]
        self.intake.used.clear()
        return wrong

    def refuse(self, wrong: Sequence[Problem]) -> Report:
        """Nothing is added; the dataset stays, refused, with the reasons."""
        now, tally = self.ctx.now(), Tally(problems=len(wrong))

        def write(connection: Connection) -> None:
            store.add_problems(connection, self.dataset.id, wrong, now=now)
            store.update_dataset(connection, self.dataset.id, counts=tally.to_json(None), status="refused")

        self.ctx.db.write(write)
        return self._report(tally, refused=True)

    def add(self) -> Report:
        """Read everything, and commit batch by batch from where a stopped ingest was."""
        tally, place = Tally.from_json(self.dataset.counts)
        if place == NOWHERE:
            tally = self._commit(Batch(problems=list(self.gathered.problems)), tally, status=None)
        done = tally.sources_added + tally.sources_known + tally.problems
        for batch in self._batches(place):
            tally = self._commit(batch, tally, status=None)
            done += batch.rows
            self.progress(done, max(done, self.gathered.about))
        now, dataset_id = self.ctx.now(), self.dataset.id
        self.ctx.db.write(
            lambda c: store.update_dataset(c, dataset_id, counts={**tally.to_json(None), "ready_ms": now}, status="ready")
        )
        self.progress(done, done)
        return self._report(tally, refused=False)

    def _batches(self, place: Place) -> Iterator[Batch]:
        batch = Batch()
        for reached, found in candidates(self.intake, self.entries, place):
            batch.take(reached, found)
            if batch.weight >= BATCH_WEIGHT:
                yield batch
                batch = Batch()
        if batch.rows:
            yield batch

    def _commit(self, batch: Batch, before: Tally, *, status: str | None) -> Tally:
        cuts, problems, again = adding.sort_out(self.ctx, self.project, batch.candidates, self.splitters, self.media)
        batch.problems += problems
        now, dataset_id = self.ctx.now(), self.dataset.id

        def write(connection: Connection) -> Tally:
            added = adding.add(connection, self.project.id, dataset_id, batch, cuts, before, now)
            after = before + adding.with_known(added, again)
            store.update_dataset(connection, dataset_id, counts=after.to_json(batch.place), status=status)
            return after

        return self.ctx.db.write(write)

    def _report(self, tally: Tally, *, refused: bool) -> Report:
        problems = self.ctx.db.read(lambda connection: store.problems_of(connection, self.dataset.id))
        return Report(
            dataset=self.dataset.public_id,
            sources_added=tally.sources_added,
            sources_known=tally.sources_known,
            microtasks_added=tally.microtasks_added,
            gold_added=tally.gold_added,
            problems=problems,
            problem_count=tally.problems,
            refused=refused,
        )
