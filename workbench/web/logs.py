"""The lab's log: one JSON object per line. No names, no answers, no secrets.

An error is written down as its kind and where it happened. Its words are left out, and so are the values of variables:
a database's error quotes the row, and a row may be somebody's answer or the hash of a card.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

from workbench.settings import Settings

ROOT = "workbench"
NAME = "workbench.web"
MIB = 1 << 20


def where_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the exception becomes its kinds and the lines it went through, without a word of content."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = [line for each in _chain(error) for line in _told(each)]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _told(error: BaseException) -> list[str]:
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return [f"{type(error).__module__}.{type(error).__qualname__}", *lines]


PROCESSORS: list[Any] = [
    structlog.stdlib.filter_by_level,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    where_only,
    structlog.processors.JSONRenderer(),
]


def logger() -> Any:
    """The web's logger. Nothing is written below "warning" until `begin` says where."""
    return structlog.wrap_logger(logging.getLogger(NAME), wrapper_class=structlog.stdlib.BoundLogger, processors=PROCESSORS)


class Plain(logging.Formatter):
    """The line as it is: logging itself would put the exception's words under it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return record.getMessage()


def begin(settings: Settings, name: str = "web") -> None:
    """
    Write the log of this process to `logs/<name>.jsonl` in the data folder, and warnings to standard error as well.

    Called once when a process of the lab starts; every `structlog.get_logger()` of ours follows. Each process has a name
    of its own: two that turn over one file lose lines.
    """
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    plain = logging.getLogger(ROOT)
    path = settings.data / "logs" / f"{name}.jsonl"
    if any(getattr(each, "baseFilename", None) == str(path) for each in plain.handlers):
        return
    to_folder(path)
    screen = logging.StreamHandler()
    screen.setFormatter(Plain())
    screen.setLevel(logging.WARNING)
    plain.addHandler(screen)
    plain.propagate = False


def to_folder(path: Path) -> None:
    """Add the file: five of 10 MiB at most."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = logging.getLogger(ROOT)
    handler = RotatingFileHandler(path, maxBytes=10 * MIB, backupCount=4, encoding="utf-8")
    handler.setFormatter(Plain())
    plain.addHandler(handler)
    plain.setLevel(logging.INFO)
