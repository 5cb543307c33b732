"""What the bridge holds about people, for erasing, taking along, handing over and the law pack: `workbench.holdings`."""

from __future__ import annotations

from pathlib import Path

from mturk_bridge.tables import metadata
from workbench.store.holdings import Holding

HOLDING = Holding(metadata, Path(__file__).parent / "privacy")
