"""The workers of this machine's own cluster, each started anew whenever it has died.

Dask's own keeper of workers gives one up that dies while it starts; here that is one start more.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

_PATIENCE = 5.0
_MOST_FAULTS = 5
_PAUSE = 0.5


class CannotStart(Exception):
    """Workers end by themselves again and again; the message has their last words."""


async def keep_workers(
    address: str, count: int, memory: str, scratch: Path, *, has_pages: bool
) -> None:
    """Keep so many workers alive until cancelled.

    Parameters
    ----------
    address : str
        The scheduler's.
    count : int
        How many.
    memory : str
        The most that each may take; empty: its share of the machine's.
    scratch : Path
        Where they work and log.
    has_pages : bool
        Whether each serves Dask's own pages.

    Raises
    ------
    CannotStart
        Where one ends by itself several times in a row.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    words = [address, str(scratch), memory or str(1 / count), "pages" if has_pages else "none"]
    tasks = [asyncio.create_task(_keep_one(words, scratch / f"{n}.log")) for n in range(count)]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_one(words: list[str], log: Path) -> None:
    faults = 0
    while True:
        code = await _run_one(words, log)
        faults = faults + 1 if code >= 0 else 0  # killed from outside is no fault of its own
        if faults == _MOST_FAULTS:
            lines = log.read_text(errors="replace").splitlines() or ["nothing"]
            raise CannotStart(f"a worker ended {faults} times with code {code}: {lines[-1]}")
        await asyncio.sleep(_PAUSE * faults)


async def _run_one(words: list[str], log: Path) -> int:
    """Run a worker to its end; where this is cancelled, end it."""
    with log.open("wb") as stream:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "helpers.running.batch.worker", *words,
            stdin=asyncio.subprocess.PIPE, stdout=stream, stderr=stream, start_new_session=True,
        )  # fmt: skip
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            if process.stdin is not None:
                process.stdin.close()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), _PATIENCE)
        if process.returncode is None:
            process.kill()
            await process.wait()
