"""Lessons: questions answered from the release in hand, checks that teach, the student edition."""
