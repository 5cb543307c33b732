"""Two clients may give their projects the same name: neither learns from it what the other has here."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_project_name"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_project_client_id_name"), ["client_id", "name"])
        # For a database two empty clients are two: the lab's own projects need a rule of their own.
        batch_op.create_index(
            "uq_project_name_of_the_lab",
            ["name"],
            unique=True,
            sqlite_where=sa.text("client_id IS NULL"),
            postgresql_where=sa.text("client_id IS NULL"),
        )


def downgrade() -> None:
    raise NotImplementedError("A lab's database only goes forward: restore the backup made before the upgrade.")
