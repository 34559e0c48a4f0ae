"""Where a batch runs: on this machine, on Slurm, or on a Dask scheduler that is there already.

What is started here listens on loopback alone (on Slurm, on the interface named), speaks TLS with
a key of the batch's own, and ends with the block that started it. All else is Dask's own and set
by its configuration.
"""

from __future__ import annotations

import importlib
import logging
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
from dask.utils import parse_bytes
from distributed import Client, LocalCluster, Security, Status

from helpers.running.engine import take_handles
from helpers.study import InputError

_LOOPBACK = "127.0.0.1"
_PAGES = f"{_LOOPBACK}:0"
_LEAST = 500_000_000  # bytes
_MANY_HERE = 64  # workers on this machine, as a run takes
_FILES, _FILES_HERE, _FILES_AWAY = 48, 16, 4  # open in the driver, and for each of its workers
_LISTS = ("directives_skip", "extra_directives", "script_prologue", "worker_extra_args")


@dataclass(frozen=True)
class Where:
    """Where a batch runs, and on how much."""

    workers: int = 0  # how many are started; 0: one a processor, or on Slurm one
    memory: str | None = None  # the most that each may take, as in 4GB; None: its share
    scheduler: str | None = None  # the address of one that has workers of its own
    slurm: dict[str, Any] | None = None  # options of SLURMCluster; None: not on Slurm
    has_dashboard: bool = False  # whether Dask's own pages are served, on loopback
    retries: int = 0  # how many workers may die under a run before it fails

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        if self.scheduler is not None:
            if self.workers or self.memory or self.slurm is not None or self.has_dashboard:
                raise InputError(
                    "a scheduler has its own workers, with their own memory and dashboard: "
                    "leave out --workers, --memory-limit, --dashboard and --slurm"
                )
            if not re.fullmatch(r"(tcp|tls)://[^/@\s]+:[0-9]{1,5}", self.scheduler):
                said = "or tls:// where Dask's configuration has its keys"
                raise InputError(f"--scheduler takes an address as in tcp://10.0.0.1:8786, {said}")
        elif self.slurm is None:
            if self.workers > _MANY_HERE:
                raise InputError(f"--workers: one machine takes {_MANY_HERE} at most, Slurm 1000")
            with suppress(ValueError, OverflowError):
                if self.memory is None or parse_bytes(self.memory) >= _LEAST:
                    return
            said = f"a size from 500MB, as in 4GB, not {self.memory!r:.40}"
            raise InputError(f"--memory-limit is {said}")

    @property
    def is_local(self) -> bool:
        """Whether its workers are processes of this machine, started here."""
        return self.scheduler is None and self.slurm is None

    @property
    def size(self) -> int:
        """How many workers are started."""
        return self.workers or (min(os.cpu_count() or 1, _MANY_HERE) if self.is_local else 1)


@contextmanager
def connect(where: Where, scratch: Path) -> Iterator[Client]:
    """Give a client of a scheduler whose workers are started, and again where they have died.

    Raises InputError where no scheduler answers, an option fits none that is started here, or the
    system lets a process open too few files.
    """
    config: dict[str, Any] = {
        "temporary-directory": str(scratch / "workers"),
        "distributed.comm.timeouts.connect": "15s",
        "distributed.deploy.lost-worker-timeout": "30s",
        "distributed.scheduler.allowed-failures": where.retries,
        "distributed.scheduler.worker-saturation": 1.0,  # a worker that dies takes one run along
        "distributed.worker.profile.enabled": False,
    }
    if not where.has_dashboard:
        config |= {f"distributed.{part}.http.routes": [] for part in ("scheduler", "worker")}
    take_handles(_FILES + where.size * (_FILES_HERE if where.is_local else _FILES_AWAY))
    logging.disable(logging.CRITICAL)  # Dask and tornado say at length what the batch says itself
    try:
        with dask.config.set(config), ExitStack() as stack:
            if where.scheduler is not None:
                yield stack.enter_context(_reach(where.scheduler))
            else:
                cluster = _start_local(where) if where.is_local else _start_slurm(where, scratch)
                stack.enter_context(cluster)
                cluster.loop.add_callback(_keep_size, cluster, where.size)
                yield stack.enter_context(Client(cluster))
    finally:
        logging.disable(logging.NOTSET)


def _keep_size(cluster: Any, size: int) -> None:
    """Start the workers that are missing, again and again: Dask gives up those that die early."""
    if cluster.status == Status.running:
        for name, worker in list(cluster.workers.items()):
            if worker.status in (Status.failed, Status.closed):
                del cluster.workers[name]
        cluster.scale(size)
        cluster.loop.call_later(5, _keep_size, cluster, size)


def _reach(address: str) -> Client:
    try:
        return Client(address)
    except (OSError, ValueError, TypeError, RuntimeError) as error:  # for one wrong address
        said = f"{error}".partition("\n")[0]
        if isinstance(error, TypeError):
            said = "tls needs keys in Dask's configuration (distributed.comm.tls)"
        hint = "start one with `dask scheduler`, and give its address as in tcp://10.0.0.1:8786"
        raise InputError(f"no scheduler answers at {address}: {said}; {hint}") from None


def _start_local(where: Where) -> Any:
    return LocalCluster(
        n_workers=0,  # they are added after: one that dies at its start ends no batch
        threads_per_worker=1,
        host=_LOOPBACK,
        security=Security.temporary(),
        scheduler_kwargs={"dashboard_address": _PAGES, "dashboard": where.has_dashboard},
        worker_dashboard_address=_PAGES,
        silence_logs=logging.CRITICAL,
        memory_limit=where.memory or str(1 / where.size),
    )


def _start_slurm(where: Where, scratch: Path) -> Any:
    """Start a scheduler here whose workers are Slurm jobs, each with one run at a time."""
    if not shutil.which("sbatch"):
        raise InputError("--slurm needs Slurm's command sbatch: none is on the PATH")
    given = {"memory": where.memory or "4GB"} | (where.slurm or {})
    ends = {"dashboard_address": _PAGES, "dashboard": where.has_dashboard}
    extra = [*given.pop("worker_extra_args", ()), "--dashboard-address", _PAGES]
    if "interface" not in given:  # who reaches that scheduler is on this machine
        ends["host"] = _LOOPBACK
        extra += ["--host", _LOOPBACK]
    if "protocol" not in given:  # a key of the batch's own: jobs read it, and no other user may
        given["security"] = key = Security.temporary()
        for name in ("tls_ca_file", "tls_worker_cert", "tls_worker_key"):
            file = scratch / name
            file.touch(mode=0o600)
            file.write_text(getattr(key, name))
            setattr(key, name, str(file))
    try:
        jobqueue = importlib.import_module("dask_jobqueue")
        return jobqueue.SLURMCluster(
            cores=1, processes=1, scheduler_options=ends, worker_extra_args=extra, **given
        )
    except ImportError:
        said = "--slurm needs dask-jobqueue: pip install 'asylum-eras[slurm]', or make setup"
    except (TypeError, ValueError) as error:
        said = f"dask-jobqueue does not take these options of --slurm: {error}".partition("\n")[0]
    raise InputError(said)


def read_slurm(given: Iterable[str]) -> dict[str, Any]:
    """Read options of SLURMCluster written as key=value; the word `default` adds none.

    >>> read_slurm(["queue=short", "job_cpu=2", "job_extra_directives=--exclusive"])
    {'queue': 'short', 'job_cpu': 2, 'job_extra_directives': ['--exclusive']}
    """
    options: dict[str, Any] = {}
    for each in given:
        name, _, value = each.partition("=")
        if name.removeprefix("job_") in _LISTS and value:
            options.setdefault(name, []).append(value)
        elif value and name.isidentifier():
            options[name] = int(value) if value.isdecimal() else value
        elif each != "default":
            raise InputError(f"--slurm takes key=value, as in queue=short, not {each!r}")
    return options
