"""Worker processes that run notebooks, side by side where their order allows it."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

from helpers.running.environment import make_environment
from helpers.running.jobs import KERNEL, Done, Failure, Job
from helpers.running.warm.door import Door, share_parent

# 02 makes the core tables that the later ones take, and 01 vouches for what they are made of:
# these two run first. What comes after them reads the core tables and not each other.
FIRST = 2
_PATIENCE = 5.0


class Pool:
    """Some workers, ended together with the `with` block, whatever ends it.

    Parameters
    ----------
    size : int
        How many notebooks may run at a time.
    scratch : Path
        A folder for connection files and logs, thrown away with the run.
    kernel : str
        The kernels' name; for the warm one, all workers share a parent.
    """

    def __init__(self, size: int, scratch: Path, kernel: str = KERNEL) -> None:
        self.scratch = scratch
        self._is_warm = kernel == KERNEL
        self._door: Door | None = None
        self._ending = ExitStack()
        scratch.mkdir(parents=True, exist_ok=True)
        self._log = (scratch / "workers.log").open("wb")
        self._size = size
        self._idle: list[subprocess.Popen[bytes]] = []
        self._busy: dict[subprocess.Popen[bytes], Job] = {}

    def __enter__(self) -> Pool:
        environment = make_environment(self.scratch)
        sharing = share_parent(environment, self._log, is_warm=self._is_warm)
        self._door = self._ending.enter_context(sharing)
        for _ in range(self._size):
            self._idle.append(self._start(environment))
        return self

    def __exit__(self, *_: object) -> None:
        workers = self.workers
        self.stop()
        for worker in workers:
            try:
                worker.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            _get(worker.stdout).close()
        self._ending.close()
        self._log.close()

    @property
    def workers(self) -> list[subprocess.Popen[bytes]]:
        """The worker processes, busy or not."""
        return [*self._idle, *self._busy]

    def _start(self, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start a worker in a session of its own: a Ctrl-C reaches this process alone."""
        door = self._door
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "helpers.running.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment | (door.hand_down() if door else {}),
            pass_fds=[door.socket.fileno()] if door else [],
            start_new_session=True,
        )

    def run(
        self,
        jobs: Sequence[Job],
        on_start: Callable[[str], None] = lambda name: None,
        on_done: Callable[[Done], None] = lambda done: None,
        first: int = FIRST,
    ) -> list[Done]:
        """Run notebooks in order, as many at a time as there are workers.

        The `first` come before all others. After a failure no further notebook starts; those
        under way come to their end.

        Returns
        -------
        list of Done
            In the order of `jobs`, as far as they were started.
        """
        waiting = deque(enumerate(jobs))
        results: dict[str, Done] = {}
        while waiting or self._busy:
            while waiting and self._may_start(waiting[0][0], first):
                job = waiting.popleft()[1]
                on_start(Path(job.source).stem)
                self._give(job)
            for done in self._collect():
                results[done.notebook] = done
                on_done(done)
                if done.failure:
                    waiting.clear()
        names = [Path(job.source).stem for job in jobs]
        return [results[name] for name in names if name in results]

    def stop(self) -> None:
        """End the workers with their kernels, busy or not; what they ran shows as ended."""
        for worker in self.workers:
            with suppress(OSError):
                _get(worker.stdin).close()

    def _may_start(self, number: int, first: int) -> bool:
        """Tell whether a worker is free and what must come before has come."""
        return bool(self._idle) and (number != first or not self._busy)

    def _give(self, job: Job) -> None:
        worker = self._idle.pop(0)
        self._busy[worker] = job
        with suppress(BrokenPipeError):  # a dead worker shows at once, as the end of its answers
            stdin = _get(worker.stdin)
            stdin.write(json.dumps(asdict(job)).encode() + b"\n")
            stdin.flush()

    def _collect(self) -> list[Done]:
        """Wait for at least one answer."""
        with selectors.DefaultSelector() as selector:
            for worker in self._busy:
                selector.register(_get(worker.stdout), selectors.EVENT_READ, worker)
            ready = [key.data for key, _ in selector.select()]
        return [self._read(worker) for worker in ready]

    def _read(self, worker: subprocess.Popen[bytes]) -> Done:
        job = self._busy.pop(worker)
        line = _get(worker.stdout).readline()
        if line:
            self._idle.insert(0, worker)  # the one that has run is warm
            return Done.from_json(json.loads(line))
        worker.wait()
        name = Path(job.source).stem
        return Done(name, 0.0, Failure(name, 0, "WorkerEnded", self._explain(worker.returncode)))

    def _explain(self, code: int) -> str:
        """Say how a worker ended, with the last line of the log."""
        ended = f"ended by signal {-code}" if code < 0 else f"ended with code {code}"
        self._log.flush()
        lines = (self.scratch / "workers.log").read_text(errors="replace").splitlines()
        return f"the worker {ended}{': ' + lines[-1] if lines else ''}"


def _get(stream: IO[bytes] | None) -> IO[bytes]:
    """Return a pipe that is there because it was asked for."""
    assert stream is not None
    return stream
