"""The Dask scheduler of a batch: one of this machine's own, one by address, or one on Slurm."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.running.batch.hands import keep_workers
from helpers.study import InputError

if TYPE_CHECKING:
    from distributed import Client

Keeping = asyncio.Future[None]
LOOPBACK = "127.0.0.1"
ANY_PORT = f"{LOOPBACK}:0"
_PATIENCE = 30
_CLOSING = 3.0
_FIXED = ("cores", "processes", "asynchronous", "scheduler_options")
_LISTS = (
    "job_directives_skip", "job_extra_directives", "job_script_prologue", "worker_extra_args",
)  # fmt: skip
_COUNTS = ("job_cpu",)
# Nothing but the notebooks' own files is worth keeping, measuring or spilling.
_CONFIG = {
    "distributed.admin.large-graph-warning-threshold": "10GB",
    "distributed.comm.timeouts.connect": f"{_PATIENCE}s",
    # A Slurm job that has ended is given up soon, so that another is submitted for it.
    "distributed.deploy.lost-worker-timeout": f"{_PATIENCE}s",
    "distributed.diagnostics.nvml": False,
    "distributed.nanny.pre-spawn-environ": {},
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.dashboard.tasks.task-stream-length": 100,
    "distributed.scheduler.work-stealing": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.profile.enabled": False,
}


@dataclass(frozen=True)
class Where:
    """Where a batch runs.

    Attributes
    ----------
    workers : int
        How many workers are started; 0: one a processor, or on Slurm one.
    memory : str
        The most that a worker may take, as in `4GB`; empty: its share of the machine's.
    scheduler : str
        The address of a scheduler that is there already; it has its own workers.
    slurm : dict or None
        Options of dask-jobqueue's SLURMCluster; None: not on Slurm.
    has_dashboard : bool
        Whether Dask's own pages are served, on loopback.
    """

    workers: int = 0
    memory: str = ""
    scheduler: str = ""
    slurm: dict[str, Any] | None = None
    has_dashboard: bool = False

    @property
    def size(self) -> int:
        """How many workers are started on this machine."""
        return self.workers or os.cpu_count() or 1


@asynccontextmanager
async def connect(where: Where, scratch: Path) -> AsyncIterator[tuple[Client, Keeping]]:
    """Give a client of a scheduler; what was started for it ends with the block.

    With it comes what keeps its workers: it ends only with an error, where none can start.

    Raises
    ------
    InputError
        Where no scheduler answers, or an extra is missing.
    """
    with configure(scratch):
        if where.scheduler:
            maker = _reach(where.scheduler)
        else:
            maker = _start_local(where, scratch) if where.slurm is None else _start_slurm(where)
        async with maker as connected:
            yield connected


@contextmanager
def configure(scratch: Path | str) -> Iterator[None]:
    """Set Dask's own settings, and keep its log out of the terminal."""
    from distributed import dask  # of distributed's own version, which brings it

    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with dask.config.set(_CONFIG | {"temporary-directory": str(scratch)}):
            yield
    finally:
        logger.setLevel(before)


@asynccontextmanager
async def _start_local(where: Where, scratch: Path) -> AsyncIterator[tuple[Client, Keeping]]:
    """Start a cluster of this machine: everything listens on loopback, and nothing is on disk."""
    from distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=0,
        threads_per_worker=1,
        processes=True,
        host=LOOPBACK,
        dashboard_address=ANY_PORT,
        scheduler_kwargs={"dashboard": where.has_dashboard},
        silence_logs=logging.CRITICAL,
        asynchronous=True,
    )
    async with cluster, Client(cluster, asynchronous=True, direct_to_workers=True) as client:
        address, has_pages = cluster.scheduler_address, where.has_dashboard
        keeping = asyncio.create_task(
            keep_workers(address, where.size, where.memory, scratch, has_pages=has_pages)
        )
        try:
            yield client, keeping
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


@asynccontextmanager
async def _reach(address: str) -> AsyncIterator[tuple[Client, Keeping]]:
    from distributed import Client

    try:
        client = await Client(address, asynchronous=True, timeout=_PATIENCE)
    except (OSError, ValueError, TypeError) as error:  # the last: an address tls:// without keys
        raise InputError(
            f"no scheduler answers at {address}: {error}; start one with `dask scheduler`, and "
            "give its address as in tcp://10.0.0.1:8786"
        ) from None
    try:
        yield client, asyncio.Future()
    finally:
        await client.close(_CLOSING)


@asynccontextmanager
async def _start_slurm(where: Where) -> AsyncIterator[tuple[Client, Keeping]]:
    """Start a scheduler here, and workers as Slurm jobs, with one notebook at a time in each."""
    from distributed import Client

    cluster, jobs = _make_slurm(where), where.workers or 1
    async with cluster, Client(cluster, asynchronous=True) as client:
        cluster.adapt(minimum=jobs, maximum=jobs)  # a job that has ended is followed by another
        yield client, asyncio.Future()


def _make_slurm(where: Where) -> Any:
    try:
        jobqueue = importlib.import_module("dask_jobqueue")
    except ImportError:
        raise InputError(
            "--slurm needs dask-jobqueue: pip install 'asylum-eras[slurm]', or make setup"
        ) from None
    options = {"memory": where.memory or "4GB"} | (where.slurm or {})
    extra = [*options.pop("worker_extra_args", ()), "--dashboard-address", ANY_PORT]
    ends = {"dashboard_address": ANY_PORT, "dashboard": where.has_dashboard}
    if "host" in options or "interface" not in options:
        ends["host"] = options.pop("host", LOOPBACK)
    if ends.get("host") == LOOPBACK:  # who reaches that scheduler is on this machine
        extra += ["--host", LOOPBACK]
    try:
        return jobqueue.SLURMCluster(
            asynchronous=True, cores=1, processes=1, scheduler_options=ends,
            worker_extra_args=extra, silence_logs=logging.CRITICAL, **options,
        )  # fmt: skip
    except (TypeError, ValueError) as error:
        said = str(error).partition("\n")[0]
        raise InputError(f"dask-jobqueue does not take these options of --slurm: {said}") from None


def read_slurm(given: Iterable[str]) -> dict[str, Any]:
    """Read options of SLURMCluster written as key=value; the word `default` adds none.

    >>> read_slurm(["queue=short", "job_extra_directives=--exclusive"])
    {'queue': 'short', 'job_extra_directives': ['--exclusive']}

    Raises
    ------
    InputError
        For anything else, and for what would put several notebooks on one worker.
    """
    options: dict[str, Any] = {}
    for each in given:
        if each == "default":
            continue
        name, sign, value = each.partition("=")
        if not sign or not value or not name.isidentifier():
            raise InputError(f"--slurm takes key=value, as in queue=short, not {each!r}")
        if name in _FIXED:
            raise InputError(f"--slurm {name} is fixed: a worker runs one notebook at a time")
        if name in _LISTS:
            options.setdefault(name, []).append(value)
        elif name in options:
            raise InputError(f"--slurm {name} is given twice")
        elif name in _COUNTS and not value.isdecimal():
            raise InputError(f"--slurm {name} is a number, not {value!r}")
        else:
            options[name] = int(value) if name in _COUNTS else value
    return options
