"""The fields of a form that a page sent, read plainly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from workbench.web.access import form_of


@dataclass(frozen=True)
class Fields:
    """What was filled in. Missing fields are empty: a page says what it needs itself, in words."""

    data: FormData

    def text(self, name: str, default: str = "") -> str:
        """One field, without spaces around it."""
        value = self.data.get(name, default)
        return value.strip() if isinstance(value, str) else default

    def secret(self, name: str) -> str:
        """A password, exactly as typed."""
        value = self.data.get(name, "")
        return value if isinstance(value, str) else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be given more than once."""
        return [value for value in self.data.getlist(name) if isinstance(value, str)]

    def flag(self, name: str) -> bool:
        """Is this box ticked?"""
        return self.text(name) in ("on", "yes", "true")

    def files(self, name: str) -> list[UploadFile]:
        """Files that were chosen; they lie in temporary files, not in memory."""
        return [value for value in self.data.getlist(name) if isinstance(value, UploadFile) and value.filename]


async def read_fields(request: Request) -> Fields:
    """The form of this request. Comes after the guard in a route's arguments: nothing large is read for a stranger."""
    return Fields(await form_of(request))


Form = Annotated[Fields, Depends(read_fields)]
