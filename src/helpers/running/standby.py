"""A process that has imported pytest and nbval, and forks itself for each call of them.

It reads calls as lines of JSON on stdin (folder, arguments, and the file that takes what is
printed), and answers each with pytest's exit code. It ends with its stdin.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import Any, NoReturn

from helpers.running.environment import skip_grammar


def prepare() -> None:
    """Import what a call needs, and spare nbval its waits."""
    skip_grammar()
    import nbval.kernel
    import nbval.plugin
    import pytest

    from helpers.running.client import PromptManager
    from helpers.running.warm import provisioner  # noqa: F401 - which jupyter_client loads by name

    nbval.kernel.KernelManager = PromptManager
    nbval.kernel.pformat = repr  # it writes out each message, pictures too, for a log not kept
    pytest.main(["--disable-plugin-autoload", "--version"])  # loads pytest's own plugins
    gc.freeze()  # the collections with which pytest ends look at its own objects alone


def serve(call: dict[str, Any]) -> NoReturn:
    """Be pytest for one call, in a process that was just forked."""
    import pytest

    code = 3  # pytest's own for an error within
    try:
        fd = os.open(call["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(fd, 1)
        os.dup2(fd, 2)
        os.chdir(call["folder"])
        code = int(pytest.main(call["arguments"]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Serve calls until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    prepare()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            serve(json.loads(line))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        answers.write(f"{code}\n")
        answers.flush()


if __name__ == "__main__":
    main()
