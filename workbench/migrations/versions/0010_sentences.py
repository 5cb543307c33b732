"""What the messages of uploads and of background work are made of, to say them in another language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("ingest_problem", sa.Column("made_of", JSON, nullable=True))
    op.add_column("job", sa.Column("made_of", JSON, nullable=True))


def downgrade() -> None:
    raise NotImplementedError("A lab's database only goes forward: restore the backup made before the upgrade.")
