"""The explorer: one page, without a server, on which a reader turns the figures over.

`collect` takes an origin's figures of one release from the project's own measures, `flags` says
which of them do not compare, `encode` writes them small, and `build` puts the page together with
its scripts. In the browser nothing is measured anew: the scripts choose, divide, rank and draw.
"""

from helpers.publish.explorer.build import build_explorer
from helpers.publish.explorer.gather import gather_data

__all__ = ["build_explorer", "gather_data"]
