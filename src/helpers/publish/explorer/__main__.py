"""`python -m helpers.publish.explorer OUT` writes the explorer alone into OUT/explorer/."""

from __future__ import annotations

import sys
from pathlib import Path

from helpers.publish.explorer import build_explorer
from helpers.study import InputError


def main(arguments: list[str]) -> int:
    """Build the explorer and print where it is; 2 for bad input."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m helpers.publish.explorer OUT", file=sys.stderr)
        return 2
    out = Path(arguments[0])
    if out.exists() and not out.is_dir():
        print(f"{out} is a file: name a folder", file=sys.stderr)
        return 2
    try:
        print(build_explorer(out))
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
