"""The bridge's own kinds of work: a requester's form, and a requester's page."""
