"""Texts that are kept in a name before they are shown: marked here, so that the catalogue finds them."""

from __future__ import annotations

from accessibility.sentences import noted

__all__ = ["noted"]
