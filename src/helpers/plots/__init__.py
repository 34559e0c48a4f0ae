"""Figures: the house style, charts, and the page object of a notebook."""
