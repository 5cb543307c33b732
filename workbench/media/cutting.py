"""Where to cut a recording: rules over time alone, without a file in sight.

All times are whole milliseconds from the start of the original. The same input always gives the same pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

FRAME_MS = 30  # one flag of speech or no speech per so many milliseconds
_FULL_PAUSE_MS = 1000  # a pause this long is as good as any longer one
_BREATH_MS = 150  # keep this far from speech when the pause is long enough

Piece = tuple[int, int]


def cut_at_pauses(duration_ms: int, speech: bytes, *, target_ms: int, limit_ms: int) -> list[Piece]:
    """
    Pieces of about `target_ms`, never more than `limit_ms`, cut in pauses where there are any.

    Args:
        duration_ms: length of the recording; 0 gives no pieces.
        speech: one byte per `FRAME_MS`, non-zero while somebody speaks; what lies behind the end counts as a pause.
        target_ms: the length wished for, positive.
        limit_ms: the length never exceeded, at least `target_ms`.

    Returns:
        (start_ms, end_ms) pairs that follow each other without gap from 0 to `duration_ms`.
    """
    return cut_between(0, duration_ms, list(_pauses(speech, duration_ms)), target_ms=target_ms, limit_ms=limit_ms)


def cut_between(start_ms: int, end_ms: int, quiet: list[Piece], *, target_ms: int, limit_ms: int) -> list[Piece]:
    """The same for a stretch of a recording, of which the pauses are known: (start_ms, end_ms) each."""
    if not 0 < target_ms <= limit_ms:
        raise ValueError(f"0 < target_ms <= limit_ms is needed, not {target_ms} and {limit_ms}")
    pieces, start = [], start_ms
    while start < end_ms:
        end = _next_cut(start, end_ms, quiet, target_ms, limit_ms)
        pieces.append((start, end))
        start = end
    return pieces


def _next_cut(start: int, last: int, quiet: list[Piece], target_ms: int, limit_ms: int) -> int:
    left = last - start
    if left <= limit_ms and left <= target_ms * 1.5:
        return last
    # Neither a crumb now nor a crumb at the end.
    earliest = start + max(1, target_ms // 2)
    latest = max(earliest, min(start + limit_ms, last - target_ms // 4))
    wish = start + target_ms
    candidates = list(_candidates(quiet, earliest, latest, wish))
    if not candidates:
        return min(max(wish, earliest), latest)
    return min(candidates, key=lambda cut: (_cost(cut, wish, target_ms), cut[0]))[0]


def _candidates(quiet: list[Piece], earliest: int, latest: int, wish: int) -> Iterator[tuple[int, int]]:
    """(place, length of the pause) for each pause that reaches into the window."""
    for start, end in quiet:
        margin = min(_BREATH_MS, (end - start) // 2)
        low, high = max(start + margin, earliest), min(end - margin, latest)
        if low <= high:
            yield min(max(wish, low), high), end - start


def _cost(cut: tuple[int, int], wish: int, target_ms: int) -> float:
    place, length = cut
    return abs(place - wish) / target_ms - 0.5 * min(length, _FULL_PAUSE_MS) / _FULL_PAUSE_MS


def _pauses(speech: bytes, duration_ms: int) -> Iterator[Piece]:
    """Stretches without speech, in milliseconds."""
    start = None
    for number, flag in enumerate(speech):
        if not flag and start is None:
            start = number
        elif flag and start is not None:
            yield start * FRAME_MS, number * FRAME_MS
            start = None
    begin = len(speech) if start is None else start
    if begin * FRAME_MS < duration_ms:
        yield begin * FRAME_MS, duration_ms


def pauses_in(speech: bytes, duration_ms: int, *, at_least_ms: int = 300) -> list[Piece]:
    """The pauses of at least so long, as (start_ms, end_ms)."""
    found = ((start, min(end, duration_ms)) for start, end in _pauses(speech, duration_ms))
    return [(start, end) for start, end in found if end - start >= at_least_ms]


def windows(duration_ms: int, *, length_ms: int) -> list[Piece]:
    """Pieces of equal length; a last one shorter than half is joined to the one before."""
    if length_ms <= 0:
        raise ValueError(f"length_ms must be positive, not {length_ms}")
    starts = list(range(0, duration_ms, length_ms))
    if len(starts) > 1 and duration_ms - starts[-1] < length_ms / 2:
        starts.pop()
    return list(pairwise([*starts, duration_ms]))


def between_cuts(duration_ms: int, cuts_ms: Sequence[int], *, limit_ms: int | None = None) -> list[Piece]:
    """Pieces between scene cuts; a scene longer than `limit_ms` is divided into equal parts."""
    edges = [0, *sorted({cut for cut in cuts_ms if 0 < cut < duration_ms}), duration_ms]
    pieces: list[Piece] = []
    for start, end in pairwise(edges):
        parts = 1 if limit_ms is None else max(1, -(-(end - start) // limit_ms))
        inner = [start + (end - start) * part // parts for part in range(parts + 1)]
        pieces += [piece for piece in pairwise(inner) if piece[0] < piece[1]]
    return pieces
