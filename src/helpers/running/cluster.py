"""Where a batch runs: on this machine, on Slurm, or on a Dask scheduler that is there already.

What is started here listens on loopback alone (on Slurm, on the interface named), speaks TLS with
a key of the batch's own, and ends with the block that started it.
"""

from __future__ import annotations

import importlib
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
from dask.utils import parse_bytes
from distributed import Client, LocalCluster
from distributed.core import Status
from distributed.security import Security

from helpers.study import InputError

LOOPBACK = "127.0.0.1"
_PAGES = f"{LOOPBACK}:0"
_PATIENCE = 15
_LEAST = 500_000_000  # bytes
_FIXED = ("cores", "processes", "asynchronous", "scheduler_options", "security", "silence_logs")
_LISTS = ("directives_skip", "extra_directives", "script_prologue", "worker_extra_args")


@dataclass(frozen=True)
class Where:
    """Where a batch runs, and on how much."""

    workers: int = 0  # how many are started; 0: one a processor, or on Slurm one
    memory: str = ""  # the most that each may take, as in 4GB; empty: its share of the machine's
    scheduler: str = ""  # the address of one that has workers of its own
    slurm: dict[str, Any] | None = None  # options of SLURMCluster; None: not on Slurm
    has_dashboard: bool = False  # whether Dask's own pages are served, on loopback
    retries: int = 0  # how many workers may die under a run before it fails

    @property
    def is_local(self) -> bool:
        """Whether its workers are processes of this machine, started here."""
        return not self.scheduler and self.slurm is None

    @property
    def size(self) -> int:
        """How many workers are started; 0 where they are a scheduler's own."""
        if self.scheduler:
            return 0
        return self.workers or (os.cpu_count() or 1 if self.is_local else 1)

    def check(self) -> None:
        """Refuse options that belong to different places, and what cannot be started here."""
        others = self.workers or self.memory or self.has_dashboard or self.slurm is not None
        if self.scheduler and others:
            raise InputError(
                "a scheduler has its own workers, with their own memory and dashboard: leave out "
                "--workers, --memory-limit, --dashboard and --slurm"
            )
        if self.slurm is not None and not shutil.which("sbatch"):
            raise InputError("--slurm needs Slurm's command sbatch: none is on the PATH")
        try:
            is_enough = parse_bytes(self.memory or "4GB") >= _LEAST
        except ValueError:
            is_enough = False
        if not is_enough:
            raise InputError(f"--memory-limit is a size from 500MB, as in 4GB, not {self.memory!r}")


@contextmanager
def connect(where: Where, scratch: Path) -> Iterator[tuple[Client, Callable[[], object]]]:
    """Give a client, and a function that starts the workers which are missing.

    Raises InputError where no scheduler answers, or dask-jobqueue is missing or refuses.
    """
    config: dict[str, Any] = {
        "temporary-directory": str(scratch / "workers"),
        "distributed.comm.timeouts.connect": f"{_PATIENCE}s",
        "distributed.deploy.lost-worker-timeout": "30s",
        # The batch counts deaths itself: a scheduler that it did not start has its own count.
        "distributed.scheduler.allowed-failures": 0,
        "distributed.worker.daemon": False,  # a run starts processes of its own
        "distributed.worker.profile.enabled": False,
    }
    if not where.has_dashboard:
        config |= {f"distributed.{part}.http.routes": [] for part in ("scheduler", "worker")}
    logging.disable(logging.CRITICAL)  # Dask and tornado say at length what the batch says itself
    try:
        with dask.config.set(config):
            if where.scheduler:
                with _reach(where.scheduler) as client:
                    yield client, lambda: None
            else:
                start = _start_local if where.is_local else _start_slurm
                with start(where, scratch) as cluster, Client(cluster) as client:
                    yield client, lambda: _keep_size(cluster, where.size)
    finally:
        logging.disable(logging.NOTSET)


def _keep_size(cluster: Any, size: int) -> None:
    """Start the workers that are missing; Dask gives up those that die while they start."""
    for name, worker in list(cluster.workers.items()):
        if worker.status in (Status.failed, Status.closed):
            cluster.workers.pop(name, None)
    cluster.scale(size)


def _reach(address: str) -> Client:
    """Connect to a scheduler; Dask's errors for a wrong address are of many kinds."""
    try:
        return Client(address, timeout=_PATIENCE)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        said = str(error).partition("\n")[0]
        raise InputError(
            f"no scheduler answers at {address}: {said}; start one with `dask scheduler`, and "
            "give its address as in tcp://10.0.0.1:8786"
        ) from None


def _start_local(where: Where, _: Path) -> LocalCluster:
    return LocalCluster(
        n_workers=0,  # they are added after: one that dies at its start ends no batch
        threads_per_worker=1,
        processes=True,
        host=LOOPBACK,
        security=Security.temporary(),
        scheduler_kwargs={"dashboard_address": _PAGES, "dashboard": where.has_dashboard},
        worker_dashboard_address=_PAGES,
        silence_logs=logging.CRITICAL,
        memory_limit=where.memory or str(1 / where.size),
    )


def _start_slurm(where: Where, scratch: Path) -> Any:
    """Start a scheduler here whose workers are Slurm jobs, each with one run at a time."""
    try:
        jobqueue = importlib.import_module("dask_jobqueue")
    except ImportError:
        raise InputError(
            "--slurm needs dask-jobqueue: pip install 'asylum-eras[slurm]', or make setup"
        ) from None
    options = {"memory": where.memory or "4GB"} | (where.slurm or {})
    if "protocol" not in options:
        options["security"] = _write_key(scratch)
    ends = {"dashboard_address": _PAGES, "dashboard": where.has_dashboard}
    extra = [*options.pop("worker_extra_args", ()), "--dashboard-address", _PAGES]
    if "host" in options or "interface" not in options:
        ends["host"] = options.pop("host", LOOPBACK)
    if ends.get("host") == LOOPBACK:  # who reaches that scheduler is on this machine
        extra += ["--host", LOOPBACK]
    daemon = "export DASK_DISTRIBUTED__WORKER__DAEMON=False"  # a run starts processes
    options |= {
        **{"cores": 1, "processes": 1, "scheduler_options": ends, "worker_extra_args": extra},
        "job_script_prologue": [daemon, *options.pop("job_script_prologue", ())],
        "silence_logs": logging.CRITICAL,
    }
    try:
        return jobqueue.SLURMCluster(**options)
    except (TypeError, ValueError) as error:
        said = str(error).partition("\n")[0]
        raise InputError(f"dask-jobqueue does not take these options of --slurm: {said}") from None


def _write_key(folder: Path) -> Security:
    """Make a key of the batch's own, in files that jobs read and no other user may."""
    made = Security.temporary().get_tls_config_for_role("worker")
    files = {name: str(folder / f"tls.{name}") for name in ("ca_file", "cert", "key")}
    for name, file in files.items():
        Path(file).touch(mode=0o600)
        Path(file).write_text(made[name])
    roles = {f"tls_{role}_{name}": files[name]
             for role in ("client", "scheduler", "worker") for name in ("cert", "key")}  # fmt: skip
    return Security(require_encryption=True, tls_ca_file=files["ca_file"], **roles)


def read_slurm(given: Iterable[str]) -> dict[str, Any]:
    """Read options of SLURMCluster written as key=value; the word `default` adds none.

    >>> read_slurm(["queue=short", "job_extra_directives=--exclusive"])
    {'queue': 'short', 'job_extra_directives': ['--exclusive']}
    """
    options: dict[str, Any] = {}
    for each in given:
        if each == "default":
            continue
        name, _, value = each.partition("=")
        if not value or not name.isidentifier():
            raise InputError(f"--slurm takes key=value, as in queue=short, not {each!r}")
        if name in _FIXED:
            raise InputError(f"--slurm {name} is fixed: a worker runs one run at a time")
        if name.removeprefix("job_") in _LISTS:
            options.setdefault(name, []).append(value)
        elif name in options or (name == "job_cpu" and not value.isdecimal()):
            raise InputError(f"--slurm {name} is one value, and job_cpu a number: not {value!r}")
        else:
            options[name] = int(value) if name == "job_cpu" else value
    return options
