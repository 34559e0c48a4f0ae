"""What people read: figures, tables, and prose whose every number is named and computed."""

from helpers.reading.page import Page
from helpers.reading.words import describe_scope

__all__ = ["Page", "describe_scope"]
