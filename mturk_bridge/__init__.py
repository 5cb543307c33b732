"""The fair-pay bridge: MTurk's protocol and files, at fair pay, in both directions. docs/mturk.md tells how it works."""
