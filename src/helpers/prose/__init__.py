"""What people read: sentences with named numbers, tables, words."""
