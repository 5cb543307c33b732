"""Where a recording is cut: rules over time alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.media.cutting import FRAME_MS, between_cuts, cut_at_pauses, pauses_in, windows


def flags(*stretches: tuple[bool, int]) -> bytes:
    """Speech flags of stretches given as (speaks, milliseconds)."""
    return b"".join(bytes([speaks]) * (length_ms // FRAME_MS) for speaks, length_ms in stretches)


@given(
    duration_ms=st.integers(0, 300_000),
    speech=st.lists(st.tuples(st.booleans(), st.integers(0, 8_000)), max_size=40),
    target_ms=st.integers(1, 30_000),
    more_ms=st.integers(0, 30_000),
)
def test_pieces_cover_everything_in_order_within_the_limit(
    duration_ms: int, speech: list[tuple[bool, int]], target_ms: int, more_ms: int
) -> None:
    """No gap, no overlap, nothing too long, and the same again the second time."""
    duration_ms = min(duration_ms, target_ms * 200)
    limit_ms = target_ms + more_ms
    pieces = cut_at_pauses(duration_ms, flags(*speech), target_ms=target_ms, limit_ms=limit_ms)
    edges = [0, *(end for _, end in pieces)]
    assert [start for start, _ in pieces] == edges[:-1]
    assert edges[-1] == duration_ms
    assert all(0 < end - start <= limit_ms for start, end in pieces)
    assert pieces == cut_at_pauses(duration_ms, flags(*speech), target_ms=target_ms, limit_ms=limit_ms)


def test_a_cut_falls_into_the_pause_nearest_the_wish() -> None:
    """Two sentences of nine seconds with a second between them are two pieces."""
    speech = flags((True, 9_000), (False, 990), (True, 9_000))
    ((_, cut), (_, end)) = cut_at_pauses(18_990, speech, target_ms=10_000, limit_ms=15_000)
    assert 9_100 <= cut <= 9_900
    assert end == 18_990


def test_a_long_pause_wins_over_a_short_one_close_by() -> None:
    """A breath at ten seconds is left alone when there is a real pause at twelve."""
    speech = flags((True, 9_990), (False, 90), (True, 1_920), (False, 1_200), (True, 9_000))
    cut = cut_at_pauses(22_200, speech, target_ms=10_000, limit_ms=15_000)[0][1]
    assert 12_000 < cut < 13_200


def test_without_any_pause_the_wish_is_the_cut() -> None:
    """Somebody who never breathes is still cut."""
    assert cut_at_pauses(25_000, bytes([1]) * 834, target_ms=10_000, limit_ms=12_000) == [
        (0, 10_000), (10_000, 20_000), (20_000, 25_000),
    ]  # fmt: skip


def test_no_crumb_is_left_at_the_end() -> None:
    """What is left over is part of the last piece when the limit allows."""
    assert cut_at_pauses(10_400, b"", target_ms=10_000, limit_ms=15_000) == [(0, 10_400)]


@pytest.mark.parametrize(("target_ms", "limit_ms"), [(0, 10), (-1, 10), (10, 9)])
def test_impossible_wishes_are_an_error(target_ms: int, limit_ms: int) -> None:
    """A target must be positive and within the limit."""
    with pytest.raises(ValueError, match="is needed"):
        cut_at_pauses(1000, b"", target_ms=target_ms, limit_ms=limit_ms)


def test_pauses_are_listed_with_their_times() -> None:
    """Short ones are left out, the end of the recording closes the last."""
    speech = flags((True, 900), (False, 600), (True, 300), (False, 150), (True, 300), (False, 600))
    assert pauses_in(speech, 2_800) == [(900, 1_500), (2_250, 2_800)]


def test_windows_have_one_length() -> None:
    """But a short rest belongs to the last."""
    assert windows(30_000, length_ms=10_000) == [(0, 10_000), (10_000, 20_000), (20_000, 30_000)]
    assert windows(24_000, length_ms=10_000) == [(0, 10_000), (10_000, 24_000)]
    assert windows(26_000, length_ms=10_000) == [(0, 10_000), (10_000, 20_000), (20_000, 26_000)]
    assert windows(3, length_ms=10_000) == [(0, 3)]
    assert windows(0, length_ms=10_000) == []


@given(st.integers(0, 100_000), st.lists(st.integers(-5, 120_000), max_size=20), st.integers(1, 20_000))
def test_scenes_cover_everything_and_keep_to_their_limit(duration_ms: int, cuts: list[int], limit_ms: int) -> None:
    """Every cut is an edge; long scenes are divided."""
    limit_ms = max(limit_ms, duration_ms // 100)
    pieces = between_cuts(duration_ms, cuts, limit_ms=limit_ms)
    edges = [0, *(end for _, end in pieces)]
    assert [start for start, _ in pieces] == edges[:-1]
    assert edges[-1] == duration_ms
    assert {cut for cut in cuts if 0 < cut < duration_ms} <= set(edges)
    assert all(0 < end - start <= max(limit_ms, 1) for start, end in pieces)
