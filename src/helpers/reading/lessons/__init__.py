"""What a lesson's reader meets: its questions, the checks that teach, and their words."""

from helpers.reading.lessons.desk import Lesson, open_lesson

__all__ = ["Lesson", "open_lesson"]
