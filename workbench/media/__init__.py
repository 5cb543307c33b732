"""Files and what can be made from them: storage, probing, pictures, sound, video.

Everything here is light to import. What decodes foreign media runs in a process of its own (sandbox.py); the modules
that do the decoding (images, audio, video, proxy, proposals, scenes, streams) are imported only there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

from workbench.media import sandbox
from workbench.media.cutting import cut_at_pauses
from workbench.media.probe import Probe

Derived = Literal["upright", "thumbnail", "crop", "peaks", "clip", "proxy", "poster", "strip", "frames", "frame", "proposals"]
Progress = Callable[[float], None]


def probe_file(path: str | Path, name: str, *, limits: sandbox.Limits = sandbox.QUICK) -> Probe:
    """
    Look into a file, in a process of its own; never trusts its name.

    Raises:
        BadInput: an image, sound or video that cannot be decoded.
        RefusedUpload: an image of more pixels than is safe.
    """
    return Probe.from_json(sandbox.run("probe", limits=limits, path=str(path), name=name))


def derive(
    kind: Derived,
    path: str | Path,
    out_dir: str | Path,
    *,
    name: str | None = None,
    limits: sandbox.Limits | None = None,
    on_progress: Progress | None = None,
    **parameters: Any,
) -> list[Path]:
    """
    Make something out of a file, in a process of its own.

    Args:
        kind: one of `Derived`.
        path: the original.
        out_dir: an existing folder; the files are written there, named after `kind`.
        name: what messages call the file; the last part of `path` by default.
        limits: what it may use; proxies and strips get long ones by default.
        on_progress: called with seconds of media done; what it raises stops the work.
        parameters: those of the `make_…` function of that kind: see docs/media.md.

    Returns:
        The files made, the main one first.

    Raises:
        BadInput, RefusedUpload: as `probe_file`, or more than the limits was needed.
    """
    if kind not in get_args(Derived):
        raise ValueError(f"cannot derive {kind!r}; known: {', '.join(get_args(Derived))}")
    chosen = limits or (sandbox.LONG if kind in {"proxy", "strip", "peaks"} else sandbox.QUICK)
    arguments = {"path": str(path), "out_dir": str(out_dir), "name": name or Path(path).name, **parameters}
    names = sandbox.run(kind, limits=chosen, on_progress=on_progress, **arguments)
    return [Path(out_dir) / made for made in names]


def speech_flags(
    path: str | Path, name: str, *, aggressiveness: int = 2, on_progress: Progress | None = None
) -> tuple[int, bytes]:
    """(duration_ms, one byte per `cutting.FRAME_MS`, 1 while somebody speaks), found in a process of its own."""
    found = sandbox.run(
        "speech", limits=sandbox.LONG, on_progress=on_progress, path=str(path), name=name, aggressiveness=aggressiveness
    )
    return found["duration_ms"], bytes(flag == "1" for flag in found["flags"])


def pauses(
    path: str | Path, name: str, *, target_ms: int, limit_ms: int, on_progress: Progress | None = None
) -> list[tuple[int, int]]:
    """The recording cut at pauses: `cutting.cut_at_pauses` over `speech_flags`."""
    duration_ms, flags = speech_flags(path, name, on_progress=on_progress)
    return cut_at_pauses(duration_ms, flags, target_ms=target_ms, limit_ms=limit_ms)


def scene_cuts(path: str | Path, name: str, *, on_progress: Progress | None = None, **parameters: Any) -> list[int]:
    """Milliseconds at which a new scene begins (not 0): `scenes.scene_cuts` in a process of its own."""
    found = sandbox.run("scenes", limits=sandbox.LONG, on_progress=on_progress, path=str(path), name=name, **parameters)
    return [int(cut) for cut in found]
