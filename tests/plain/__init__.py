"""Notebooks run cell by cell in the test's own process, and what a reader would read of them."""
