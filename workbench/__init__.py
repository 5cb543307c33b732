"""The workbench of an AI annotation lab."""

__version__ = "0.1.0"
