"""Opening sound and video with PyAV, safely, and counting time from the same zero everywhere.

Time zero is the first sample or frame that a player presents: FFmpeg's `start_time` of the file, the earliest of its
streams. Browsers count from there too.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
from av.stream import Disposition

from accessibility.sentences import sentence
from workbench.errors import BadInput

# Formats that hold sound or video by themselves. Left out on purpose: playlists and scripts (hls, concat, dash, sdp …),
# which make FFmpeg open other files and addresses, and formats that take any bytes for content.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,wav,w64,mp3,flac,aac,aiff,caf,amr,amrnb,amrwb,ac3,eac3,dts,dtshd,au,asf,"
    "avi,flv,mpeg,mpegts,mpegvideo,mxf,mxf_opatom,mxf_d10,gxf,dv,h264,hevc,m4v,ivf,obu,rm,voc,wv,ape,tta,tak,mpc,mpc8,"
    "nut,gsm,sox,spdif,truehd,mlp,wtv,vc1,loas,oma,qcp,dsf,shn,bink,smk,swf,ircam,nistsphere,g722,iamf"
)
# So many damaged packets at the start, and none that is whole.
HOPELESS = 200
_OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}

Container = Any  # av.container.InputContainer: PyAV is used untyped


@contextmanager
def opened(path: str | Path, name: str) -> Iterator[Container]:
    """
    Open a file for reading; close it afterwards.

    Raises:
        BadInput: it is not sound or video, or breaks while it is read inside the `with` block.
    """
    with decoding(name), av.open(str(path), options=_OPTIONS, metadata_errors="replace") as container:
        yield container


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Turn what FFmpeg raises into a sentence about the file called `name`."""
    try:
        yield
    except MemoryError as error:
        raise BadInput(
            sentence('"{name}" needs more memory than one file may use. Make it smaller.', name=name), file=name
        ) from error
    except av.error.FFmpegError as error:
        raise BadInput(
            sentence(
                '"{name}" cannot be read as sound or video. Check that it plays on your own computer, then upload it again.',
                name=name,
            ),
            file=name,
        ) from error


def decoded(container: Container, stream: Any) -> Iterator[Any]:
    """
    The frames of a stream. Packets that are damaged are left out, as players do, while others can be decoded.

    Raises:
        av.error.InvalidDataError: nothing can be decoded (`opened` makes a sentence of it).
    """
    good = bad = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            bad += 1
            if good == 0 and bad >= HOPELESS:
                raise
            continue
        good += len(frames)
        yield from frames
    if good == 0 and bad:
        raise av.error.InvalidDataError(errno.EINVAL, "nothing in it can be decoded")


def zero(container: Container) -> Fraction:
    """Time zero of the file, in seconds of its own clock."""
    start = container.start_time
    return Fraction(0) if start is None else Fraction(start, av.time_base)


def main_video(container: Container) -> Any | None:
    """The first stream of moving pictures. Cover art is a still picture and not video."""
    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    for stream in container.streams.video:
        if not stream.disposition & still and stream.codec_context is not None:
            return stream
    return None


def main_audio(container: Container) -> Any | None:
    """The first stream of sound that can be decoded."""
    for stream in container.streams.audio:
        if stream.codec_context is not None and stream.codec_context.sample_rate:
            return stream
    return None


def rotation_of(frame: Any) -> int:
    """Degrees clockwise that turn this frame upright: 0, 90, 180 or 270."""
    return int(round(-frame.rotation / 90) * 90) % 360
