"""What the modules of the JSON interface share: its routers, its refusals, and bodies that take no unknown member."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict

from workbench.web.access import GuardFirst

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what, where and what to do next"},
        "field": {"type": "string", "description": "what it is about, where that is one field"},
        "reason": {"type": "string", "description": "why there is no work now, e.g. break"},
        "until": {"type": ["integer", "null"], "description": "UTC ms; null: not known"},
    },
}


def refusals(**said: str) -> dict[int | str, dict[str, Any]]:
    """Refusals for the OpenAPI document: all are RFC 9457 problems."""
    content = {"application/problem+json": {"schema": PROBLEM}}
    return {name.removeprefix("s"): {"description": words, "content": content} for name, words in said.items()}


def api_router() -> APIRouter:
    """A router of the JSON interface. `require` lets in and keeps out; the scheme stands here for the document only."""
    return APIRouter(
        prefix="/api/v1",
        route_class=GuardFirst,
        dependencies=[Depends(HTTPBearer(auto_error=False, description="the API token of a person"))],
        responses=refusals(
            s401="nobody is signed in", s403="for somebody with another role", s422="read and refused, with its field"
        ),
    )


class Body(BaseModel):
    """A request body: unknown members are refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid")
