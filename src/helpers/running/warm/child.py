"""What a forked kernel does first: shed everything of its parent that a fresh one would not have.

The libraries stay imported; environment, working folder, streams, open files, signals, seeds and
arguments are those of the request. Then ipykernel starts, as it does in a cold kernel.
"""

from __future__ import annotations

import ctypes
import gc
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD)


def run_kernel(request: Mapping[str, Any], streams: Sequence[int], parent: int) -> NoReturn:
    """Be the kernel of a request until it ends, in a process that was just forked.

    Parameters
    ----------
    request : mapping
        argv, env, cwd and umask of the kernel.
    streams : sequence of int
        Descriptors that become stdin, stdout and stderr.
    parent : int
        The warm parent's process id; a kernel never outlives it.
    """
    code = 1
    try:
        _leave_parent(streams, parent)
        _take_place(request, parent)
        code = _start_ipykernel()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    finally:
        _leave(code)


def _leave_parent(streams: Sequence[int], parent: int) -> None:
    """Take a session, streams and signals of one's own, and close what the parent has open."""
    os.setsid()
    _die_with(parent)
    for number, fd in enumerate(_lift(streams)):
        os.dup2(fd, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    for number in _HANDLED:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's, say, which reaches all
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as Python itself does
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _lift(fds: Sequence[int]) -> list[int]:
    """Copy descriptors to numbers that no stream has."""
    import fcntl

    return [fcntl.fcntl(fd, fcntl.F_DUPFD, 3) for fd in fds]


def _die_with(parent: int) -> None:
    """Ask the system to end this process with its parent, however the parent ends."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _take_place(request: Mapping[str, Any], parent: int) -> None:
    """Take environment, folder and arguments of the request, and seeds of one's own."""
    os.environ.clear()
    os.environ.update(request["env"])
    os.environ["JPY_PARENT_PID"] = str(parent)  # ipykernel ends where its parent changes
    if "debugpy" in sys.modules:  # it sets this at import, which the parent has done
        os.environ.setdefault("PYDEVD_USE_FRAME_EVAL", "NO")
    os.umask(request["umask"])
    os.chdir(request["cwd"])
    command = request["argv"]
    sys.argv = [_find_launcher(), *command[3:]]
    sys.orig_argv = list(command)
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _find_launcher() -> str:
    """Return what a cold kernel has as its first argument."""
    import importlib.util

    spec = importlib.util.find_spec("ipykernel_launcher")
    return str(spec.origin) if spec else "ipykernel_launcher"


def _start_ipykernel() -> int:
    """Run ipykernel to its end."""
    from ipykernel import kernelapp

    gc.enable()
    kernelapp.launch_new_instance()
    return 0


def _leave(code: int) -> NoReturn:
    """End as Python does: wait for threads, run what was registered, flush; and no more."""
    import atexit
    import threading

    with suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(code)
