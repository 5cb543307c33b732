"""One ingest from beginning to end: gather the files, read them in batches, commit each, and say what happened."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from workbench import split
from workbench.context import Context
from workbench.domain import Json, Project
from workbench.errors import Invalid
from workbench.gold_files import Known
from workbench.ingest import adding, gathering, kinds, mixing, parts, subtitles
from workbench.ingest.adding import Batch, Tally
from workbench.ingest.candidates import candidates
from workbench.ingest.entries import Entry, Files, Given
from workbench.ingest.intake import Candidate, Intake, Place
from workbench.ingest.reader import StoredMedia
from workbench.ingest.remarks import Remark
from workbench.store import datasets as store
from workbench.store import projects
from workbench.store.datasets import Problem

BATCH_WEIGHT = 2_000  # rows that are committed together: about 50 ms in which other writers wait
FEW, UNIT = 100, 100  # of so few the progress is told in hundredths of each: one film may be all there is
NOWHERE: Place = (-1, -1)
BEGUN: Place = (-1, 0)  # what was wrong with the upload as a whole is written down
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Report:
    """
    What came in and what did not.

    problems: the first 1,000; problem_count: all. refused: nothing was added. subtitles: what each file of them holds
    and what its cues leave out (see ingest.subtitles). remarks: what is worth knowing about files that came in.
    """

    dataset: str
    sources_added: int
    sources_known: int
    microtasks_added: int
    gold_added: int
    problems: Sequence[Problem] = field(default_factory=list)
    problem_count: int = 0
    refused: bool = False
    subtitles: Sequence[Mapping[str, Json]] = ()
    remarks: Sequence[Remark] = ()


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
    known = _known(gold, splitters)
    with ExitStack() as stack, _old_objects_left_alone():
        gathered = gathering.gather(ctx, given, stack)
        dataset = _dataset(ctx, project, given, gathered.fingerprint, created_by)
        files = Files(gathered.entries)
        intake = Intake(ctx, project, kinds.wanted_by(steps), files, dataset.id)
        for name, stored in gathered.uploads:
            parts.record_upload(ctx, dataset.id, name, stored)
        run = _Run(intake, dataset, splitters, gathered, progress, created_by, *known)
        if whole and (wrong := run.look()):
            return run.refuse(wrong)
        return run.add()


@contextmanager
def _old_objects_left_alone() -> Iterator[None]:
    """The garbage collector would look through the whole program for every few rows: a quarter of all the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _known(gold: Given | None, splitters: Sequence[split.Splitter]) -> tuple[dict[str, list[Known]], list[Problem]]:
    """Read before anything is added: a gold file that cannot be used stops the ingest while nothing has happened."""
    if gold is None:
        return {}, []
    mixing.check_wanted(splitters)
    return mixing.book(gold, splitters)


def _dataset(ctx: Context, project: Project, given: Sequence[Given], fingerprint: str, created_by: int | None) -> store.Dataset:
    """The dataset of this upload: the one that was being received when a program stopped, or a new one."""
    name, now = ", ".join(each.name for each in given) or "upload", ctx.now()

    def write(connection: Connection) -> store.Dataset:
        for left in store.receiving(connection, project.id, name):
            if left.counts.get("fingerprint") == fingerprint:
                return left
            # The files changed since: what came in of the former ones is whole, and these are another upload.
            store.update_dataset(connection, left.id, counts=left.counts, status="ready")
        made = store.create_dataset(connection, project_id=project.id, name=name, created_by=created_by, now=now)
        store.update_dataset(connection, made.id, counts={"fingerprint": fingerprint})
        return made

    return ctx.db.write(write)


@dataclass
class _Run:
    """The state of one ingest."""

    intake: Intake
    dataset: store.Dataset
    splitters: Sequence[split.Splitter]
    gathered: gathering.Gathered
    progress: Progress
    created_by: int | None
    known: dict[str, list[Known]]
    known_problems: list[Problem]

    def __post_init__(self) -> None:
        self.ctx, self.project = self.intake.ctx, self.intake.project
        self.entries: Sequence[Entry] = self.gathered.entries
        self.done = 0  # rows read, and files cut into questions, for the progress bar
        self.at_work = 0  # 1 while a file is being cut
        self.unit = UNIT if self.gathered.about <= FEW else 1
        self.told = list(self.dataset.counts.get("subtitles", ()))  # of an ingest that was stopped as well
        self.intake.remarks.take_up(self.dataset.counts)
        self.media = StoredMedia(self.ctx, on_progress=self._tell)

    def look(self) -> list[Problem]:
        """Read everything, add nothing; returns what is wrong."""
        wrong = [*self.gathered.problems, *self.known_problems]
        rehearsal = mixing.Rehearsal(self.known)
        for batch in self._batches(NOWHERE):
            found = self._sort_out(batch)
            wrong += [*batch.problems, *found.problems]
            rehearsal.meet(found.cuts)
            if len(wrong) > store.MOST_PROBLEMS:
                return wrong  # refused in any case
        self.intake.used.clear()
        return wrong + rehearsal.problems(self.ctx, self.project)

    def refuse(self, wrong: Sequence[Problem]) -> Report:
        """Nothing is added; the dataset stays, refused, with the reasons."""
        return self._finish(Tally(problems=len(wrong)), wrong, status="refused")

    def add(self) -> Report:
        """Read everything, and commit batch by batch from where a stopped ingest was."""
        tally, place = Tally.from_json(self.dataset.counts)
        if place == NOWHERE:
            first = Batch(problems=[*self.gathered.problems, *self.known_problems], place=BEGUN)
            tally = self._commit(first, tally)
        self.done = tally.sources_added + tally.sources_known + tally.problems
        for batch in self._batches(place):
            tally = self._commit(batch, tally)
            self._tell()
        mixed = mixing.mix(self.ctx, self.project, self.splitters, self.known, self.created_by)
        self.progress(self.done * self.unit, self.done * self.unit)
        return self._finish(tally + Tally(gold_added=mixed.added, problems=len(mixed.problems)), mixed.problems, status="ready")

    def _finish(self, tally: Tally, problems: Sequence[Problem], *, status: str) -> Report:
        now = self.ctx.now()
        counts = {**tally.to_json(None), "ready_ms": now, **self._told()}

        def write(connection: Connection) -> list[Problem]:
            store.add_problems(connection, self.dataset.id, problems, now=now)
            store.update_dataset(connection, self.dataset.id, counts=counts, status=status)
            return store.problems_of(connection, self.dataset.id)

        return Report(
            dataset=self.dataset.public_id,
            sources_added=tally.sources_added,
            sources_known=tally.sources_known,
            microtasks_added=tally.microtasks_added,
            gold_added=tally.gold_added,
            problems=self.ctx.db.write(write),
            problem_count=tally.problems,
            refused=status == "refused",
            subtitles=self.told,
            remarks=self.intake.remarks.listed(),
        )

    def _told(self) -> dict[str, Json]:
        return {**({"subtitles": self.told} if self.told else {}), **self.intake.remarks.to_json()}

    def _tell(self, share: float = 0.0) -> None:
        """
        How far it is; also in the middle of a long film, because this is where stopping is noticed.

        share: of the file that is being cut, 0–1.
        """
        self.progress(int((self.done + share) * self.unit), max(self.done, self.gathered.about) * self.unit)

    def _sort_out(self, batch: Batch) -> adding.Sorted:
        found = adding.sort_out(self.ctx, self.project, batch.candidates, self.splitters, self.media, self._begun)
        self.done, self.at_work = self.done + self.at_work, 0
        return found

    def _begun(self, candidate: Candidate) -> None:
        """The file before this one is done."""
        if adding.is_slow(candidate):
            self.done, self.at_work = self.done + self.at_work, 1
            self._tell()

    def _batches(self, place: Place) -> Iterator[Batch]:
        batch = Batch()
        for reached, found in candidates(self.intake, self.entries, place):
            batch.take(reached, found)
            self.done += isinstance(found, Problem) or not adding.is_slow(found)
            if batch.weight >= BATCH_WEIGHT or batch.is_old():
                yield batch
                batch = Batch()
            elif batch.slow:
                self._tell()
        if batch.rows:
            yield batch

    def _commit(self, batch: Batch, before: Tally) -> Tally:
        """Everything of a batch, with the place reached: all of it is there, or none of it."""
        found = self._sort_out(batch)
        truth = mixing.ground_truth(cut.candidate for cut in found.cuts)
        wrong = [*batch.problems, *found.problems]
        now, dataset_id = self.ctx.now(), self.dataset.id
        fresh = [told for cut in found.cuts for told in cut.candidate.subtitles]
        self.told = [*self.told, *fresh][: subtitles.MOST_TOLD]

        def write(connection: Connection) -> Tally:
            added = adding.add(connection, self.project.id, dataset_id, found, before, now)
            mixed = self._mix(connection, truth, now) if truth else mixing.Mixed()
            problems = [*wrong, *mixed.problems]
            after = before + added + Tally(gold_added=mixed.added, problems=len(problems))
            store.add_problems(connection, dataset_id, problems, now=now)
            counts = {**after.to_json(batch.place), "fingerprint": self.gathered.fingerprint, **self._told()}
            store.update_dataset(connection, dataset_id, counts=counts)
            return after

        return self.ctx.db.write(write)

    def _mix(self, connection: Connection, known: dict[str, list[Known]], now: int) -> mixing.Mixed:
        return mixing.mix_some(
            connection,
            project_id=self.project.id,
            splitters=self.splitters,
            known=known,
            created_by=self.created_by,
            now=now,
        )
