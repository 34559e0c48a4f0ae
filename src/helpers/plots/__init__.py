"""What people read: figures, tables, and prose whose every number is named and computed."""

from helpers.plots.page import Page
from helpers.prose.words import describe_scope

__all__ = ["Page", "describe_scope"]
