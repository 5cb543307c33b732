"""A copy that browsers play, for originals that they refuse (browsers.py). Times are those of the original.

Video becomes VP9 with Opus in WebM: free of royalties, and encoders (libvpx, libopus) under a BSD licence. H.264 in
the wrong container only gets another container. Every frame of the original is a frame of the proxy, shown at the
same millisecond, so that frame numbers and times hold for both. Runs in the sandbox.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from accessibility.sentences import sentence
from workbench.errors import BadInput
from workbench.media import audio, browsers, containers
from workbench.media.audio import Progress, no_progress
from workbench.media.probe import Probe, probe
from workbench.media.video import video_of

MILLISECONDS = Fraction(1, 1000)  # WebM's own clock
OPUS_RATE = 48_000
AHEAD_SECONDS = 1  # how far sound is written ahead of the picture
KEY_FRAME_SECONDS = 2
_VP9 = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "tile-columns": "2", "crf": "33", "b": "0", "lag-in-frames": "0"}


def make_proxy(
    path: str | Path, out_dir: str | Path, *, name: str, max_side: int = 1280, progress: Progress = no_progress
) -> list[str]:
    """
    Write `proxy.webm`, or `proxy.mp4` where another container was all that was needed.

    Args:
        path, name: the original, and its name for messages.
        out_dir: an existing folder.
        max_side: longest side of the picture in pixels; it is never enlarged.
        progress: called with seconds of media done.

    Raises:
        BadInput: no sound and no moving pictures, damaged, or larger than the limits of the process allow.
    """
    found = probe(path, name)
    if found.kind not in {"audio", "video"}:
        raise BadInput(sentence('"{name}" has neither sound nor moving pictures.', name=name), file=name)
    try:
        if browsers.remux_is_enough(found) and _copied(path, Path(out_dir) / "proxy.mp4", name, progress):
            return ["proxy.mp4"]
        _encoded(path, Path(out_dir) / "proxy.webm", name, found, max_side, progress)
    except BadInput as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EFBIG:
            raise BadInput(
                sentence('What is made from "{name}" is larger than allowed. Send a shorter file.', name=name), file=name
            ) from error
        raise
    return ["proxy.webm"]


def _copied(path: str | Path, target: Path, name: str, progress: Progress) -> bool:
    """Copy the packets into MP4, with time zero at its start; False where that would not give the same frames."""
    with containers.opened(path, name) as source, av.open(str(target), "w", options={"movflags": "+faststart"}) as out:
        zero = containers.zero(source)
        video = containers.main_video(source)
        streams = [stream for stream in (video, containers.main_audio(source)) if stream]
        picture = -1 if video is None else video.index
        copies = {stream.index: out.add_stream_from_template(stream) for stream in streams}
        for packet in _with_decoding_times(source.demux(streams)):
            if packet.is_discard and packet.stream_index == picture:
                return False  # an edit list hides frames: what a copy of it would show is not certain
            shift = round(zero / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            progress(float(packet.pts * packet.time_base))
            packet.stream = copies[packet.stream_index]
            out.mux(packet)
    return True


def _with_decoding_times(packets: Iterator[Any]) -> Iterator[Any]:
    """Matroska does not tell when its first packets are decoded; MP4 must know. They are counted back."""
    waiting: dict[int, list[Any]] = {}
    for packet in packets:
        if packet.size == 0 or packet.pts is None:
            continue
        early = waiting.setdefault(packet.stream_index, [])
        if packet.dts is None:
            early.append(packet)
            continue
        for number, before in enumerate(early):
            before.dts = packet.dts - (len(early) - number) * max(1, before.duration or 1)
            yield before
        early.clear()
        yield packet


def _encoded(path: str | Path, target: Path, name: str, found: Probe, max_side: int, progress: Progress) -> None:
    with containers.opened(path, name) as source, av.open(str(target), "w") as out:
        picture = _Picture(source, out, name, found, max_side) if found.kind == "video" else None
        sound = _Sound(path, out, name, found.channels or 1) if found.has_audio else None
        for seconds in picture.run() if picture else ():
            progress(seconds)
            if sound:
                sound.write_until(seconds + AHEAD_SECONDS)
        if sound:
            sound.write_rest(progress)


class _Sound:
    """Opus, on the clock of the original."""

    def __init__(self, path: str | Path, out: Any, name: str, channels: int) -> None:
        self._out, self._channels, self._written = out, min(channels, 2), 0
        self._layout = "mono" if self._channels == 1 else "stereo"
        self._stream = out.add_stream("libopus", rate=OPUS_RATE, layout=self._layout)
        self._stream.bit_rate = 64_000 * self._channels
        self._chunks = audio.decode(path, name, rate=OPUS_RATE, channels=self._channels)

    def write_until(self, seconds: float) -> None:
        while self._written < seconds * OPUS_RATE and (chunk := next(self._chunks, None)) is not None:
            frame = av.AudioFrame.from_ndarray(chunk.reshape(1, -1), format="s16", layout=self._layout)
            frame.sample_rate, frame.pts, frame.time_base = OPUS_RATE, self._written, Fraction(1, OPUS_RATE)
            self._written += len(chunk)
            self._out.mux(self._stream.encode(frame))

    def write_rest(self, progress: Progress) -> None:
        before = -1
        while before < self._written:
            before = self._written
            self.write_until(before / OPUS_RATE + AHEAD_SECONDS)
            progress(self._written / OPUS_RATE)
        self._out.mux(self._stream.encode(None))


class _Picture:
    """VP9 of upright frames with square pixels."""

    def __init__(self, source: Any, out: Any, name: str, found: Probe, max_side: int) -> None:
        self._source, self._out, self._found = source, out, found
        self._input = video_of(source, name)
        self._zero = containers.zero(source)
        rate = Fraction(found.frame_rate or 25).limit_denominator(1001)
        self._stream = out.add_stream("libvpx-vp9", rate=rate, options={**_VP9, "g": str(round(KEY_FRAME_SECONDS * rate))})
        self._stream.width, self._stream.height = proxy_size(found, max_side)
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = MILLISECONDS
        self._stream.codec_context.thread_count = 2
        self._last = -1

    def run(self) -> Iterator[float]:
        """Encode all frames; yields the time of each in seconds."""
        graph: Any = None
        shape: tuple[int, int, str] | None = None
        for frame in containers.decoded(self._source, self._input):
            if shape != (frame.width, frame.height, frame.format.name):
                yield from self._through(graph, None)
                shape = (frame.width, frame.height, frame.format.name)
                graph = self._graph(frame)
            yield from self._through(graph, frame)
        yield from self._through(graph, None)
        self._out.mux(self._stream.encode(None))

    def _through(self, graph: Any, frame: Any) -> Iterator[float]:
        """Push a frame (None: no more) through the filters; encode what comes out."""
        if graph is None:
            return
        graph.vpush(frame)
        with suppress(BlockingIOError, av.error.EOFError):
            while True:
                yield self._write(graph.vpull())

    def _graph(self, frame: Any) -> Any:
        """Deinterlace, turn, scale: whatever this frame needs."""
        graph = av.filter.Graph()
        steps = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=self._input.time_base)]
        if self._found.interlaced:
            steps.append(graph.add("bwdif", "mode=send_frame:deint=interlaced"))
        for turn in {90: ["transpose=clock"], 180: ["hflip", "vflip"], 270: ["transpose=cclock"]}.get(self._found.rotation, []):
            kind, _, argument = turn.partition("=")
            steps.append(graph.add(kind, argument or None))
        steps.append(graph.add("scale", f"{self._stream.width}:{self._stream.height}"))
        steps += [graph.add("setsar", "1"), graph.add("format", "yuv420p"), graph.add("buffersink")]
        graph.link_nodes(*steps).configure()
        return graph

    def _write(self, frame: Any) -> float:
        time = self._last + 1 if frame.pts is None else round((frame.pts * frame.time_base - self._zero) * 1000)
        # Two frames in one millisecond, or told backwards, must still be two frames.
        self._last = max(time, self._last + 1)
        frame.pts, frame.time_base, frame.pict_type = self._last, MILLISECONDS, 0
        self._out.mux(self._stream.encode(frame))
        return self._last / 1000


def proxy_size(found: Probe, max_side: int) -> tuple[int, int]:
    """Width and height of the proxy: upright, square pixels, even numbers."""
    assert found.width is not None
    assert found.height is not None
    sideways = found.rotation in {90, 270}
    width = found.width * (1 if sideways else found.pixel_aspect)
    height = found.height * (found.pixel_aspect if sideways else 1)
    scale = min(1.0, max_side / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
