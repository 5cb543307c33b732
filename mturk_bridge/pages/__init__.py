"""Somebody else's HTML: read, filled in, put in a sandbox, and looked at for how well people can use it."""
