"""Where the bridge's pages hang: by role, an address and what it is called."""

from __future__ import annotations

from accessibility.sentences import noted

LINKS = {
    "manager": [("/manager/mturk", noted("Work from outside (MTurk)"))],
}
