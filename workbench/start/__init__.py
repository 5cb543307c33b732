"""From a bare machine to a running workbench. Standard library only: this runs before anything is installed."""
