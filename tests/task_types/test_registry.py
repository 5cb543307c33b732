"""Finding a task type by its name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from task_types import registry
from task_types.errors import UnknownTaskType


def test_names_are_sorted_and_each_is_there() -> None:
    """Every name gives a type of that name."""
    names = registry.names()
    assert names == sorted(names)
    assert [registry.get(name).name for name in names] == names


@pytest.mark.parametrize(("wrong", "meant"), [("bbox", "bounding_box"), ("ratings", "rating"), ("transcript", "transcription")])
def test_a_slip_is_met_with_the_nearest_name(wrong: str, meant: str) -> None:
    """The sentence says what was meant, and what there is."""
    with pytest.raises(UnknownTaskType, match=f'"{wrong}".*Did you mean "{meant}".*Known: bounding_box, choice') as refused:
        registry.get(wrong)
    assert refused.value.field == "type"


def test_listing_costs_nothing() -> None:
    """The web process lists types without loading any of them, nor numpy."""
    program = (
        "import sys; from task_types import registry; registry.names();"
        "print(sorted(m for m in sys.modules if m in ('numpy', 'scipy', 'pydantic', 'task_types.rating')))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_no_type_loads_numpy() -> None:
    """Asking, reading and checking answers happens in the web process, which stays light."""
    program = (
        "import sys; from task_types import reading, registry\n"
        "for t in map(registry.get, registry.names()):\n"
        "    e = t.examples[0]; t.widget(e.case); t.question(e.case); t.check(e.case, t.parse(e.case, e.form))\n"
        "print(sorted(m for m in sys.modules if m in ('numpy', 'scipy', 'label_studio_sdk', 'cv2')))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"
