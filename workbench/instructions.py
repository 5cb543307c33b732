"""Instructions as the supervisor keeps them: questions answered once for all, newer versions, and answers in doubt."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.engine import Connection

from workbench import projects
from workbench.context import Context
from workbench.domain import Assignment, Json, Person, Project, Step
from workbench.errors import Invalid
from workbench.store import audit
from workbench.store import instructions as store

LONGEST_WORDS = 2000
FIELDS = ("question", "instructions")
LOCALES = ("nl", "en")


def ask(ctx: Context, person: Person, assignment: Assignment, words: str, *, key: str) -> None:
    """
    A worker asks about the instructions; the supervisor's answer is for everybody. Raises Invalid without words.
    """
    words = words.strip()[:LONGEST_WORDS]
    if not words:
        raise Invalid("Write your question in a few words.", field="words")

    def keep(connection: Connection) -> None:
        store.ask(
            connection,
            step_id=assignment.microtask.step_id,
            step_version_id=assignment.step_version_id,
            microtask_id=assignment.microtask.id,
            person_id=person.id,
            words=words,
            key=f"{assignment.public_id}:{key}"[:64],
            now=ctx.now(),
        )

    ctx.db.write(keep)


def answer(ctx: Context, by: Person, project: Project, question_id: str, *, shown_as: str, words: str) -> None:
    """
    Answer for everybody. `shown_as` is the question as all will read it: nobody should be known by their words.

    Raises:
        Invalid: no question or no answer.
        Conflict: it was taken away meanwhile.
    """
    shown_as, words = shown_as.strip()[:LONGEST_WORDS], words.strip()[:LONGEST_WORDS]
    if not shown_as or not words:
        raise Invalid("Write the question and the answer as everybody will read them.", field="answer")

    def keep(connection: Connection) -> None:
        store.answer(connection, project.id, question_id, shown_as=shown_as, answer=words, by=by.id, now=ctx.now())
        audit.record(connection, now=ctx.now(), person_id=by.id, action="instructions.answer", subject=project.public_id)

    ctx.db.write(keep)


def take_away(ctx: Context, by: Person, project: Project, question_id: str) -> None:
    """It stands in the instructions now, or needs no answer. Raises Conflict when it is gone."""

    def keep(connection: Connection) -> None:
        store.withdraw(connection, project.id, question_id, now=ctx.now())
        audit.record(connection, now=ctx.now(), person_id=by.id, action="instructions.take_away", subject=project.public_id)

    ctx.db.write(keep)


def texts_of(step: Step) -> dict[str, str]:
    """What can be changed, by the name of its form field: "question", or "question.nl" where it differs by language."""
    found: dict[str, str] = {}
    for field in FIELDS:
        said = step.settings.get(field)
        if isinstance(said, Mapping):
            found |= {f"{field}.{locale}": str(said.get(locale, "")) for locale in LOCALES}
        else:
            found[field] = str(said or "")
    return found


def change(ctx: Context, by: Person, step: Step, texts: Mapping[str, str], *, note: str) -> Step:
    """
    A newer version of the question and the instructions; nothing else of the settings changes.

    Args:
        texts: as `texts_of` names them.
        note: what changed and why: people read it beside the version.

    Raises:
        Invalid: nothing changed, no note, or words that the task type does not take.
    """
    if all(texts.get(name, "").strip() == before.strip() for name, before in texts_of(step).items()):
        raise Invalid("Nothing changed. Change the question or the instructions first.", field="instructions")
    if not note.strip():
        raise Invalid("Write what changed, in a few words.", field="note")
    settings: dict[str, Json] = dict(step.settings)
    for field in FIELDS:
        if isinstance(said := settings.get(field), Mapping):
            settings[field] = {**said, **{locale: texts.get(f"{field}.{locale}", "").strip() for locale in LOCALES}}
            settings[field] = {locale: words for locale, words in settings[field].items() if words}
        else:
            settings[field] = texts.get(field, "").strip()
        if not settings[field]:
            settings.pop(field)
    return projects.change_settings(ctx, step, settings, note=note.strip()[:LONGEST_WORDS], by=by)
