"""Tables: certificates and the keys that sign them."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import json, metadata, ms, number, public_id, row_id, text, to

certificate = sa.Table(
    # One version of a certificate. A correction is a new row that replaces a signed one; nothing signed is changed.
    "certificate",
    metadata,
    row_id(),
    public_id(),
    to("person", index=True),
    text("subject", 60),  # urn:uuid of this person, the same in every version
    text("status", 20, default="draft"),  # draft, asked, signed, superseded, revoked, withdrawn
    json("content"),  # what was chosen and what is told: see certificate.Content
    sa.Column("own_words", sa.Text, nullable=True),
    sa.Column("coach_words", sa.Text, nullable=True),
    number("status_index"),  # the bit of the status list
    sa.Column("token", sa.Text, nullable=True),  # the signed credential, a JWT
    text("key_name", 64, null=True),
    to("certificate", name="replaces", null=True),
    ms("created_ms"),
    ms("asked_ms", null=True),
    ms("signed_ms", null=True),
    to("person", name="signed_by", null=True),
    ms("ended_ms", null=True),
    text("end_reason", 400, null=True),
    sa.UniqueConstraint("status_index"),
)

signing_key = sa.Table(
    # The private half is encrypted with the lab's secret; the public half stays for ever, so that old signatures verify.
    "signing_key",
    metadata,
    row_id(),
    text("name", 64),  # RFC 7638 thumbprint
    json("public"),  # JWK
    sa.Column("sealed", sa.LargeBinary, nullable=True),  # AES-256-GCM; none once the key has been retired
    ms("created_ms"),
    ms("retired_ms", null=True),
    sa.UniqueConstraint("name"),
)
