"""Every column of the database is accounted for: what it holds about whom, why, and for how long."""

from __future__ import annotations

from workbench import privacy
from workbench.store import holdings, whole

MOST_WORDS = 14  # of one sentence


def test_every_column_is_described() -> None:
    """A new one is added to workbench/privacy/*.yaml together with its table; the line says where."""
    assert privacy.undescribed(whole.schema()) == []


def test_what_plug_ins_sweep_is_described_and_theirs() -> None:
    """A rule that is known, tables of their own."""
    described = privacy.tables()
    for held in holdings.holdings():
        assert {sweep.table.name for sweep in held.sweeps} <= set(held.metadata.tables) <= set(described)
        assert all(column in held.metadata.tables[table].c for table, column in held.blunted)


def test_descriptions_use_words_that_are_known() -> None:
    """Classes, grounds, readers and what erasing does."""
    wrong = []
    for activity in privacy.activities():
        wrong += [activity.name] if activity.about not in privacy.ABOUT or activity.ground not in privacy.GROUNDS else []
        wrong += [f"{activity.name}: {who}" for who in activity.seen_by if who not in privacy.READERS]
        wrong += [activity.name] if set(activity.why) != {"nl", "en"} else []
        for table in activity.tables:
            wrong += [f"{table.name}.{name}: {kind}" for name, kind in table.columns.items() if kind not in privacy.CLASSES]
            wrong += [table.name] if table.erase not in privacy.ERASURES or not set(table.blank) <= set(table.columns) else []
    assert wrong == []


def test_what_stays_after_erasing_is_explained() -> None:
    """Every table of a worker whose rows stay says why, in both languages."""
    silent = [
        table.name
        for activity in privacy.activities()
        for table in activity.tables
        if table.of and table.erase != "delete" and set(activity.stays) != {"nl", "en"}
    ]
    assert silent == []


def test_a_worker_reads_in_plain_words_what_is_kept() -> None:
    """What is kept and what stays, to them, in both languages, in short sentences."""
    held = [each for each in privacy.activities() if any(table.of for table in each.tables)]
    lacking = [each.name for each in held if set(each.plain) != {"nl", "en"} or bool(each.stays) != bool(each.stays_plain)]
    assert lacking == []
    hard = [
        (each.name, sentence)
        for each in held
        for texts in (each.plain, each.stays_plain)
        for text in texts.values()
        for sentence in text.split(". ")
        if len(sentence.split()) > MOST_WORDS
    ]
    assert hard == []


def test_rows_about_somebody_name_whose_they_are() -> None:
    """A table with a person in it that is about workers says by which column, so that they can take it along."""
    unclear = [
        table.name
        for activity in privacy.activities()
        for table in activity.tables
        if activity.about == "worker" and "person_id" in table.columns and table.of is None
    ]
    assert unclear == []


def test_free_text_and_needs_of_workers_never_just_stay() -> None:
    """Erasing deletes or empties them; two exceptions are named here, with their reason."""
    excused = {
        "instruction_question": "the question belongs to the instructions, and who asked is shown to nobody",
        "day_hours": "kinds of blocks, without words",
    }
    left = [
        table.name
        for activity in privacy.activities()
        for table in activity.tables
        if table.of and table.erase == "keep" and set(table.columns.values()) & {"need", "words"} and table.name not in excused
    ]
    assert left == []
