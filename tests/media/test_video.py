"""Moving pictures: exact frames, upright stills, proxies that keep every frame and time."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.media.make_media import RATE, add_audio, beeps, onsets
from workbench.errors import BadInput
from workbench.media import audio, proposals, proxy, scenes, video
from workbench.media.browsers import needs_proxy, proxy_reasons, remux_is_enough
from workbench.media.probe import probe

WIDTH, HEIGHT = 96, 64


def numbered(number: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A frame that carries its number as eight black or white fields in its upper half; the lower right is red."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for bit in range(8):
        if number >> bit & 1:
            pixels[: height // 2, width * bit // 8 : width * (bit + 1) // 8] = 255
    pixels[height // 2 :, width // 2 :, 0] = 255
    return pixels


def number_of(pixels: NDArray[np.uint8]) -> int:
    """Read it back, from a frame of any size."""
    height, width = pixels.shape[:2]
    row = pixels[height // 4, :, :].astype(int).sum(axis=1)
    return sum(1 << bit for bit in range(8) if row[width * (2 * bit + 1) // 16] > 380)


def write_video(
    path: Path, times: list[Fraction], *, codec: str = "libx264", rate: Fraction = Fraction(25), rotate: int = 0,
    pix_fmt: str = "yuv420p", sound: bool = False, aspect: Fraction | None = None, base: Fraction | None = None,
    audio_codec: str = "aac", **options: str,
) -> Path:  # fmt: skip
    """Numbered frames shown at these seconds."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pix_fmt
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if base:
            stream.codec_context.time_base = base
        if rotate:
            stream.set_display_rotation(rotate)
        track: Any = container.add_stream(audio_codec, rate=RATE, layout="mono") if sound else None
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(numbered(number))
            tick = base or 1 / rate
            frame.pts, frame.time_base = round(time / tick), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track is not None:
            add_audio(container, track, beeps(float(times[-1]) + 0.04, [0.5, 1.25]), RATE)
    return path


def steady(count: int, rate: Fraction = Fraction(25)) -> list[Fraction]:
    return [Fraction(number) / rate for number in range(count)]


def uneven(count: int) -> list[Fraction]:
    """A phone's video: mostly 30 frames a second, with frames left out and late."""
    steps = [Fraction(3 + 4 * int(number * 7 % 5 == 0) + number % 3, 90) for number in range(count)]
    return [sum(steps[:number], Fraction(0)) for number in range(count)]


NTSC = Fraction(30_000, 1001)
SERIES: dict[str, tuple[list[Fraction], Fraction, Fraction | None]] = {
    "25": (steady(60), Fraction(25), None),
    "29.97": (steady(60, NTSC), NTSC, None),
    "variable": (uneven(60), Fraction(30), Fraction(1, 90_000)),
}


def decoded_times(path: Path) -> list[float]:
    """What FFmpeg shows, frame by frame: the truth to compare with."""
    with av.open(str(path)) as container:
        zero = Fraction(container.start_time, av.time_base)
        frames: Any = container.decode(video=0)
        return [float((frame.pts * frame.time_base - zero) * 1000) for frame in frames]


CONTAINERS = [(series, ending) for series in SERIES for ending in ("mp4", "mkv", "mov", "ts", "avi")]
CONTAINERS.remove(("variable", "avi"))  # AVI has one rate only


@pytest.mark.parametrize(("series", "ending"), CONTAINERS)
def test_frame_times_are_exact(series: str, ending: str, tmp_path: Path) -> None:
    """Constant, 29.97 and variable rates, with B-frames, in each container, to a thousandth of a millisecond."""
    times, rate, base = SERIES[series]
    codec = "mpeg4" if ending == "avi" else "libx264"
    path = write_video(tmp_path / f"a.{ending}", times, rate=rate, base=base, codec=codec)
    found, end = video.frame_times(path, "a")
    assert found == pytest.approx(decoded_times(path), abs=0.0011)
    grain = {"mkv": 0.51, "ts": 0.012}.get(ending, 0.002)
    assert found == pytest.approx([float(time * 1000) for time in times], abs=grain)
    assert end > found[-1]


@pytest.mark.parametrize("series", SERIES)
def test_variable_frame_rates_are_noticed(series: str, tmp_path: Path) -> None:
    """And constant ones, whose times are rounded by the container, are not mistaken for them."""
    times, rate, base = SERIES[series]
    for ending in ("mp4", "mkv"):
        found = probe(write_video(tmp_path / f"a.{ending}", times, rate=rate, base=base), "a")
        assert found.variable_frame_rate is (series == "variable")
        if series != "variable":
            assert found.frame_rate == pytest.approx(float(rate), rel=0.002)
        assert found.frames == 60


@pytest.mark.parametrize("series", SERIES)
def test_the_still_of_a_time_is_the_frame_shown_then(series: str, tmp_path: Path) -> None:
    """In the middle of frame n it is frame n, with its own time."""
    times, rate, base = SERIES[series]
    path = write_video(tmp_path / "a.mp4", times, rate=rate, base=base, g="20", crf="10")
    starts, end = video.frame_times(path, "a")
    wanted = [0, 1, 19, 20, 21, 40, 58, 59]
    edges = [*starts, end]
    middles = [(edges[n] + edges[n + 1]) / 2 for n in wanted]
    found = [(number_of(np.asarray(image)), time) for time, image in video.stills(path, "a", middles, max_side=WIDTH)]
    assert [number for number, _ in found] == wanted
    assert [time for _, time in found] == pytest.approx([starts[n] for n in wanted], abs=0.002)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_phone_video_is_upright(rotate: int, tmp_path: Path) -> None:
    """Size, stills and proxy are turned as a player turns them."""
    path = write_video(tmp_path / "a.mp4", steady(10), rotate=rotate, crf="10")
    found = probe(path, "a")
    upright = (HEIGHT, WIDTH) if rotate != 180 else (WIDTH, HEIGHT)
    assert (found.width, found.height) == upright
    assert found.rotation == -rotate % 360  # set_display_rotation counts anticlockwise
    (name,) = video.make_poster(path, tmp_path, name="a", at_ms=0)
    proxy.make_proxy(path, tmp_path, name="a")
    ((_, still),) = video.stills(tmp_path / "proxy.webm", "a", [0], max_side=500)
    for image in (Image.open(tmp_path / name), still):
        assert image.size == upright
        assert reddest_corner(image) == {90: "upper right", 180: "upper left", 270: "lower left"}[rotate]


@pytest.mark.parametrize("rotate", [0, 90])
def test_suggestions_are_in_pixels_as_they_are_stored(tmp_path: Path, rotate: int) -> None:
    """Of a film whose pixels are half as wide again as high too: the red corner is where an answer would have it."""
    film = write_video(tmp_path / "a.mkv", steady(2), aspect=Fraction(3, 2), rotate=rotate)
    proposals.make_proposals(film, tmp_path, name="a", at_ms=0)
    found = json.loads((tmp_path / "proposals.json").read_text())["areas"]
    across, down = (HEIGHT, WIDTH) if rotate else (WIDTH, HEIGHT)
    red = {"x": across / 2, "y": 0 if rotate else down / 2, "width": across / 2, "height": down / 2}
    assert any(all(abs(one[side] - value) < 4 for side, value in red.items()) for one in found), found


def reddest_corner(image: Image.Image) -> str:
    pixels = np.asarray(image.convert("RGB")).astype(int)
    redness = pixels[..., 0] - pixels[..., 1]
    height, width = redness.shape
    corners = {
        "upper left": redness[: height // 2, : width // 2], "upper right": redness[: height // 2, width // 2 :],
        "lower left": redness[height // 2 :, : width // 2], "lower right": redness[height // 2 :, width // 2 :],
    }  # fmt: skip
    return max(corners, key=lambda corner: float(corners[corner].mean()))


def test_a_strip_is_spread_over_the_video(tmp_path: Path) -> None:
    """Stills side by side, with their times."""
    path = write_video(tmp_path / "a.mp4", steady(100), crf="10")
    video.make_strip(path, tmp_path, name="a", count=5, height=64)
    facts = json.loads((tmp_path / "strip.json").read_text())
    assert facts == {"times_ms": [400.0, 1200.0, 2000.0, 2800.0, 3600.0], "width": 96, "height": 64}
    pixels = np.asarray(Image.open(tmp_path / "strip.jpg"))
    assert [number_of(pixels[:, 96 * n : 96 * (n + 1)]) for n in range(5)] == [10, 30, 50, 70, 90]


def test_a_poster_shows_something(tmp_path: Path) -> None:
    """A video that begins in black does not get a black poster."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(100):
            pixels = numbered(85) if number > 40 else np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        container.mux(stream.encode(None))
    video.make_poster(path, tmp_path, name="a")
    assert np.asarray(Image.open(tmp_path / "poster.jpg")).std() > 50


def test_scene_cuts_are_found_to_the_frame(tmp_path: Path) -> None:
    """Three still scenes with noise, and one that moves: only the changes of scene count."""
    rng = np.random.default_rng(1)
    scenery = [rng.integers(0, 255, (HEIGHT, WIDTH * 2, 3), np.uint8) // 2 + shade for shade in (0, 60, 120)]
    smooth = [np.asarray(Image.fromarray(s).resize((24, 8)).resize((WIDTH * 2, HEIGHT))) for s in scenery]
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(120):
            scene, shift = number // 40, number % 40 if number >= 80 else 0
            pixels = smooth[scene][:, shift : shift + WIDTH]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels))))
        container.mux(stream.encode(None))
    assert scenes.scene_cuts(path, "a") == [1600, 3200]
    assert scenes.scene_cuts(path, "a", min_scene_ms=2000) == [3200]


def test_a_film_in_the_dark_has_its_cuts_and_a_flash_is_none(tmp_path: Path) -> None:
    """Three scenes at night; a lamp that lights up for two frames in the first, and for one just before a cut."""
    rng = np.random.default_rng(2)
    scenery = [np.asarray(Image.fromarray(rng.integers(0, 60, (8, 12, 3), np.uint8)).resize((WIDTH, HEIGHT))) for _ in range(3)]
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(120):
            light = 150 if number in (20, 21, 76) else 0
            container.mux(stream.encode(av.VideoFrame.from_ndarray(scenery[number // 40] + np.uint8(light))))
        container.mux(stream.encode(None))
    assert scenes.scene_cuts(tmp_path / "a.mp4", "a") == [1600, 3200]


REFUSED: dict[str, dict[str, Any]] = {
    "mxf": {"codec": "mpeg2video", "audio_codec": "pcm_s16le", "sound": True},
    "avi": {"codec": "mpeg4", "audio_codec": "libmp3lame", "sound": True},
    "mpg": {"codec": "mpeg2video", "audio_codec": "mp2", "sound": True},
    "mkv": {"codec": "libx265", "audio_codec": "flac", "sound": True, "x265-params": "log-level=none"},
    "mp4": {"codec": "libx264", "pix_fmt": "yuv422p"},
    "mov": {"codec": "prores_ks", "pix_fmt": "yuv422p10le"},
    "webm": {"codec": "libvpx-vp9", "pix_fmt": "yuv444p"},
}


@pytest.mark.parametrize("ending", REFUSED)
def test_what_browsers_refuse_gets_a_proxy_with_the_same_frames(ending: str, tmp_path: Path) -> None:
    """Each frame is there, at its own millisecond; the sound is where it was."""
    path = write_video(tmp_path / f"a.{ending}", steady(50), **REFUSED[ending])
    found = probe(path, "a")
    assert needs_proxy(found)
    assert proxy.make_proxy(path, tmp_path, name="a") == ["proxy.webm"]
    made = tmp_path / "proxy.webm"
    assert proxy_reasons(probe(made, "proxy")) == []
    assert video.frame_times(made, "proxy")[0] == pytest.approx(video.frame_times(path, "a")[0], abs=1.01)
    with av.open(str(made)) as container:
        seen = [number_of(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)) for frame in container.decode(video=0)]
    assert seen == list(range(50))
    if found.has_audio:
        lead = 481 / RATE if ending == "mpg" else 0  # MP2's encoder starts with a little silence
        late = 1105 / RATE if ending == "avi" else 0  # and AVI does not tell of MP3's
        sound = np.concatenate(list(audio.decode(made, "proxy")))[:, 0]
        assert onsets(sound, audio.RATE) == pytest.approx([0.5 + lead + late, 1.25 + lead + late], abs=0.011)


def test_variable_rates_stay_variable_in_the_proxy(tmp_path: Path) -> None:
    """No frame is doubled or dropped."""
    path = write_video(tmp_path / "a.mkv", uneven(60), codec="mpeg4", base=Fraction(1, 1000), rate=Fraction(30))
    proxy.make_proxy(path, tmp_path, name="a")
    assert video.frame_times(tmp_path / "proxy.webm", "p")[0] == pytest.approx(video.frame_times(path, "a")[0], abs=1.01)


@pytest.mark.parametrize("ending", ["mkv", "mov", "ts"])
def test_the_right_streams_in_the_wrong_container_are_copied(ending: str, tmp_path: Path) -> None:
    """H.264 and AAC only need another box: no loss, and hardly any time."""
    path = write_video(tmp_path / f"a.{ending}", steady(50), sound=True)
    found = probe(path, "a")
    assert needs_proxy(found)
    assert remux_is_enough(found)
    (name,) = proxy.make_proxy(path, tmp_path, name="a")
    assert probe(tmp_path / name, "p").codecs == ("h264", "aac")
    assert video.frame_times(tmp_path / name, "p")[0] == pytest.approx(video.frame_times(path, "a")[0], abs=1.01)
    original, copy = (np.concatenate(list(audio.decode(file, "x")))[:, 0] for file in (path, tmp_path / name))
    assert onsets(copy, audio.RATE) == pytest.approx(onsets(original, audio.RATE), abs=0.010)


@pytest.mark.parametrize(
    ("ending", "options"), [("mp4", {"sound": True}), ("webm", {"codec": "libvpx-vp9", "sound": True, "audio_codec": "libopus"})]
)
def test_what_browsers_play_is_left_alone(ending: str, options: dict[str, Any], tmp_path: Path) -> None:
    """No reason is given."""
    assert proxy_reasons(probe(write_video(tmp_path / f"a.{ending}", steady(10), **options), "a")) == []


def test_oblong_pixels_become_square(tmp_path: Path) -> None:
    """A broadcast picture of 96 × 64 with pixels half as wide again is shown 144 wide."""
    path = write_video(tmp_path / "a.mkv", steady(5), aspect=Fraction(3, 2))
    found = probe(path, "a")
    assert (found.width, found.height, found.pixel_aspect) == (96, 64, 1.5)
    assert proxy.proxy_size(found, 1280) == (144, 64)
    video.make_poster(path, tmp_path, name="a")
    assert Image.open(tmp_path / "poster.jpg").size == (144, 64)


def test_a_proxy_is_made_smaller_never_larger(tmp_path: Path) -> None:
    """The longest side is limited, both sides are even."""
    path = write_video(tmp_path / "a.avi", steady(5), codec="mpeg4")
    proxy.make_proxy(path, tmp_path, name="a", max_side=50)
    found = probe(tmp_path / "proxy.webm", "p")
    assert (found.width, found.height) == (50, 34)


def test_broadcast_sound_gets_a_proxy(tmp_path: Path) -> None:
    """Sound alone, in a container that browsers refuse."""
    from tests.media.make_media import write_audio

    path = write_audio(tmp_path / "a.aiff", beeps(2, [0.5, 1.25]), "pcm_s24be")
    assert needs_proxy(probe(path, "a"))
    assert proxy.make_proxy(path, tmp_path, name="a") == ["proxy.webm"]
    found = probe(tmp_path / "proxy.webm", "p")
    assert (found.kind, found.mime, needs_proxy(found)) == ("audio", "audio/webm", False)
    sound = np.concatenate(list(audio.decode(tmp_path / "proxy.webm", "p")))[:, 0]
    assert onsets(sound, audio.RATE) == pytest.approx([0.5, 1.25], abs=0.010)


def test_pictures_have_no_frames_to_list(tmp_path: Path) -> None:
    """A sentence instead of a crash."""
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(BadInput, match=r'"a\.png"'):
        video.frame_times(tmp_path / "a.png", "a.png")
    with pytest.raises(BadInput, match="neither sound nor moving pictures"):
        proxy.make_proxy(tmp_path / "a.png", tmp_path, name="a.png")


def test_a_video_that_breaks_off_gives_the_frames_it_has(tmp_path: Path) -> None:
    """Half a file is half a video, or a sentence; never a crash."""
    path = write_video(tmp_path / "a.mkv", steady(100), g="10")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    times, _ = video.frame_times(path, "a")
    assert 10 < len(times) < 100
    assert proxy.make_proxy(path, tmp_path, name="a")


def test_a_damaged_stretch_does_not_spoil_the_rest(tmp_path: Path) -> None:
    """Some bytes in the middle are wrong: the frames after them keep their times, in the proxy as well."""
    path = write_video(tmp_path / "a.mkv", steady(100), codec="mpeg4", g="10")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = b"\xff" * 300
    path.write_bytes(data)
    proxy.make_proxy(path, tmp_path, name="a")
    times = video.frame_times(tmp_path / "proxy.webm", "p")[0]
    assert len(times) > 80
    assert times[-1] == pytest.approx(3960, abs=1)
