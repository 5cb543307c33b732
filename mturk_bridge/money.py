"""Money of the protocol: US dollars as text, whole cents inside."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal


def cents(text: str) -> int:
    """ "0.5" → 50. The text fits the protocol's pattern `^[0-9]+(\\.)?[0-9]{0,2}$`; whoever calls has checked that."""
    return int(Decimal(text.rstrip(".")) * 100)


def dollars(amount: int) -> str:
    """50 → "0.50". Never below zero: the protocol has no sign."""
    return f"{max(0, amount) // 100}.{max(0, amount) % 100:02}"


def up_to_the_cent(amount: Decimal) -> int:
    """Cents of an amount in dollars, rounded up: a rounding never takes anything from a worker."""
    return int((amount * 100).to_integral_value(rounding=ROUND_CEILING))
