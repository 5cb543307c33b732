"""What a task type remembers of how a person answers, beside their skill: such as the margin around their boxes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("worker_skill", sa.Column("habit", kind, nullable=True))


def downgrade() -> None:
    raise NotImplementedError("A lab's database only goes forward: restore the backup made before the upgrade.")
