"""What the bridge's commands share: the lab with the bridge's tables, and amounts as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from accessibility.sentences import noted, sentence
from workbench.commands import opened
from workbench.errors import Invalid

if TYPE_CHECKING:
    from workbench.context import Context


@contextmanager
def bridge() -> Iterator[Context]:
    """The lab of this environment with the bridge's tables, open for one command."""
    from mturk_bridge import migrations

    with opened() as ctx:
        migrations.ready(ctx)
        yield ctx


def cents(text: str) -> int:
    """An amount in dollars, as cents. Raises Invalid."""
    value = decimal(text, noted("amount"))
    if value <= 0 or value != value.quantize(Decimal("0.01")) or value > Decimal(10_000_000):
        raise Invalid(sentence('"{text}" is not an amount in dollars such as 25 or 12.50.', text=text))
    return int(value * 100)


def decimal(text: str, what: str) -> Decimal:
    """A number with a point; `what` it is stands in the error. Raises Invalid."""
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise Invalid(
            sentence('"{text}" is not a {what}. Write a number with a point, such as 1.16.', text=text, what=sentence(what))
        ) from error
    if not value.is_finite():
        raise Invalid(sentence('"{text}" is not a {what}.', text=text, what=sentence(what)))
    return value
