"""What is asked again stands in `asked_again`: the table `set_aside` was never written to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    assert op.get_bind().execute(sa.text("SELECT count(*) FROM set_aside")).scalar() == 0
    op.drop_table("set_aside")


def downgrade() -> None:
    raise NotImplementedError("A lab's database only goes forward: restore the backup made before the upgrade.")
