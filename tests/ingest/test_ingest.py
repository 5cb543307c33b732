"""Files, folders and tables come in: what is good once, what is bad with its place."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from accessibility.sentences import unpacked
from tests.conftest import Clock, lab
from tests.cues import builders as subtitle_files
from tests.ingest.conftest import Write, counts, keys, parts_of, picture, project, said
from tests.media.make_media import beeps, write_audio
from workbench import ingest
from workbench import tables as t
from workbench.context import Context, open_context
from workbench.errors import BadInput, Invalid
from workbench.ingest import remarks
from workbench.settings import Settings
from workbench.store import datasets
from workbench.web.languages import told


def test_rows_come_in_once(each_db_ctx: Context, write: Write) -> None:
    """Running the same ingest again adds nothing; a longer file adds what is new."""
    ctx, ours = each_db_ctx, project(each_db_ctx, overlap=3)
    path = write("items.csv", "id,tekst\na,Een zin.\nb,Nog een zin.\n")

    first = ingest.ingest(ctx, ours, [path])
    again = ingest.ingest(ctx, ours, [path])
    path.write_text(path.read_text() + "c,Een derde zin.\n")
    more = ingest.ingest(ctx, ours, [path])

    assert [(each.sources_added, each.sources_known, each.microtasks_added) for each in (first, again, more)] == [
        (2, 0, 2), (0, 2, 0), (1, 2, 1),
    ]  # fmt: skip
    assert keys(ctx) == ["a", "b", "c"]
    tasks = ctx.db.read(lambda c: c.execute(sa.select(t.microtask).order_by(t.microtask.c.id)).all())
    assert [(task.payload["text"], task.rank, task.wanted, task.free, task.status) for task in tasks] == [
        ("Een zin.", 1, 3, 3, "open"), ("Nog een zin.", 2, 3, 3, "open"), ("Een derde zin.", 3, 3, 3, "open"),
    ]  # fmt: skip
    statuses = ctx.db.read(lambda c: c.scalars(sa.select(t.dataset.c.status)).all())
    assert set(statuses) == {"ready"}


def test_the_same_key_with_other_content_is_kept_as_it_was(each_db_ctx: Context, write: Write) -> None:
    """Nothing is overwritten; the sentence says which row."""
    ctx, ours = each_db_ctx, project(each_db_ctx)
    ingest.ingest(ctx, ours, [write("items.csv", "id,tekst\na,Een zin.\n")])
    report = ingest.ingest(ctx, ours, [write("items.csv", "id,tekst\na,Een andere zin.\nb,Nieuw.\n")])
    assert (report.sources_added, report.sources_known) == (1, 1)
    assert said(report) == [
        'items.csv line 2: this project already has "a" with other content, and keeps that. Give this one another name or id.'
    ]
    assert parts_of(ctx, "a")[0]["fields"] == {"id": "a", "tekst": "Een zin."}


def test_rows_without_an_id_go_by_their_number(ctx: Context, write: Write) -> None:
    """Counted from the first row, bad ones included, so that mending one moves no other."""
    path = write("sub/items.csv", "tekst,jaar\nEen,2024\nTwee\nDrie,2026\n")
    report = ingest.ingest(ctx, project(ctx), [path.parents[1]])
    assert keys(ctx) == ["sub/items.csv#1", "sub/items.csv#3"]
    assert [(each.file, each.line) for each in report.problems] == [("sub/items.csv", 3)]


def test_a_folder_of_pictures(each_db_ctx: Context, tmp_path: Path) -> None:
    """Each picture is a source that knows its upright size; its bytes are in the store; what computers leave is not."""
    ctx, ours = each_db_ctx, project(each_db_ctx, "bounding_box", labels=["boot"])
    picture(tmp_path / "in" / "b.png", width=40, height=30)
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (50, 20), "red").save(tmp_path / "in" / "a.jpg", exif=turned)
    (tmp_path / "in" / ".DS_Store").write_bytes(b"\0\1")

    report = ingest.ingest(ctx, ours, [tmp_path / "in"])

    assert (report.sources_added, report.microtasks_added, said(report)) == (2, 2, [])
    assert keys(ctx) == ["a.jpg", "b.png"]
    part = parts_of(ctx, "a.jpg")[0]
    assert (part["kind"], part["file_name"], part["width"], part["height"]) == ("image", "a.jpg", 20, 50)
    uploads = ctx.db.read(lambda c: c.execute(sa.select(t.upload.c.name, t.upload.c.sha256).order_by(t.upload.c.name)).all())
    assert [name for name, _ in uploads] == ["a.jpg", "b.png"]
    assert b"".join(ctx.files.open(uploads[1].sha256)) == (tmp_path / "in" / "b.png").read_bytes()


def test_the_same_picture_under_two_names_is_one_file_and_two_sources(ctx: Context, tmp_path: Path) -> None:
    """Stored once, asked about twice."""
    picture(tmp_path / "in" / "a.png")
    picture(tmp_path / "in" / "b.png")
    report = ingest.ingest(ctx, project(ctx), [tmp_path / "in"])
    assert report.sources_added == 2
    assert ctx.db.read(lambda c: c.scalar(sa.select(sa.func.count()).select_from(t.media))) == 1


def test_a_wrong_kind_and_a_broken_file_are_told_and_the_rest_is_kept(ctx: Context, tmp_path: Path) -> None:
    """By what is in the file, not by its name."""
    picture(tmp_path / "in" / "goed.png")
    (tmp_path / "in" / "stuk.jpg").write_bytes((tmp_path / "in" / "goed.png").read_bytes()[:60])
    (tmp_path / "in" / "brief.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 100)
    (tmp_path / "in" / "leeg.txt").write_bytes(b"")
    (tmp_path / "in" / "lijst.xlsx").write_bytes(b"PK\x03\x04" + b"x" * 100)
    report = ingest.ingest(ctx, project(ctx), [tmp_path / "in"])
    assert keys(ctx) == ["goed.png"]
    names = ["brief.pdf", "leeg.txt", "lijst.xlsx", "stuk.jpg"]
    assert [(each.file, each.line) for each in report.problems] == [(name, None) for name in names]
    assert said(report)[2] == "lijst.xlsx is a workbook, not a table of text. Save it as CSV, then ingest again."
    assert said(report)[0] == (
        "rating takes image, audio, video, text or table rows; brief.pdf is application/pdf. "
        "Leave it out, or choose another task type."
    )
    assert said(report)[1] == "leeg.txt is empty. Put a text in it, then ingest again."


def test_the_whole_upload_is_refused_when_asked(each_db_ctx: Context, write: Write) -> None:
    """Nothing is added, and what is wrong is kept with the refused dataset."""
    ctx, ours = each_db_ctx, project(each_db_ctx)
    path = write("items.csv", "id,tekst\na,Een zin.\nb\n")

    report = ingest.ingest(ctx, ours, [path], whole=True)

    assert (report.refused, report.sources_added, len(report.problems)) == (True, 0, 1)
    assert counts(ctx, ours) == {"microtasks": 0, "settled": 0, "gold": 0, "annotations": 0, "sources": 0}
    dataset = ctx.db.read(lambda c: datasets.datasets_of(c, ours.id))[0]
    assert dataset.status == "refused"
    assert ctx.db.read(lambda c: datasets.problems_of(c, dataset.id)) == list(report.problems)
    path.write_text("id,tekst\na,Een zin.\nb,Goed.\n")
    assert ingest.ingest(ctx, ours, [path], whole=True).sources_added == 2


class Power(Exception):
    """The power goes out."""


def test_a_stopped_ingest_goes_on_where_it_was(each_db_ctx: Context, tmp_path: Path, write: Write) -> None:
    """The dataset is being received until all is in; the next run reads from the place reached."""
    ctx, ours = each_db_ctx, project(each_db_ctx)
    picture(tmp_path / "in" / "los.png")
    write("items.csv", "tekst,image\n" + "".join(f"Zin {number}.,\n" for number in range(5000)) + "slecht\nMet foto,los.png\n")

    def stop(done: int, _total: int | None) -> None:
        if done >= 4000:
            raise Power

    with pytest.raises(Power):
        ingest.ingest(ctx, ours, [tmp_path / "in"], progress=stop)
    assert counts(ctx, ours)["sources"] == 4000
    assert ctx.db.read(lambda c: c.scalars(sa.select(t.dataset.c.status)).all()) == ["receiving"]

    report = ingest.ingest(ctx, ours, [tmp_path / "in"])

    assert (report.sources_added, report.sources_known, report.problem_count) == (5001, 0, 1)
    assert counts(ctx, ours)["microtasks"] == 5001
    assert keys(ctx)[-1] == "los.png"
    assert ctx.db.read(lambda c: c.scalars(sa.select(t.dataset.c.status)).all()) == ["ready"]


def test_a_file_that_changed_since_is_another_upload(ctx: Context, write: Write) -> None:
    """Places of the former file mean nothing in the new one."""
    ours = project(ctx)
    path = write("items.csv", "tekst\n" + "".join(f"Zin {number}.\n" for number in range(3000)))

    def stop(_done: int, _total: int | None) -> None:
        raise Power

    with pytest.raises(Power):
        ingest.ingest(ctx, ours, [path], progress=stop)
    path.write_text("id,tekst\nnieuw,Zin nul.\n")
    assert ingest.ingest(ctx, ours, [path]).sources_added == 1
    assert ctx.db.read(lambda c: c.scalars(sa.select(t.dataset.c.status)).all()) == ["ready", "ready"]


def test_progress_is_told(ctx: Context, write: Write) -> None:
    """(done, total), and all of it at the end."""
    told: list[tuple[int, int | None]] = []
    path = write("items.csv", "tekst\n" + "Zin.\n" * 4500)
    ingest.ingest(ctx, project(ctx), [path], progress=lambda done, total: told.append((done, total)))
    assert told == [(2000, 4501), (4000, 4501), (4500, 4501), (4500, 4500)]


def test_rows_name_files_of_the_upload(ctx: Context, tmp_path: Path, write: Write) -> None:
    """A row about a file describes it; the file is no source of its own; an id or a second row gives another key."""
    for name in ("a.png", "fotos/b.png", "c.png", "los.png"):
        picture(tmp_path / "in" / name, width=30 + len(name))
    write("items.csv", "bestand,jaar\na.png,1950\nergens/b.png,1951\na.png,1952\nweg.png,1953\nhttps://x.org/d.png,1954\n")
    write("met_id.csv", "id,image,titel\n7,c.png,Drie\n")
    report = ingest.ingest(ctx, project(ctx), [tmp_path / "in"])
    assert keys(ctx) == ["a.png", "fotos/b.png", "items.csv#3", "7", "los.png"]
    part = parts_of(ctx, "a.png")[0]
    assert (part["name"], part["kind"], part["fields"]) == ("bestand", "image", {"bestand": "a.png", "jaar": "1950"})
    assert said(report) == [
        'items.csv line 5 names "weg.png" in "bestand", and this upload has no such file. Add it, then ingest again.',
        'items.csv line 6 names the address https://x.org/d.png in "bestand". The workbench fetches nothing from other servers: '
        "put the file in the same upload.",
    ]


def test_a_row_is_an_ordered_bundle_of_files(ctx: Context, tmp_path: Path, write: Write) -> None:
    """Thumbnails side by side: parts in the order of the columns, whatever those are called."""
    for name in ("a.png", "b.png", "c.png"):
        picture(tmp_path / "in" / name, width=40 + ord(name[0]))
    write("paren.csv", "id,links,Image 2,rest\n1,b.png,a.png,c.png\n")
    report = ingest.ingest(ctx, project(ctx), [tmp_path / "in"])
    assert said(report) == []
    assert [(part["name"], part["file_name"]) for part in parts_of(ctx, "1")] == [
        ("links", "b.png"), ("Image 2", "a.png"), ("rest", "c.png"),
    ]  # fmt: skip


def test_a_table_of_addresses_is_no_table_of_texts(ctx: Context, write: Write) -> None:
    """Nobody wants to rate the letters of an address; beside a text it is only a remark."""
    ours = project(ctx)
    report = ingest.ingest(ctx, ours, [write("fotos.csv", "id,url\n1,https://x.org/a.png\n")])
    assert (keys(ctx), len(report.problems)) == ([], 1)
    report = ingest.ingest(ctx, ours, [write("nieuws.csv", "id,url,tekst\n1,https://x.org/a.png,Een zin.\n")])
    assert (keys(ctx), said(report)) == (["1"], [])


def test_a_table_that_is_of_no_use_is_told_once(ctx: Context, tmp_path: Path, write: Write) -> None:
    """A type that asks about pictures has nothing to ask about rows."""
    picture(tmp_path / "in" / "a.png")
    write("notities.csv", "wie,wat\njan,iets\npiet,anders\n")
    report = ingest.ingest(ctx, project(ctx, "bounding_box", labels=["boot"]), [tmp_path / "in"])
    assert (keys(ctx), len(report.problems)) == (["a.png"], 1)
    assert said(report)[0].startswith("notities.csv names no files of this upload, and bounding_box takes image or video.")


def test_subtitles_come_along_with_their_sound(ctx: Context, tmp_path: Path) -> None:
    """A subtitle of the same name is a part of the source, kept byte for byte."""
    sound = tmp_path / "in" / "nieuws.wav"
    sound.parent.mkdir()
    write_audio(sound, beeps(2, [0.5]), "pcm_s16le")
    words = "1\n00:00:00,500 --> 00:00:01,000\nPiep.\n"
    (tmp_path / "in" / "nieuws.srt").write_text(words)
    report = ingest.ingest(ctx, project(ctx), [tmp_path / "in"])
    assert (report.sources_added, said(report)) == (1, [])
    sound_part, subtitle = parts_of(ctx, "nieuws.wav")
    assert (sound_part["kind"], sound_part["duration_ms"], subtitle["kind"]) == ("audio", 2000, "subtitle")
    sha256 = ctx.db.read(lambda c: datasets.media_by_public_id(c, subtitle["media"]).sha256)
    assert b"".join(ctx.files.open(sha256)).decode() == words


def test_what_subtitles_hold_and_lose_is_told(ctx: Context, tmp_path: Path) -> None:
    """An STL beside its programme: counted, its start and rate kept, its colours told; the client's bytes untouched."""
    folder = tmp_path / "in"
    folder.mkdir()
    write_audio(folder / "nieuws.wav", beeps(12, [0.5]), "pcm_s16le")
    (folder / "nieuws.stl").write_bytes(subtitle_files.stl())
    report = ingest.ingest(ctx, project(ctx, "subtitle_quality", ask=["meaning"]), [folder])
    assert (report.microtasks_added, said(report)) == (4, [])
    [told] = report.subtitles
    assert (told["format"], told["subtitles"], told["losses"]) == ("STL", 4, {"colour": 6})
    assert (told["programme_start"], told["frame_rate"]) == ("10:00:00:00", 25.0)
    subtitle = parts_of(ctx, "nieuws.wav")[1]
    sha256 = ctx.db.read(lambda c: datasets.media_by_public_id(c, subtitle["media"]).sha256)
    assert b"".join(ctx.files.open(sha256)) == subtitle_files.stl()
    payload = ctx.db.read(lambda c: c.scalar(sa.select(t.microtask.c.payload).order_by(t.microtask.c.id).limit(1)))
    assert (payload["start_ms"], payload["written"]) == (1000, ["10:00:01:00", "10:00:03:12"])


def test_a_broken_subtitle_file_is_told_and_asks_nothing(ctx: Context, tmp_path: Path) -> None:
    """A sentence with the line; a project that only needs the sound goes on without it."""
    folder = tmp_path / "in"
    folder.mkdir()
    write_audio(folder / "nieuws.wav", beeps(2, [0.5]), "pcm_s16le")
    (folder / "nieuws.srt").write_text("1\n00:00:01,000 --> straks\nPiep\n")
    [wrong] = said(ingest.ingest(ctx, project(ctx, "subtitle_quality", "ondertitels"), [folder]))
    assert wrong.startswith("nieuws.srt line 2:")
    other = ingest.ingest(ctx, project(ctx, "transcription", "spraak"), [folder])
    assert (other.sources_added, said(other)) == (1, [])
    assert unpacked(other.subtitles[0]["wrong"]).startswith("nieuws.srt line 2:")


def test_long_sound_is_cut_at_its_pauses_once(ctx: Context, tmp_path: Path) -> None:
    """What was heard is kept: a later question about the same file decodes nothing."""
    sound = tmp_path / "lang.wav"
    write_audio(sound, beeps(24, list(np.arange(0, 24, 2.0)), length=1.0), "pcm_s16le")
    first = ingest.ingest(ctx, project(ctx, "transcription", "een"), [sound])
    assert first.microtasks_added >= 3
    made = ctx.db.read(lambda c: c.execute(sa.select(t.derivative.c.kind, t.derivative.c.sha256)).all())
    assert [kind for kind, _ in made] == ["speech"]
    spans = ctx.db.read(lambda c: c.scalars(sa.select(t.microtask.c.payload).order_by(t.microtask.c.rank)).all())
    assert [span["start_ms"] for span in spans[1:]] == [span["end_ms"] for span in spans[:-1]]
    assert (spans[0]["start_ms"], spans[-1]["end_ms"]) == (0, 24_000)


def test_label_studio_tasks(ctx: Context, tmp_path: Path, write: Write) -> None:
    """Tasks point into the upload by Label Studio's addresses; their ids and annotations are kept."""
    picture(tmp_path / "in" / "images" / "boot.png", width=200, height=100)
    box = {"x": 10, "y": 20, "width": 50, "height": 40, "rectanglelabels": ["boot"]}
    result = [{"type": "rectanglelabels", "from_name": "answer", "to_name": "subject", "value": box,
               "original_width": 200, "original_height": 100}]  # fmt: skip
    tasks = [
        {"id": 12, "data": {"image": "/data/upload/3/0a1b2c3d-boot.png", "bron": "archief"}, "annotations": [{"result": result}]},
        {"id": 13, "data": {"image": "/data/local-files/?d=images/weg.png"}},
        {"id": 14, "data": {"image": "s3://bak/images/boot.png"}, "annotations": [{"result": result, "ground_truth": True}]},
    ]
    write("tasks.json", json.dumps(tasks, indent=1))
    ours = project(ctx, "bounding_box", labels=["boot"])
    report = ingest.ingest(ctx, ours, [tmp_path / "in"])
    assert keys(ctx) == ["12", "14"]
    image, notes = parts_of(ctx, "12")
    assert (image["file_name"], image["fields"]["bron"]) == ("images/boot.png", "archief")
    assert json.loads(notes["text"])["annotations"] == [{"result": result}]
    assert len(said(report)) == 1
    assert "/data/local-files/?d=images/weg.png" in said(report)[0]
    assert report.gold_added == 1
    gold = ctx.db.read(lambda c: c.scalars(sa.select(t.gold.c.accepted)).all())
    assert gold == [[{"boxes": [{"label": "boot", "x": 20.0, "y": 20.0, "width": 100.0, "height": 40.0}]}]]


def test_coco_is_no_dataset(ctx: Context, write: Write) -> None:
    """It holds answers; the sentence says where they go."""
    path = write("coco.json", json.dumps({"images": [], "annotations": [], "categories": []}))
    assert said(ingest.ingest(ctx, project(ctx), [path])) == [
        "coco.json is COCO: answers, not material. Give it as gold, and the pictures as dataset."
    ]


def test_texts_are_read_in_their_own_encoding(ctx: Context, tmp_path: Path) -> None:
    """A short text stands in the source, a long one stays a file that splitting reads."""
    (tmp_path / "kort.txt").write_bytes("Eén zin uit 1998.".encode("cp1252"))
    (tmp_path / "lang.txt").write_text("Woord " * 30_000, "utf-16")
    report = ingest.ingest(ctx, project(ctx), [tmp_path / "kort.txt", tmp_path / "lang.txt"])
    assert report.sources_added == 2, said(report)
    assert parts_of(ctx, "kort.txt")[0]["text"] == "Eén zin uit 1998."
    assert "text" not in parts_of(ctx, "lang.txt")[0]


def test_links_and_strange_names_are_told(ctx: Context, tmp_path: Path) -> None:
    """A link may point outside of the folder; a name must be printable."""
    folder = tmp_path / "in"
    picture(folder / "a.png")
    (folder / "link.png").symlink_to(tmp_path / "in" / "a.png")
    (folder / "regel\n.png").write_bytes(b"x")
    report = ingest.ingest(ctx, project(ctx), [folder])
    assert keys(ctx) == ["a.png"]
    assert said(report) == [
        "link.png is a link, and links are not followed. Put the file itself in its place.",
        "The name regel\n.png has characters that cannot be read. Rename the file, then ingest again.",
    ]


def test_what_is_not_there_stops_the_ingest(ctx: Context, tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(BadInput, match="There is no file or folder"):
        ingest.ingest(ctx, project(ctx), [tmp_path / "weg"])
    (tmp_path / "leeg").mkdir()
    with pytest.raises(BadInput, match="There are no files in leeg"):
        ingest.ingest(ctx, project(ctx, name="twee"), [tmp_path / "leeg"])
    assert ctx.db.read(lambda c: c.scalars(sa.select(t.dataset.c.id)).all()) == []


def test_a_project_without_a_step_takes_nothing(ctx: Context, write: Write) -> None:
    """There is nothing to ask yet."""
    ours = project(ctx)
    ctx.db.write(lambda c: c.execute(sa.delete(t.step_version)))
    ctx.db.write(lambda c: c.execute(sa.delete(t.step)))
    with pytest.raises(Invalid, match="no step yet"):
        ingest.ingest(ctx, ours, [write("a.csv", "tekst\nEen\n")])


def test_what_is_worth_knowing_about_a_file_is_kept_with_the_upload(each_db_ctx: Context, tmp_path: Path) -> None:
    """A picture that moves and one for print come in; a remark on each, no problem, to be said in Dutch as well."""
    ctx, ours = each_db_ctx, project(each_db_ctx)
    folder = tmp_path / "in"
    picture(folder / "gewoon.png")
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(folder / "beweegt.gif", save_all=True, append_images=frames[1:])
    Image.new("CMYK", (20, 20)).save(folder / "drukwerk.jpg")
    report = ingest.ingest(ctx, ours, [folder])
    assert (report.sources_added, said(report)) == (3, [])
    (dataset,) = ctx.db.read(lambda connection: datasets.datasets_of(connection, ours.id))
    kept = remarks.of_dataset(dataset.counts)
    assert list(report.remarks) == kept
    assert [(each.file, told("nl", each.message)) for each in kept] == [
        ("beweegt.gif", "De afbeelding beweegt: alleen het eerste van de 3 beelden wordt gebruikt."),
        ("drukwerk.jpg", "De kleuren zijn bedoeld voor drukwerk (CMYK) en zijn omgezet voor beeldschermen."),
    ]


def test_a_remark_that_is_true_of_many_files_is_kept_for_the_first() -> None:
    """Each once, and how many more there were."""
    found = remarks.Remarks()
    for number in [*range(remarks.MOST_KEPT + 3), 0]:
        found.add(f"{number}.gif", ["It moves."])
    assert (len(found.listed()), found.to_json()["more_remarks"]) == (remarks.MOST_KEPT, 3)
    again = remarks.Remarks()
    again.take_up(found.to_json())
    assert (again.listed(), again.more) == (found.listed(), 3)


def test_many_problems_are_counted_and_the_first_kept(ctx: Context, write: Write) -> None:
    """A file that is wrong everywhere does not fill the database."""
    path = write("items.csv", "a,b\n" + "x\n" * 2500)
    ours = project(ctx)
    report = ingest.ingest(ctx, ours, [path])
    assert (report.problem_count, len(report.problems)) == (2500, 1000)
    refused = ingest.ingest(ctx, ours, [path], whole=True)
    assert (refused.refused, len(refused.problems)) == (True, 1000)


def test_files_can_live_in_a_bucket(s3_address: str, tmp_path: Path, clock: Clock) -> None:
    """The same flow with an S3 store, over HTTP."""
    base, query = s3_address.split("?")
    environ = {"WORKBENCH_STORAGE_URL": f"{base}/{tmp_path.name}?{query}"}
    ctx = open_context(Settings.load(environ, data=tmp_path / "lab"), clock=clock)
    picture(tmp_path / "in" / "a.png")
    (tmp_path / "in" / "b.txt").write_text("woord " * 30_000)
    ours = project(ctx)
    report = ingest.ingest(ctx, ours, [tmp_path / "in"])
    again = ingest.ingest(ctx, ours, [tmp_path / "in"])
    assert (report.sources_added, again.sources_added, again.sources_known) == (2, 0, 2)
    ctx.close()


def test_two_labs_do_not_share_media(tmp_path: Path, clock: Clock) -> None:
    """Ids of media are random: the same file in another project has another one."""
    context = lab(tmp_path / "lab", clock)
    picture(tmp_path / "a.png")
    ingest.ingest(context, project(context, name="een"), [tmp_path / "a.png"])
    ingest.ingest(context, project(context, name="twee"), [tmp_path / "a.png"])
    ids = context.db.read(lambda c: c.scalars(sa.select(t.media.c.public_id)).all())
    assert len(set(ids)) == 2
    context.close()
