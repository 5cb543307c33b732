"""The web's log: one JSON object per line, with a request id. No names, no answers, no secrets."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

NAME = "workbench.web"
MIB = 1 << 20


def logger() -> Any:
    """The logger. Nothing is written below "warning" until `to_folder` says where."""
    return structlog.wrap_logger(
        logging.getLogger(NAME),
        wrapper_class=structlog.stdlib.BoundLogger,
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


def to_folder(folder: Path) -> None:
    """Write to `web.jsonl` in this folder: five files of 10 MiB at most."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "web.jsonl", maxBytes=10 * MIB, backupCount=4, encoding="utf-8")
    plain = logging.getLogger(NAME)
    plain.addHandler(handler)
    plain.setLevel(logging.INFO)
