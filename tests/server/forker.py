"""Give the `asylum` command many times over: a process that has imported everything forks for each.

A start of Python with pandas takes seconds, a fork milliseconds; what is forked is a process of
its own, which can be killed. Requests are lines of JSON on stdin, answers lines on stdout.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, NoReturn


def be_command(request: dict[str, Any]) -> NoReturn:
    """Become the command, in the forked process."""
    from helpers.cli import main

    code: Any = 1
    try:
        os.chdir(request["cwd"])
        os.environ |= request["env"]
        for stream, number in (("out", 1), ("err", 2)):
            handle = os.open(request[stream], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(handle, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.argv = ["asylum", *request["arguments"]]
        main()
    except SystemExit as error:
        code = error.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def serve() -> None:
    import helpers.unhcr.update  # noqa: F401  # what the commands need, before the first fork

    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            be_command(request)
        print(pid, flush=True)


if __name__ == "__main__":
    serve()
