"""Asylum-seekers by era: the code behind the study's notebooks.

Data flows one way: `study` and `paths`, then `sources`, `analysis`, `reading`, `running`
and the command line. Each floor imports only from those before it.
"""

__version__ = "0.1.0"
