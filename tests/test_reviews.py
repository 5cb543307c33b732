"""Reviews through the real door: a sample, accept, correct, return; and the report that follows."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.builders import add_texts, key, person, rating, rows, step_id, workers
from tests.export import builders
from workbench import assign, material, pdf, projects, quality_report, refit, review, reviews, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person, Project, Role
from workbench.errors import BadInput, Conflict, Invalid
from workbench.export import export
from workbench.store import reviewing

RNG = random.Random(1)


def settled(ctx: Context, values: dict[str, tuple[int, int]], **settings: Any) -> tuple[Project, list[Person]]:
    """A project whose texts two people answered so."""
    project = rating(ctx, texts=list(values), overlap=2, **settings)
    crowd = workers(ctx, 2)
    for number, who in enumerate(crowd):
        while found := assign.next_assignments(ctx, who):
            value = values[str(found[0].microtask.payload["text"])][number]
            submit.submit(ctx, who, found[0].public_id, {"value": value}, key=key(), via="api")
    review.drain(ctx)
    return project, crowd


def first_of(ctx: Context, project: Project, client: Person, size: int = 2) -> tuple[Any, Any]:
    public_id = reviews.sample(ctx, project, client, size, RNG)
    batch = ctx.db.read(lambda c: reviewing.batch(c, project.id, public_id))
    return batch, ctx.db.read(lambda c: reviewing.items_of(c, batch.id))


def test_a_sample_is_half_random_half_doubtful_and_never_drawn_twice(each_db_ctx: Context) -> None:
    """Of four answers one is unsure: it is among a sample of two, unless chance drew it."""
    ctx = each_db_ctx
    project, _ = settled(ctx, {"a": (4, 4), "b": (1, 5), "c": (4, 4), "d": (2, 2)})
    client = person(ctx, "Oost", Role.CLIENT)
    batch, items = first_of(ctx, project, client)
    assert "b" in {each.source for each in items}
    for each in items:
        reviews.judge(ctx, project, client, each.microtask, "accepted", outcome_id=each.outcome_id, batch=batch)
    _, later = first_of(ctx, project, client, 4)
    new = [each for each in later if each.verdict is None]
    assert {each.source for each in new}.isdisjoint({each.source for each in items})
    assert len(new) == 2


def test_the_share_accepted_counts_what_was_looked_at_because_it_was_doubtful(each_db_ctx: Context) -> None:
    """Eight right and two doubtful wrong ones, one corrected and one returned: once all are drawn, that is eight of ten."""
    ctx = each_db_ctx
    project, crowd = settled(ctx, {str(number): (4, 4) for number in range(8)} | {"w1": (1, 5), "w2": (1, 5)})
    client, verdicts = person(ctx, "Oost", Role.CLIENT), {"w1": "corrected", "w2": "returned"}
    for size in (6, 14):
        batch, items = first_of(ctx, project, client, size)
        for each in items:
            if each.verdict is None:
                verdict = verdicts.get(each.source, "accepted")
                right = {"value": 2} if verdict == "corrected" else None
                how = {"outcome_id": each.outcome_id, "answer": right, "batch": batch, "words": "No."}
                reviews.judge(ctx, project, client, each.microtask, verdict, **how)
    for who in crowd:
        while found := assign.next_assignments(ctx, who):
            submit.submit(ctx, who, found[0].public_id, {"value": 2}, key=key(), via="api")
    review.drain(ctx)
    _, items = first_of(ctx, project, client, 20)
    assert [(each.source, each.why) for each in items] == [("w2", "doubtful")]
    (step,) = quality_report.build(ctx, project)["steps"]
    assert (step["review"]["random"]["accepted"], step["review"]["random"]["looked"]) == (8, 10)


def test_what_is_corrected_stays_whatever_comes_after(each_db_ctx: Context) -> None:
    """The reviewer's answer holds, is exported, and a late answer does not change it."""
    ctx = each_db_ctx
    project, crowd = settled(ctx, {"a": (4, 4)})
    sam = person(ctx, "Sam", Role.SUPERVISOR)
    _, (item,) = first_of(ctx, project, sam, 1)
    with pytest.raises(Invalid):
        reviews.judge(ctx, project, sam, item.microtask, "corrected", outcome_id=item.outcome_id, answer={"value": 9})
    reviews.judge(ctx, project, sam, item.microtask, "corrected", outcome_id=item.outcome_id, answer={"value": 2}, words="Two.")
    from workbench.store import answers

    ctx.db.write(lambda c: answers.ask_to_settle(c, item.microtask_id, ctx.now()))
    review.drain(ctx)
    held = ctx.db.read(lambda c: reviewing.one(c, item.microtask))
    assert (held.answer, held.method) == ({"value": 2}, "review")
    waiting = {(row.person_id, row.words, row.origin) for row in rows(ctx, t.feedback)}
    assert waiting == {(who.id, "Two.", "review") for who in crowd}
    with pytest.raises(Conflict):
        reviews.judge(ctx, project, sam, item.microtask, "accepted", outcome_id=item.outcome_id)


def test_what_is_returned_is_asked_again_and_its_words_wait_for_the_coach(each_db_ctx: Context) -> None:
    """Words are needed; the answers so far count no more; the same people may be asked."""
    ctx = each_db_ctx
    project, crowd = settled(ctx, {"a": (4, 4)})
    client = person(ctx, "Oost", Role.CLIENT)
    batch, (item,) = first_of(ctx, project, client, 1)
    with pytest.raises(Invalid, match="why"):
        reviews.judge(ctx, project, client, item.microtask, "returned", outcome_id=item.outcome_id)
    reviews.judge(ctx, project, client, item.microtask, "returned", outcome_id=item.outcome_id, words="Too kind.", batch=batch)
    task = rows(ctx, t.microtask)[0]
    assert (task.status, task.answers, task.free, task.outcome_id) == ("open", 0, 2, None)
    assert {row.batch for row in rows(ctx, t.feedback)} == {batch.public_id}
    for who in crowd:
        mine = assign.next_assignments(ctx, who)[0]
        submit.submit(ctx, who, mine.public_id, {"value": 2}, key=key(), via="api")
    review.drain(ctx)
    known = {row.id: row.answer for row in rows(ctx, t.outcome)}
    assert known[rows(ctx, t.microtask)[0].outcome_id] == {"value": 2}


def test_the_report_tells_what_can_be_known(ctx: Context, tmp_path: Path) -> None:
    """Agreement, gold with its interval, confusion, calibration, answers used, reviews; as HTML in two languages and as JSON."""
    golden = {f"g{number:02}": 1 + number % 5 for number in range(24)}
    project = rating(ctx, texts=["a", "b", "c"], overlap=2, gold={"first_share": 1, "share": 1})
    add_texts(ctx, project, list(golden), gold=golden)
    for number, who in enumerate(workers(ctx, 2)):
        while found := assign.next_assignments(ctx, who):
            text = str(found[0].microtask.payload["text"])
            value = golden.get(text, 4) if number == 0 or text != "g03" else 5
            submit.submit(ctx, who, found[0].public_id, {"value": value}, key=key(), via="api")
    review.drain(ctx)
    refit.refit(ctx, step_id(ctx, project))
    client = person(ctx, "Oost", Role.CLIENT)
    batch, items = first_of(ctx, project, client, 2)
    reviews.judge(ctx, project, client, items[0].microtask, "accepted", outcome_id=items[0].outcome_id, batch=batch)
    out = tmp_path / "report.json"
    quality_report.write(ctx, project, out, "en")
    (step,) = json.loads(out.read_text())["steps"]
    assert step["counts"] == {
        "microtasks": 27,
        "settled": 3,
        "open": 0,
        "gold": 24,
        "withdrawn": 0,
        "answers": 54,
        "dont_know": 0,
    }
    assert step["gold_accuracy"]["answers"] == 48
    assert step["gold_accuracy"]["low"] < step["gold_accuracy"]["mean"] < step["gold_accuracy"]["high"]
    assert step["confusion"]["given"] == ["1", "2", "3", "4", "5"]
    assert step["confusion"]["rows"][3] == {"right": "4", "counts": [0, 0, 0, 9, 1], "answers": 10, "share": 0.9}
    assert (step["gold_accuracy"]["people"], step["gold_accuracy"]["questions"]) == (2, 24)
    assert (step["kind"], step["no_agreement"]) == ("ordinal", "")
    assert step["calibration"]["gold"] == 24
    assert step["settled_by"]["by"] == [{"answers": 2, "microtasks": 3, "share": 1.0}]
    assert step["review"]["verdicts"] == {"accepted": 1}
    for locale, words in (("nl", "Kwaliteitsrapport"), ("en", "Quality report")):
        page = tmp_path / f"{locale}.html"
        quality_report.write(ctx, project, page, locale)
        assert words in page.read_text()
        assert not any(who.name in page.read_text() for who in workers(ctx, 0) or [client])
    with pytest.raises(BadInput):
        quality_report.write(ctx, project, tmp_path / "report.docx", "en")


@pytest.mark.skipif(not pdf.available(), reason="the extra pdf is not installed")
def test_a_pdf_of_the_same_report_is_made_once(ctx: Context, tmp_path: Path) -> None:
    """The second time it is what was kept; another answer makes another file; none outlives the project's material."""
    project = rating(ctx, texts=["a", "b"])
    [noor] = workers(ctx, 1)
    out = tmp_path / "report.pdf"
    quality_report.write(ctx, project, out, "nl")
    first = out.read_bytes()
    assert first.startswith(b"%PDF")
    folder = quality_report.pdfs_of(ctx, project)
    [place] = folder.iterdir()
    place.write_bytes(b"%PDF as it was kept")
    quality_report.write(ctx, project, out, "nl")
    assert out.read_bytes() == b"%PDF as it was kept"
    mine = assign.next_assignments(ctx, noor)[0]
    submit.submit(ctx, noor, mine.public_id, {"value": 2}, key=key(), via="api")
    quality_report.write(ctx, project, out, "nl")
    assert out.read_bytes().startswith(b"%PDF-1")
    assert len(list(folder.iterdir())) == 2
    review.drain(ctx)
    material.delete(ctx, project, by=None, reason="The contract ended.")
    assert not folder.exists()


def test_a_report_of_an_older_version_can_still_be_read(each_db_ctx: Context) -> None:
    """What it does not tell yet is left out: the pages, the print and the JSON are those of its own day."""
    ctx = each_db_ctx
    project, _ = settled(ctx, {"a": (4, 4), "b": (2, 2)})
    body = quality_report.build(ctx, project)
    (step,) = body["steps"]
    older = {name: value for name, value in step.items() if name not in ("kind", "no_agreement")}
    older |= {"confidence": {"mean": 0.9, "corrected": False, "tenths": []}, "audits": {"reopened": 3, "changed": 1}}
    older |= {"review": {"verdicts": {}, "random": None}, "gold_accuracy": {"answers": 9, "mean": 0.9, "low": 0.6, "high": 0.98}}
    older["confusion"] = {"given": ["1"], "rows": [{"right": "1", "counts": [9]}]}
    assert "90%" in quality_report.as_html(ctx, {**body, "steps": [older]}, "en")


def test_an_opinion_has_a_distribution_and_nothing_that_judges(ctx: Context, tmp_path: Path) -> None:
    """How often each answer was given, with intervals; no gold, agreement or confidence."""
    project, _ = settled(ctx, {"a": (4, 2), "b": (4, 4)}, opinion=True)
    (step,) = quality_report.build(ctx, project)["steps"]
    assert step["distribution"]["answers"] == 4
    assert step["methods"] == [{"method": "shares", "version": 1, "outcomes": 2}]
    assert step["distribution"]["rows"][0]["value"] == "4"
    assert step["distribution"]["rows"][0]["low"] < 0.75 < step["distribution"]["rows"][0]["high"]
    assert not {"agreement", "gold_accuracy", "confidence", "calibration", "confusion"} & set(step)
    quality_report.write(ctx, project, tmp_path / "r.html", "nl")
    assert "minderheid" in (tmp_path / "r.html").read_text()


def test_an_opinion_s_interval_is_of_people_not_of_answers() -> None:
    """Ten people, thirty questions each, seven always say yes: that is seven of ten."""
    found = quality_report.shares_of({"yes": 210.0, "no": 90.0}, 300, 10)
    assert found["rows"][0] == {"value": "yes", "share": 0.7, "low": 0.3968, "high": 0.8922}


def test_shares_of_pictures_are_told_per_question(ctx: Context) -> None:
    """ "a" of one film is not "a" of the next; of one film alone the table says how often each was chosen."""
    project = projects.create(ctx, "Films", "image_choice", {"overlap": 1})
    payload = {"options": [{"key": key, "subject": {"kind": "image", "media": key}} for key in ("a", "b")]}
    for number, title in enumerate(("one", "two"), 1):
        builders.add(ctx, project, {title: [("choice", payload)]}, kind="image", overlap=1)
        builders.everybody_answers(ctx, [person(ctx, title)], lambda who, asked: {"chosen": "a"})
        (step,) = quality_report.build(ctx, project)["steps"]
        assert (step["distribution"] is None, step["differ"]) == (number == 2, number == 2)
    assert "its own pictures" in quality_report.as_html(ctx, quality_report.build(ctx, project), "en")


def test_exports_carry_the_confidence_as_it_is_shown(ctx: Context, tmp_path: Path) -> None:
    """With gold the promise is corrected; the number of answers stands beside it, and no name."""
    from workbench.store import measures

    project, crowd = settled(ctx, {"a": (4, 4)})
    promised = rows(ctx, t.outcome)[0].confidence
    known = measures.Known(slope=0.5, intercept=0.0, gold=60, error=0.01)
    ctx.db.write(lambda c: measures.keep_calibration(c, step_id(ctx, project), known, ctx.now()))
    export(ctx, project, "jsonl", tmp_path / "out.jsonl")
    line = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert line["confidence"] == pytest.approx(known.shown(promised), abs=1e-4)
    assert line["answers"] == 2
    assert not any(who.name in (tmp_path / "out.jsonl").read_text() for who in crowd)
