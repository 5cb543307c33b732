"""Every query of the bridge, by subject."""
