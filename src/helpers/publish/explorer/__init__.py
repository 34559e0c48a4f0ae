"""The explorer: one page, without a server, on which a reader turns the figures over."""
