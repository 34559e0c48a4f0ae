"""What a lesson's reader meets: its questions, the checks that teach, and their words."""

from helpers.lessons.desk import Lesson, open_lesson

__all__ = ["Lesson", "open_lesson"]
