"""What is worth knowing about files that did come in: of a picture that moves the first frame is used. No problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accessibility.sentences import packed, unpacked
from workbench.domain import Json

MOST_KEPT = 200  # with a dataset; what is true of ten thousand pictures is said often enough by then


@dataclass(frozen=True)
class Remark:
    """A sentence about one file of an upload."""

    file: str
    message: str


class Remarks:
    """Those of one ingest, each once, in the order in which the files were read. `more`: how many are not kept."""

    def __init__(self) -> None:
        self._kept: dict[Remark, None] = {}
        self.more = 0

    def add(self, file: str, messages: Iterable[str]) -> None:
        """Of one file."""
        for each in messages:
            remark = Remark(file, each)
            if len(self._kept) < MOST_KEPT:
                self._kept[remark] = None
            elif remark not in self._kept:
                self.more += 1

    def take_up(self, counts: Mapping[str, Any]) -> None:
        """Those that an ingest had which was stopped."""
        self._kept |= dict.fromkeys(of_dataset(counts))
        self.more = int(counts.get("more_remarks", 0))

    def to_json(self) -> dict[str, Json]:
        """What the dataset's row keeps; nothing where there is nothing to say."""
        told = [{"file": each.file, "message": packed(each.message)} for each in self._kept]
        return {**({"remarks": told} if told else {}), **({"more_remarks": self.more} if self.more else {})}

    def listed(self) -> Sequence[Remark]:
        """All that are kept."""
        return list(self._kept)


def of_dataset(counts: Mapping[str, Any]) -> Sequence[Remark]:
    """The remarks that a dataset's row keeps."""
    return [Remark(each["file"], unpacked(each["message"])) for each in counts.get("remarks", ())]
