"""What may go wrong with a warm kernel: each fault stays with its own notebook, nothing is left."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from helpers.running.warm import door as doors
from helpers.running.warm import parent, preload, wire
from helpers.running.warm.provisioner import WarmProvisioner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are warm on Linux only")

PIDS = "import os\nprint(os.getpid(), os.getppid())"


def wait_until(condition: Callable[[], Any], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def light_parent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have kernels come from a parent of this test's own, which imports no more than it must."""
    WarmProvisioner.leave()
    monkeypatch.setattr(preload, "LIBRARIES", ("ipykernel.kernelapp", "ipykernel.ipkernel"))
    monkeypatch.setattr(preload, "list_own", lambda: ())
    yield
    WarmProvisioner.leave()


@pytest.mark.usefixtures("light_parent")
@pytest.mark.parametrize("code", ["import os\nos._exit(3)", "import ctypes\nctypes.string_at(0)"])
def test_a_crash_takes_its_own_kernel_only(start_kernel: Callable[..., Any], code: str) -> None:
    one, other = start_kernel(), start_kernel()
    assert other.run(PIDS).split()[1] == one.run(PIDS).split()[1]
    one.client.execute(code)
    process = one.manager.provisioner.process
    wait_until(lambda: process.poll() is not None)
    assert process.returncode == (3 if "_exit" in code else -signal.SIGSEGV)
    assert not one.manager.is_alive()
    assert other.run("print('here')") == "here"


@pytest.mark.usefixtures("light_parent")
def test_interrupt_restart_and_a_tidy_end(start_kernel: Callable[..., Any], tmp_path: Path) -> None:
    session = start_kernel(cwd=str(tmp_path))
    before = session.run(PIDS)
    slow = "open('slow', 'w').close()\nimport time\ntime.sleep(60)\nleft = 1"
    session.client.execute(slow, stop_on_error=False)
    wait_until((tmp_path / "slow").exists)
    session.manager.interrupt_kernel()
    assert session.run("print('left' in globals())") == "False"
    assert session.run(PIDS) == before

    session.client.stop_channels()
    session.manager.restart_kernel(now=True)
    session.connect()
    after = session.run(PIDS)
    assert after.split()[0] != before.split()[0]
    assert not is_alive(int(before.split()[0]))

    session.run("import atexit\natexit.register(lambda: open('tidy', 'w').close())")
    session.stop(now=False)
    assert (tmp_path / "tidy").exists()
    assert not is_alive(int(after.split()[0]))


@pytest.mark.usefixtures("light_parent", "quiet_home")
def test_a_cell_that_takes_too_long() -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError

    cells = [nbformat.v4.new_code_cell("import time\ntime.sleep(60)")]
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="asylum", timeout=1)
    with pytest.raises(CellTimeoutError):
        client.execute()
    wait_until(lambda: not client.km or not client.km.has_kernel)


DRIVER = """
import json, sys, time
from helpers.running.warm import preload
preload.LIBRARIES, preload.list_own = ("ipykernel.kernelapp", "ipykernel.ipkernel"), tuple
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="asylum")
said = []
client.execute_interactive(
    "import os, subprocess; child = subprocess.Popen(['sleep', '600'])\\n"
    "print(os.getpid(), os.getppid(), child.pid)",
    output_hook=lambda message: said.append(message["content"].get("text", "")))
print("".join(said), flush=True)
if "wait" in sys.argv:
    time.sleep(600)
"""


@pytest.mark.parametrize("end", ["killed", "forgetful"])
def test_a_driver_that_ends_without_a_word_leaves_nothing(
    quiet_home: dict[str, str], end: str
) -> None:
    """A killed driver, and one that ends without stopping its kernel."""
    arguments = ["wait"] if end == "killed" else []
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, *arguments], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
    assert driver.stdout is not None
    with driver.stdout:
        pids = [int(each) for each in driver.stdout.readline().split()]
    assert len(pids) == 3
    if end == "killed":
        driver.kill()
    driver.wait(20)
    wait_until(lambda: not any(map(is_alive, pids)))


@pytest.mark.usefixtures("light_parent")
def test_a_killed_parent_takes_its_kernels_and_another_comes(
    start_kernel: Callable[..., Any],
) -> None:
    session = start_kernel()
    pid, old = map(int, session.run(PIDS).split())
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid))
    wait_until(lambda: not session.manager.is_alive())
    assert int(start_kernel().run(PIDS).split()[1]) != old


@pytest.mark.usefixtures("light_parent")
def test_the_parent_ends_with_its_last_user(start_kernel: Callable[..., Any]) -> None:
    session = start_kernel()
    pid, warm = map(int, session.run(PIDS).split())
    WarmProvisioner._give_up(WarmProvisioner._door)
    assert session.run("print('here')") == "here"
    assert is_alive(warm)
    session.stop()
    wait_until(lambda: not is_alive(warm))
    assert not is_alive(pid)


@pytest.mark.usefixtures("light_parent")
def test_changed_code_is_never_stale(
    start_kernel: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "ours.py"
    module.write_text("value = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(preload, "list_own", lambda: ("ours",))
    time.sleep(0.05)  # a file that changes while the parent starts counts as changed
    code = "import os, sys\nknown = 'ours' in sys.modules\nimport ours\n"
    code += "print(known, ours.value, os.getppid())"
    first, again = start_kernel().run(code).split(), start_kernel().run(code).split()
    assert first == again
    assert first[:2] == ["True", "1"]
    status = module.stat()
    module.write_text("value = 2\n")  # as long as before, and as old
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
    time.sleep(0.05)
    changed = start_kernel().run(code).split()
    assert changed[:2] == ["True", "2"]
    assert changed[2] != first[2]


@pytest.mark.parametrize("change", ["written", "replaced", "gone", "new"])
def test_every_change_of_a_file_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    module = tmp_path / "ours.py"
    module.write_text("value = 1\n")
    time.sleep(0.05)
    started = time.time_ns() if change != "new" else time.time_ns() - 10**9
    fake = type(sys)("ours")
    fake.__file__ = str(module)
    monkeypatch.setitem(sys.modules, "ours", fake)
    monkeypatch.setattr(sys, "modules", {"ours": fake})
    guard = preload.Guard(started)
    if change != "new":
        assert guard.find_change() == ""
    status = module.stat()
    if change == "written":
        module.write_text("value = 2\n")
    elif change == "replaced":
        (tmp_path / "other").write_text("value = 2\n")
        (tmp_path / "other").rename(module)
    elif change == "gone":
        module.unlink()
    if module.exists():
        os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "ours.py has changed" in guard.find_change()


@pytest.mark.usefixtures("light_parent")
def test_another_environment_is_another_parent(
    start_kernel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import os\nprint(os.environ.get('GIVEN'), os.getppid())"
    plain = start_kernel().run(code).split()
    monkeypatch.setenv("GIVEN", "value")
    given = start_kernel().run(code).split()
    assert [plain[0], given[0]] == ["None", "value"]
    assert plain[1] != given[1]


def test_an_unfit_door_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A variable left over from elsewhere names another file, or none."""
    with (tmp_path / "file").open("w") as file:
        for value in ("", "x:y", f"{file.fileno()}:1:key", "999:1:key", f"{file.fileno()}:"):
            monkeypatch.setenv(doors.VARIABLE, value)
            assert doors.find_inherited("key") is None
        file.write("still open")


STRANGER = """
import os, sys
from helpers.running.warm import door, preload
preload.LIBRARIES, preload.list_own = (), tuple
way = door.open_door(sys.executable, dict(os.environ))
if sys.argv[1] == "stranger":
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
try:
    nothing = os.open(os.devnull, os.O_RDWR)
    request = {"key": "another", "argv": [], "env": {}, "cwd": "/", "umask": 0}
    way.ask(request, [nothing] * 3)
except door.Refused as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(("who", "answer"), [("same", "another env"), ("stranger", "it has gone")])
def test_another_user_gets_no_answer(who: str, answer: str) -> None:
    """Even one to whom the door was handed."""
    command = [sys.executable, "-c", STRANGER, who]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith(answer)


@pytest.mark.parametrize("user", [0, 1])
def test_a_line_of_another_user_is_closed(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line, other = socket.socketpair()
    with here, there, line:
        serving = parent.Parent(there, "key", preload.Guard(time.time_ns()))
        with other:
            socket.send_fds(here, [b"+"], [other.fileno()])
        own = os.geteuid()
        monkeypatch.setattr(parent.os, "geteuid", lambda: own + user)
        serving._admit()
        line.settimeout(0.2)
        if user:
            assert line.recv(1) == b""
            assert not serving.kernels
        else:
            with pytest.raises(TimeoutError):
                line.recv(1)
        for kernel in serving.kernels:
            kernel.line.close()
        serving.selector.close()


def test_where_it_cannot_be_kernels_start_cold_and_say_so_once(
    start_kernel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(doors, "is_supported", lambda: False)
    monkeypatch.setattr(WarmProvisioner, "_said", set())
    code = "import sys\nprint('seaborn' in sys.modules)"
    assert [start_kernel().run(code) for _ in range(2)] == ["False", "False"]
    assert caplog.text.count("kernels start cold") == 1


def test_a_kernel_ends_though_it_has_no_group_of_its_own_yet() -> None:
    """Its driver may have gone between the fork and the kernel's first steps."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    line, other = socket.socketpair()
    with line, other:
        kernel = parent.Kernel(line)
        kernel.pid, kernel.watch = process.pid, 0
        kernel.signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL


def test_messages_come_whole_however_they_are_cut() -> None:
    here, there = socket.socketpair()
    with here, there:
        reader = wire.Reader(there)
        wire.send(here, {"a": "x" * 100}, [0])
        text = json.dumps({"b": 1}).encode() + b"\n"
        here.sendall(text[:4])
        assert list(reader.read()) == [{"a": "x" * 100}]
        here.sendall(text[4:] + text)
        assert list(reader.read()) == [{"b": 1}, {"b": 1}]
        assert len(reader.fds) == 1
        os.close(reader.fds.pop())
        here.close()
        assert list(reader.read()) == []
        assert reader.is_closed
