"""`python -m helpers.publish.explorer OUT` writes the explorer alone into OUT/explorer/."""

from __future__ import annotations

import sys
from pathlib import Path

from helpers.publish.explorer.build import build_explorer
from helpers.study import InputError


def main(arguments: list[str]) -> int:
    """Build the explorer and print where it is; 2 for bad input."""
    try:
        if len(arguments) != 1 or arguments[0].startswith("-"):
            raise InputError("usage: python -m helpers.publish.explorer OUT")
        if Path(arguments[0]).is_file():
            raise InputError(f"{arguments[0]} is a file: name a folder")
        print(build_explorer(Path(arguments[0])))
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
