"""The process that runs notebooks, one after another, for a run in another process.

It reads jobs as lines of JSON on stdin and answers each with one line on stdout. Where stdin
ends, the run is over or dead: the worker ends its kernel and itself at once, so that a run that
was killed leaves no process behind.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from helpers.running.environment import check_kernel, skip_grammar
from helpers.running.warm.door import VARIABLE


def main() -> None:
    """Serve jobs until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever libraries print goes to the log, never between the answers
    skip_grammar()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run decides, and closes stdin
    jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_jobs, args=(jobs,), daemon=True).start()
    _prepare()
    while True:
        answer = _serve(json.loads(jobs.get()))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _read_jobs(jobs: queue.SimpleQueue[str]) -> None:
    """Take jobs as they come; at the end of stdin, leave nothing behind."""
    for line in sys.stdin:
        jobs.put(line)
    _end_kernels()
    os._exit(0)


def _prepare() -> None:
    """Import what every job needs while the run is still looking at its inputs."""
    import jupytext  # noqa: F401
    import papermill  # noqa: F401

    import helpers.running.engine  # noqa: F401

    if VARIABLE in os.environ:
        return  # the warm parent sees to fonts
    import matplotlib

    # Built here, a missing font cache prints its notice in no notebook.
    if not list(Path(matplotlib.get_cachedir()).glob("fontlist-*.json")):
        import matplotlib.font_manager


def _serve(values: dict[str, Any]) -> dict[str, Any]:
    """Run one job."""
    from helpers.running.execute import run_notebook
    from helpers.running.jobs import Done, Failure, Job

    job = Job(**values)
    try:
        check_kernel(job.kernel)
        return run_notebook(job).to_json()
    except Exception as error:
        name = os.path.splitext(os.path.basename(job.source))[0]
        return Done(name, 0.0, Failure(name, 0, type(error).__name__, str(error))).to_json()


def _end_kernels() -> None:
    """Kill every kernel of this process, with all that a kernel has started."""
    from helpers.running.engine import WatchedKernelManager

    for manager in list(WatchedKernelManager.alive):
        pid = getattr(manager.provisioner, "pid", None)
        if pid:
            for end in (os.killpg, os.kill):
                try:
                    end(pid, signal.SIGKILL)
                except OSError:
                    continue


if __name__ == "__main__":
    main()
