"""`asylum bench`: what running a notebook costs beyond its own code, by several ways of running."""
