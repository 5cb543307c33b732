"""What deleted HITs were promised, beside the balance; live HITs are found by themselves. Forward only, as all of these."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GONE = """
UPDATE mturk_balance SET gone_cents = coalesce((
  SELECT sum(mturk_hit_type.reward_cents * microtask.wanted) FROM mturk_hit
  JOIN mturk_hit_type ON mturk_hit_type.id = mturk_hit.hit_type_id
  JOIN microtask ON microtask.id = mturk_hit.microtask_id
  WHERE mturk_hit.deleted_ms IS NOT NULL AND 'in:' || mturk_hit.requester_id = mturk_balance.account), 0)
"""


def upgrade() -> None:
    with op.batch_alter_table("mturk_balance") as batch:
        batch.add_column(sa.Column("gone_cents", sa.BigInteger(), server_default="0", nullable=False))
    live = sa.text("deleted_ms IS NULL")
    op.create_index("ix_mturk_hit_live", "mturk_hit", ["requester_id", "id"], sqlite_where=live, postgresql_where=live)
    op.execute(GONE)
