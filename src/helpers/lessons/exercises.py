"""What the lessons ask, and what the right answers and the usual mistakes come to.

A module a lesson. Each takes a `Basis` (an origin's tables and facts) and returns a `Paper`: the
facts that the questions name, and the exercises with answers computed from the release in hand.
Nothing is stored, so the lessons hold for every release and every study.
"""

from helpers.lessons.basis import Basis
from helpers.lessons.exercise import Exercise, Paper
from helpers.lessons.papers import LESSONS, TABLES, set_paper

__all__ = ["LESSONS", "TABLES", "Basis", "Exercise", "Paper", "set_paper"]
