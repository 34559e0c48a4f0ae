"""Processes as the system's own records show them; nothing is found where there is no /proc."""

from __future__ import annotations

import mmap
import re
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

_PAGE = mmap.PAGESIZE
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.M)


def list_children(parent: int) -> list[int]:
    """List the living children of a process."""
    return _list_families().get(parent, [])


def list_descendants(parent: int) -> list[int]:
    """List the living children of a process, their children, and so on."""
    families, found = _list_families(), [parent]
    for pid in found:
        found += families.get(pid, [])
    return found[1:]


def _list_families() -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(file.read_text().rpartition(")")[2].split()[1])
            found[parent].append(int(file.parent.name))
    return found


def read_rss(pid: int) -> int:
    """Return a process's kilobytes, shared ones included, which the system knows at once."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE // 1024
    return 0


def read_pss(pid: int) -> int:
    """Return a process's kilobytes, its share of what it shares; 0 where it is gone."""
    with suppress(OSError):
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
        return int(found[1]) if found else 0
    return 0
