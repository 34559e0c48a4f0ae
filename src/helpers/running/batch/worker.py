"""A worker of this machine's own cluster: a process that the driver starts and starts again.

It ends with its driver however that ends, as its stdin is the driver's; a Ctrl-C in the terminal
does not reach it. Started as `python -m helpers.running.batch.worker ADDRESS SCRATCH MEMORY PAGES`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading

from helpers.running.batch.cluster import ANY_PORT, LOOPBACK, configure


def main(address: str, scratch: str, memory: str, pages: str) -> None:
    """Work for the scheduler until it, or the driver, has gone."""
    threading.Thread(target=_end_with_driver, daemon=True).start()
    with configure(scratch):
        asyncio.run(_work(address, scratch, memory, has_pages=pages == "pages"))
    os._exit(0)


def _end_with_driver() -> None:
    """Wait for the end of stdin; what this worker has started then ends by itself."""
    sys.stdin.read()
    os._exit(0)


async def _work(address: str, scratch: str, memory: str, *, has_pages: bool) -> None:
    from distributed import Worker

    async with Worker(
        address,
        nthreads=1,
        host=LOOPBACK,
        memory_limit=memory,
        local_directory=scratch,
        dashboard_address=ANY_PORT,
        dashboard=has_pages,
    ) as worker:
        await worker.finished()


if __name__ == "__main__":
    main(*sys.argv[1:])
