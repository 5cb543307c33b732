"""What other programs say, in an environment of their own: crowd-kit, and weighted box fusion."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import venv
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality_goals.lines import CLASSES, rows, timed, truth_of
from benchmarks.quality_goals.simulated import SIZES, simulated

PROGRAM = Path(__file__).parents[1] / "quality.py"
CROWDKIT = ("crowd-kit==1.4.2", "scikit-learn==1.5.2", "numpy<2.3", "ensemble-boxes==1.0.9")
PICTURE = (1280.0, 720.0)  # pixels: fusion wants places as shares
FUSIONS = [(same, keep) for same in (0.3, 0.4, 0.5, 0.55) for keep in (0.3, 0.4, 0.5)]
METHODS = ("MajorityVote", "Wawa", "ZeroBasedSkill", "OneCoinDawidSkene", "DawidSkene", "GLAD", "MACE")


def crowdkit_python() -> Path:
    """The interpreter of crowd-kit's environment, made on first use."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "annotation-lab" / "crowd-kit-1.4.2"
    python, ready, wanted = cache / "bin" / "python", cache / "ready", "\n".join(CROWDKIT)
    if not ready.exists() or ready.read_text() != wanted:
        print(f"Making an environment with {CROWDKIT[0]} in {cache} (about 1 GB) …", file=sys.stderr)
        venv.create(cache, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *CROWDKIT], check=True)
        ready.write_text(wanted)
    return python


def reference(data: Path, folder: Path) -> dict[str, Any]:
    """Run this file under crowd-kit's interpreter; posteriors come back as files in `folder`."""
    command = [crowdkit_python(), PROGRAM, str(data), "--reference", str(folder)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads((folder / "reference.json").read_text())
    return found


def answer_as_reference(data: Path, folder: Path) -> None:
    """Only under crowd-kit's interpreter."""
    import pandas as pd
    from crowdkit import aggregation

    found: dict[str, Any] = {}
    for size in SIZES:
        _, microtask, worker, label = simulated(size)
        frame = pd.DataFrame({"task": microtask, "worker": worker, "label": label})
        before = megabytes()
        fit, found[f"ds_seconds_{size}"] = timed(partial(aggregation.DawidSkene(100).fit_predict_proba, frame))
        found[f"ds_megabytes_{size}"] = megabytes() - before
        np.save(folder / f"{size}.npy", fit.sort_index().sort_index(axis=1).to_numpy())
        _, found[f"mv_seconds_{size}"] = timed(partial(aggregation.MajorityVote().fit_predict, frame))
    for name in (n for n in CLASSES if (data / n).exists()):
        frame = pd.DataFrame(rows(data / name / "labels.csv"))[["task", "worker", "label"]]
        truth = truth_of(data / name)
        for method in METHODS:
            labels = getattr(aggregation, method)().fit_predict(frame)
            found[f"{name}_{method}"] = float(np.mean([str(labels[task]) == truth[task] for task in truth if task in labels]))
        fit = aggregation.DawidSkene(100).fit_predict_proba(frame)
        np.save(folder / f"{name}.npy", fit.sort_index().sort_index(axis=1).to_numpy())
    name = "crowdspeech_dev_clean"
    if (data / name).exists():
        frame = pd.DataFrame({**row, "text": plain_text(row["label"])} for row in rows(data / name / "labels.csv"))
        rover = aggregation.ROVER(str.split, " ".join)
        texts, found["rover_seconds"] = timed(partial(rover.fit_predict, frame))
        found["rover"] = {str(task): text for task, text in texts.items()}
    name = "pedestrians_boxes_400"
    if (data / name).exists():
        found["fusion"] = [[same, keep, fused(data / name, same, keep)] for same, keep in FUSIONS]
    (folder / "reference.json").write_text(json.dumps(found))


def fused(folder: Path, same: float, keep: float) -> dict[str, list[list[float]]]:
    """Weighted box fusion (Solovyev et al. 2021), every person a model that is sure of its boxes; corners in pixels."""
    from ensemble_boxes import weighted_boxes_fusion

    across = np.array([*PICTURE, *PICTURE])
    answers: dict[str, list[Any]] = {}
    for row in rows(folder / "labels.csv"):
        answers.setdefault(row["task"], []).append(np.array(json.loads(row["label"])).reshape(-1, 4) / across)
    found = {}
    for task, given in answers.items():
        clipped = [np.clip(one, 0.0, 1.0).tolist() for one in given]
        ones, zeros = [[1.0] * len(one) for one in clipped], [[0] * len(one) for one in clipped]
        boxes, scores, _ = weighted_boxes_fusion(clipped, ones, zeros, iou_thr=same, skip_box_thr=0.0)
        found[task] = (boxes[scores >= keep - 1e-9] * across).tolist()
    return found


def plain_text(text: str) -> str:
    """Lower case, letters and apostrophes: what crowd-kit's ROVER gets."""
    return " ".join("".join(c if c.isalnum() or c == "'" else " " for c in text.lower()).split())


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
