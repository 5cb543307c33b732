"""Sound in every container is decoded on one clock, to 10 ms."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition
from numpy.typing import NDArray
from PIL import Image

from tests.media.make_media import RATE, add_audio, beeps, onsets, write_audio
from workbench.errors import BadInput
from workbench.media import audio
from workbench.media.cutting import cut_at_pauses, pauses_in
from workbench.media.probe import probe

BEEPS = [0.5, 2.25, 4.0, 7.75, 9.5]
KINDS = {
    "wav": "pcm_s16le", "flac": "flac", "mp3": "libmp3lame", "m4a": "aac", "aac": "aac", "ogg": "libopus",
    "opus": "libopus", "webm": "libopus", "mka": "vorbis", "mp4": "aac", "mov": "pcm_s16be", "ts": "mp2", "aiff": "pcm_s16be",
    "caf": "alac", "w64": "pcm_s24le", "wma": "wmav2", "avi": "ac3", "mxf": "pcm_s16le",
}  # fmt: skip

# These containers cannot say that an encoder starts with a little silence of its own: it is part of the original.
LEAD = {"aac": 1024 / RATE, "ts": 481 / RATE, "wma": 2048 / RATE}


def whole(path: Path, **options: int) -> NDArray[np.int16]:
    return np.concatenate(list(audio.decode(path, path.name, **options)))[:, 0]  # type: ignore[arg-type]


def made(kind: str, folder: Path) -> Path:
    """Ten seconds with five beeps, in a container of this kind."""
    path = folder / f"beeps.{kind}"
    if kind == "mxf":
        return _mxf(path)
    if KINDS[kind] == "vorbis":
        return write_stereo(path, "vorbis")
    return write_audio(path, beeps(10, BEEPS), KINDS[kind])


def write_stereo(path: Path, codec: str) -> Path:
    """FFmpeg's own Vorbis encoder only does two channels."""
    with av.open(str(path), "w", options={"strict": "experimental"}) as container:
        stream: Any = container.add_stream(codec, rate=RATE, layout="stereo", options={"strict": "experimental"})
        samples = np.repeat(beeps(10, BEEPS), 2)
        for start in range(0, len(samples), 2048):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 2048], format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start // 2, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _mxf(path: Path) -> Path:
    """Broadcast container: a picture track is compulsory."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg2video", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for number in range(250):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        add_audio(container, sound, beeps(10, BEEPS), RATE)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_beeps_are_heard_when_they_sound(kind: str, tmp_path: Path) -> None:
    """Every container and codec gives the same times within 10 ms, and the same length."""
    path = made(kind, tmp_path)
    samples = whole(path)
    expected = [at + LEAD.get(kind, 0) for at in BEEPS]
    assert onsets(samples, audio.RATE) == pytest.approx(expected, abs=0.010)
    assert len(samples) / audio.RATE == pytest.approx(10, abs=0.08)
    found = probe(path, path.name)
    assert found.has_audio
    assert found.duration_ms == pytest.approx(10_000, abs=80)


@pytest.mark.parametrize("kind", KINDS)
def test_a_clip_starts_where_it_should(kind: str, tmp_path: Path) -> None:
    """Seeking in any container is right to 10 ms."""
    path = made(kind, tmp_path)
    with wave.open(io.BytesIO(audio.clip(path, path.name, 7_500, 8_000))) as file:
        rate = file.getframerate()
        assert file.getnframes() == rate // 2
        samples = np.frombuffer(file.readframes(rate), np.int16).reshape(-1, file.getnchannels())[:, 0]
    assert onsets(samples, rate) == pytest.approx([0.25 + LEAD.get(kind, 0)], abs=0.010)


def test_sound_that_starts_late_is_preceded_by_silence(tmp_path: Path) -> None:
    """In a video whose sound begins after 1.5 s, times count from the first picture."""
    path = tmp_path / "late.mp4"
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sound: Any = container.add_stream("aac", rate=RATE, layout="mono")
        for number in range(100):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        add_audio(container, sound, beeps(2, [0.5]), RATE, start=int(1.5 * RATE))
    assert onsets(whole(path), audio.RATE) == pytest.approx([2.0], abs=0.010)
    assert probe(path, "late").duration_ms == 4000


def test_a_hole_in_the_sound_stays_a_hole(tmp_path: Path) -> None:
    """What was not recorded is silence, so that what follows keeps its time."""
    path = tmp_path / "hole.mka"
    with av.open(str(path), "w") as container:
        sound: Any = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        add_audio(container, sound, beeps(1, [0.5]), RATE, end=False)
        add_audio(container, sound, beeps(1, [0.5]), RATE, start=4 * RATE)
    assert onsets(whole(path), audio.RATE) == pytest.approx([0.5, 4.5], abs=0.010)


def test_cover_art_is_not_video(tmp_path: Path) -> None:
    """A song with a picture of its cover is sound."""
    path = tmp_path / "song.mp3"
    cover = tmp_path / "cover.jpg"
    Image.new("RGB", (32, 32)).save(cover)
    with av.open(str(path), "w") as container, av.open(str(cover)) as art:
        sound: Any = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        picture: Any = container.add_stream_from_template(art.streams.video[0])
        picture.disposition = Disposition.attached_pic
        packet = next(art.demux(video=0))
        packet.stream = picture
        container.mux(packet)
        add_audio(container, sound, beeps(2, [0.5]), RATE)
    found = probe(path, "song.mp3")
    assert (found.kind, found.mime, found.codecs, found.width) == ("audio", "audio/mpeg", ("mp3",), None)


def test_a_missing_length_is_measured(tmp_path: Path) -> None:
    """A recording that a browser streamed, and that does not say how long it is."""
    path = write_audio(tmp_path / "live.webm", beeps(3, [1]), "libopus", live="1")
    found = probe(path, "live.webm")
    assert found.duration_ms == pytest.approx(3000, abs=30)
    assert "measured" in found.warnings[0]


def test_a_file_that_was_cut_off_is_noticed(tmp_path: Path) -> None:
    """The header promises ten seconds and the file ends after half of them."""
    path = write_audio(tmp_path / "cut.mka", beeps(10, [1]), "pcm_s16le")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found = probe(path, "cut.mka")
    assert found.duration_ms == pytest.approx(5000, abs=50)
    assert "lasts 10.0 s, but it ends after 5.0 s" in found.warnings[0]


def test_a_broadcast_wav_keeps_its_time_of_day(tmp_path: Path) -> None:
    """The time reference of a `bext` chunk is kept, in samples."""
    path = tmp_path / "news.wav"
    with av.open(str(path), "w", options={"write_bext": "1"}) as container:
        container.metadata["time_reference"] = str(10 * 3600 * RATE)
        sound: Any = container.add_stream("pcm_s24le", rate=RATE, layout="mono")
        add_audio(container, sound, beeps(1, [0.5]), RATE)
    assert probe(path, "news.wav").time_reference_samples == 10 * 3600 * RATE


@pytest.mark.parametrize("data", [b"RIFF\x00\x00\x00\x00WAVEfmt nonsense", b"OggS" + bytes(500), b"ID3" + bytes(300)])
def test_a_broken_recording_gets_a_sentence(data: bytes, tmp_path: Path) -> None:
    """It names the file and says what to do."""
    path = tmp_path / "broken"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r'"broken.wav" cannot be read as sound or video\. .*upload it again'):
        probe(path, "broken.wav")


def test_without_sound_there_is_a_sentence(tmp_path: Path) -> None:
    """Asking for the sound of a silent film."""
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        container.mux(video.encode(None))
    with pytest.raises(BadInput, match="has no sound"):
        whole(path)
    with pytest.raises(BadInput, match="has no sound"):
        audio.clip(path, "silent", 0, 100)


def test_peaks_follow_the_sound(tmp_path: Path) -> None:
    """A hundred pairs a second: full where it beeps, zero where it is silent."""
    path = write_audio(tmp_path / "a.wav", beeps(2.005, [0.5]), "pcm_s16le")
    names = audio.make_peaks(path, tmp_path, name="a")
    pairs = audio.peaks_of((tmp_path / names[0]).read_bytes())
    assert json.loads((tmp_path / names[1]).read_text()) == {"per_second": 100, "duration_ms": 2005, "pairs": 201}
    assert len(pairs) == 201
    assert all(-80 < low < -70 and 70 < high < 80 for low, high in pairs[51:59])
    assert set(pairs[:49] + pairs[61:]) == {(0, 0)}


def test_speech_is_told_from_silence(tmp_path: Path) -> None:
    """Two spoken sentences with two seconds between them are cut in the pause."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed (apt-get install espeak-ng)")
    path = tmp_path / "spoken.wav"
    pause = '<speak>Dit is de eerste zin van het nieuws.<break time="2000ms"/>En dit is dan de tweede zin.</speak>'
    subprocess.run(["espeak-ng", "-v", "nl", "-m", "-w", str(path), pause], check=True)
    duration_ms, flags = audio.speech(path, "spoken")
    assert duration_ms == probe(path, "spoken").duration_ms
    middle = [(start, end) for start, end in pauses_in(flags, duration_ms, at_least_ms=1200) if 500 < start < duration_ms - 2500]
    assert len(middle) == 1
    cut = cut_at_pauses(duration_ms, flags, target_ms=duration_ms // 2, limit_ms=duration_ms - 500)[0][1]
    assert middle[0][0] < cut < middle[0][1]


def test_a_clip_of_opus_plays_and_keeps_its_time(tmp_path: Path) -> None:
    """The small kind of clip, for slow lines."""
    path = made("flac", tmp_path)
    data = audio.clip(path, "a", 2_000, 4_500, kind="webm")
    copy = tmp_path / "clip.webm"
    copy.write_bytes(data)
    assert onsets(whole(copy), audio.RATE) == pytest.approx([0.25, 2.0], abs=0.010)


@pytest.mark.parametrize(("start_ms", "end_ms"), [(-5, 10), (10, 10), (20, 10), (60_000, 61_000)])
def test_an_impossible_clip_is_refused(start_ms: int, end_ms: int, tmp_path: Path) -> None:
    """Backwards, empty, or behind the end."""
    path = write_audio(tmp_path / "a.wav", beeps(1, [0.5]), "pcm_s16le")
    with pytest.raises(BadInput, match=f"{start_ms} to {end_ms} ms"):
        audio.clip(path, "a.wav", start_ms, end_ms)


def test_playlists_do_not_open_other_files(tmp_path: Path) -> None:
    """A script for FFmpeg that points to another file is text, and is not followed."""
    secret = write_audio(tmp_path / "secret.wav", beeps(1, [0.5]), "pcm_s16le")
    for text in (f"ffconcat version 1.0\nfile {secret}\n", f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n"):
        path = tmp_path / "list.mp3"
        path.write_text(text)
        assert probe(path, "list.mp3").kind == "text"
        with pytest.raises(BadInput, match="cannot be read"):
            whole(path)


@pytest.mark.parametrize("kind", ["ogg", "webm"])
def test_a_damaged_stretch_does_not_move_the_rest(kind: str, tmp_path: Path) -> None:
    """Some bytes in the middle are wrong: what comes after them is heard at its own time."""
    path = made(kind, tmp_path)
    data = bytearray(path.read_bytes())
    middle = len(data) * 55 // 100
    data[middle : middle + 400] = b"\x55" * 400
    path.write_bytes(data)
    heard = onsets(whole(path), audio.RATE)
    for beep in (0.5, 2.25, 7.75, 9.5):
        assert any(abs(at - beep - LEAD.get(kind, 0)) < 0.01 for at in heard)
