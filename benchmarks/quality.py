"""
Goals of the quality package, measured: `python benchmarks/quality.py [DATA] [--without-crowdkit]`.

DATA holds folders of public crowd answers, each with labels.csv (task, worker, label) and truth.csv (task, label); default
../shared/crowd beside the project. crowd-kit is never part of the project: this program makes it an environment of its own,
in the user's cache folder, and asks it the same questions there. Times are CPU seconds. Prints a Markdown table.
The goals stand in `quality_goals/`, by subject.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.quality_goals import classes, crowdkit, lab, marks, stopping, texts_and_ratings
from benchmarks.quality_goals.lines import Line


def measure(data: Path, with_crowdkit: bool) -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known = crowdkit.reference(data, folder) if with_crowdkit else {}
        yield from classes.goal_1(known, folder)
        yield from classes.goal_2(data, known, folder)
        for goal, needs in (
            (lambda d: texts_and_ratings.goal_3(d, known), "crowdspeech_dev_clean"),
            (lambda d: marks.goal_4(d, known), "pedestrians_boxes_400"),
            (texts_and_ratings.goal_5, "web_ordinal5"),
            (stopping.goal_6, ""),
            (classes.goal_7, ""),
        ):
            if (data / needs).exists():
                yield from goal(data)
        yield from lab.skill_intervals()
        yield from lab.simulated_lab()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/crowd"))
    parser.add_argument("--without-crowdkit", action="store_true", help="only our own figures")
    parser.add_argument("--reference", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reference:
        crowdkit.answer_as_reference(options.data, options.reference)
        return
    print("| goal | what | ours | crowd-kit 1.4.2 | wanted | holds |\n|---|---|---|---|---|---|")
    for line in measure(options.data, not options.without_crowdkit):
        holds = {True: "yes", False: "NO", None: ""}[line.holds]
        cells = (line.goal, line.what, line.ours, line.crowdkit, line.wanted, holds)
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
