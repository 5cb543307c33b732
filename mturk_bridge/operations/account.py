"""GetAccountBalance."""

from __future__ import annotations

from typing import Any

from mturk_bridge.money import dollars
from mturk_bridge.operations.call import Call
from mturk_bridge.store import ledger


def get_account_balance(call: Call) -> dict[str, Any]:
    """What this requester may still spend, and what is promised to work that is not paid yet."""
    found = call.read(lambda connection: ledger.balance(connection, call.requester.id))
    return {"AvailableBalance": dollars(found.available_cents), "OnHoldBalance": dollars(found.held_cents)}
