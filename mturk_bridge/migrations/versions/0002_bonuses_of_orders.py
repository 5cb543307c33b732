"""Orders: bonuses are written down before they are sent; places that nobody took come back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mturk_order_answer") as batch:
        batch.add_column(sa.Column("bonus_cents", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("bonus_ms", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("mturk_order_hit") as batch:
        batch.add_column(sa.Column("returned_places", sa.Integer(), server_default="0", nullable=False))
