"""Quality: the life of a check question, calibration, audits, reviews, reports, and questions that are asked again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "expert",
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_expert_given_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expert_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_expert_project_id_project")),
        sa.PrimaryKeyConstraint("project_id", "person_id", name=op.f("pk_expert")),
    )
    op.create_table(
        "quality_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "body",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_quality_report_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_report")),
    )
    with op.batch_alter_table("quality_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quality_report_project_id"), ["project_id"], unique=False)

    op.create_table(
        "review_batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_batch_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_review_batch_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_batch_public_id")),
    )
    with op.batch_alter_table("review_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_batch_project_id"), ["project_id"], unique=False)

    op.create_table(
        "calibration",
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slope", sa.Float(), nullable=False),
        sa.Column("intercept", sa.Float(), nullable=False),
        sa.Column("gold", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Float(), nullable=True),
        sa.Column(
            "curve",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("crowd", sa.Float(), nullable=True),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_calibration_step_id_step")),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_calibration")),
    )
    op.create_table(
        "asked_again",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("microtask_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("after", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["microtask_id"], ["microtask.id"], name=op.f("fk_asked_again_microtask_id_microtask")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_asked_again_person_id_person")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_asked_again_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_again")),
    )
    with op.batch_alter_table("asked_again", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asked_again_microtask_id"), ["microtask_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asked_again_step_id"), ["step_id"], unique=False)

    op.create_table(
        "audit_reopening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("microtask_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["microtask_id"], ["microtask.id"], name=op.f("fk_audit_reopening_microtask_id_microtask")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_audit_reopening_outcome_id_outcome")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_audit_reopening_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_reopening")),
    )
    with op.batch_alter_table("audit_reopening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_reopening_microtask_id"), ["microtask_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_reopening_step_id"), ["step_id"], unique=False)

    op.create_table(
        "gold_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("gold_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column(
            "accepted",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "explanation",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gold_id"], ["gold.id"], name=op.f("fk_gold_event_gold_id_gold")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_gold_event_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_event")),
    )
    with op.batch_alter_table("gold_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gold_event_gold_id"), ["gold_id"], unique=False)

    op.create_table(
        "review_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("review_batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("microtask_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["microtask_id"], ["microtask.id"], name=op.f("fk_review_item_microtask_id_microtask")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_review_item_outcome_id_outcome")),
        sa.ForeignKeyConstraint(
            ["review_batch_id"], ["review_batch.id"], name=op.f("fk_review_item_review_batch_id_review_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_item")),
        sa.UniqueConstraint("review_batch_id", "microtask_id", name=op.f("uq_review_item_review_batch_id_microtask_id")),
    )
    op.create_table(
        "review_verdict",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("review_batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("microtask_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column(
            "answer",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["microtask_id"], ["microtask.id"], name=op.f("fk_review_verdict_microtask_id_microtask")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_review_verdict_outcome_id_outcome")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_verdict_person_id_person")),
        sa.ForeignKeyConstraint(
            ["review_batch_id"], ["review_batch.id"], name=op.f("fk_review_verdict_review_batch_id_review_batch")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_review_verdict_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_verdict")),
    )
    with op.batch_alter_table("review_verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_verdict_microtask_id"), ["microtask_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_verdict_review_batch_id"), ["review_batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_verdict_step_id"), ["step_id"], unique=False)

    op.create_table(
        "gold_score_before",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gold_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("replaced_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotation.id"], name=op.f("fk_gold_score_before_annotation_id_annotation")),
        sa.ForeignKeyConstraint(["gold_id"], ["gold.id"], name=op.f("fk_gold_score_before_gold_id_gold")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_gold_score_before_person_id_person")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_gold_score_before_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_score_before")),
    )
    with op.batch_alter_table("gold_score_before", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gold_score_before_gold_id"), ["gold_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gold_score_before_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("microtask", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("asked_after", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False)
        )



def downgrade() -> None:
    raise NotImplementedError("A lab's database only goes forward: restore the backup made before the upgrade.")
