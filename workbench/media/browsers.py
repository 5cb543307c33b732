"""Which media browsers show as they are, and which need a proxy made first.

Held to what Chromium, Firefox and Safari all play. Pure: looks at a `Probe` only.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.media.probe import Probe

# container (by media type) → codecs that browsers play in it
_VIDEO = {"video/mp4": {"h264", "vp9", "av1"}, "video/webm": {"vp8", "vp9", "av1"}}
_SOUND_OF_VIDEO = {"video/mp4": {"aac", "mp3", "opus", "flac"}, "video/webm": {"vorbis", "opus"}}
_AUDIO = {
    "audio/mpeg": {"mp3"},
    "audio/mp4": {"aac", "mp3", "flac"},
    "audio/aac": {"aac"},
    "audio/flac": {"flac"},
    "audio/wav": {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le"},
    "audio/webm": {"opus", "vorbis"},
}
_PIXELS = {"yuv420p", "yuvj420p"}
_IMAGES = {"image/jpeg", "image/png", "image/webp", "image/gif"}


def needs_proxy(probe: Probe) -> bool:
    """Whether sound or video must be converted before a browser can play it."""
    return any(proxy_reasons(probe))


def proxy_reasons(probe: Probe) -> list[str]:
    """Why browsers refuse it, in words for the person who uploads; empty when they do not."""
    if probe.kind == "video":
        return list(_video_reasons(probe))
    return list(_audio_reasons(probe)) if probe.kind == "audio" else []


def remux_is_enough(probe: Probe) -> bool:
    """Whether the streams are fine and only their container is not: copying them takes no encoding."""
    if probe.kind != "video" or probe.mime in _VIDEO or probe.rotation or _out_of_step(probe):
        return False
    picture, *sound = probe.codecs
    return picture == "h264" and set(sound) <= {"aac", "mp3"} and not any(_picture_reasons(probe))


def _video_reasons(probe: Probe) -> Iterator[str]:
    picture, *sound = probe.codecs
    if probe.mime not in _VIDEO:
        yield f"Browsers do not play files of type {probe.mime}."
    elif picture not in _VIDEO[probe.mime]:
        yield f"Not every browser plays {picture} video."
    elif not set(sound) <= _SOUND_OF_VIDEO[probe.mime]:
        yield f"Not every browser plays {sound[0]} sound here."
    if _out_of_step(probe):
        yield "Its frames last unequally and are stored out of order: browsers do not find each of them."
    yield from _picture_reasons(probe)


def _out_of_step(probe: Probe) -> bool:
    """Chromium seeks by the time of storing: the frames before a key frame were then never shown (measured)."""
    return probe.variable_frame_rate and probe.reordered


def _picture_reasons(probe: Probe) -> Iterator[str]:
    if probe.pixel_format not in _PIXELS:
        yield f"Browsers do not show pixels of the kind {probe.pixel_format}."
    if probe.interlaced:
        yield "The video is interlaced, which browsers show with combs."


def _audio_reasons(probe: Probe) -> Iterator[str]:
    if not set(probe.codecs) <= _AUDIO.get(probe.mime, set()):
        yield f"Not every browser plays {' '.join(probe.codecs)} in files of type {probe.mime}."
    if probe.time_reference_samples is not None:
        yield "It is a broadcast WAV with a time of day, which some browsers refuse."


def needs_upright(probe: Probe) -> bool:
    """
    Whether an image must be converted before a browser shows it as it should be.

    Colour profiles and plain turned JPEGs would do in most browsers, but not on the canvas that people draw on.
    """
    plain = probe.pixel_format in {"RGB", "L", "RGBA", "P", "LA", "1"} and probe.orientation == 1
    return not (plain and probe.mime in _IMAGES and probe.frames is None and not probe.colour_profile)
