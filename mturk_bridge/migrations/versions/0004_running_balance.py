"""What each account comes to, beside its rows. Forward only: without it everything is added up from the rows as before."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FROM_THE_ROWS = """
INSERT INTO mturk_balance (account, amount_cents, reward_cents, promised_cents)
SELECT account, sum(amount_cents), sum(CASE WHEN kind = 'reward' THEN amount_cents ELSE 0 END), 0
FROM mturk_entry GROUP BY account
"""
PROMISED = """
UPDATE mturk_balance SET promised_cents = coalesce((
  SELECT sum(mturk_hit_type.reward_cents * microtask.wanted) FROM mturk_hit
  JOIN mturk_hit_type ON mturk_hit_type.id = mturk_hit.hit_type_id
  JOIN microtask ON microtask.id = mturk_hit.microtask_id
  WHERE 'in:' || mturk_hit.requester_id = mturk_balance.account), 0)
"""


def upgrade() -> None:
    op.create_table(
        "mturk_balance",
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reward_cents", sa.BigInteger(), nullable=False),
        sa.Column("promised_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_mturk_balance")),
    )
    op.execute(FROM_THE_ROWS)
    op.execute(PROMISED)
