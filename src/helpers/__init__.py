"""Asylum-seekers by era: the code behind the study's notebooks (docs/architecture.md)."""

__version__ = "0.1.0"
