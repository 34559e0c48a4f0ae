"""A real Slurm on this machine alone: two nodes, all on loopback, in a folder of its own.

Debian's packages are enough: `apt-get install --no-install-recommends slurmctld slurmd
slurm-client munge`. Nothing is configured in /etc and nothing stays: keys, sockets, state and logs
live in one temporary folder, and every process is known by the variable SLURM_CONF in its
environment, so that those that Slurm detaches are found as well.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
NODES = ("n1", "n2")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scancel", "squeue", "sinfo")
_PATIENCE = 60.0


@dataclass
class Slurm:
    """A running Slurm: its folder, the variables that a client needs, and its daemons."""

    folder: Path
    environment: dict[str, str]
    daemons: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def config(self) -> Path:
        """The file slurm.conf."""
        return self.folder / "slurm.conf"

    def ask(self, *command: str) -> str:
        """Run one of Slurm's clients and return what it prints."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout.strip()

    def list_processes(self) -> dict[int, str]:
        """Return every living process of this Slurm and its jobs, with its command."""
        mark, found = f"SLURM_CONF={self.config}\0".encode(), {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (place / "environ").read_bytes() + b"\0":
                    words = (place / "cmdline").read_bytes().split(b"\0")
                    found[int(place.name)] = b" ".join(words).decode(errors="replace").strip()
        return {pid: command for pid, command in found.items() if pid != os.getpid()}

    def list_listeners(self) -> list[tuple[str, str]]:
        """Return where its processes listen: program and address, ports left out."""
        lines = subprocess.run(
            ["ss", "-ltnpH"], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        own = {f"pid={pid}," for pid in self.list_processes()}
        found = set()
        for line in lines:
            if any(mark in line for mark in own):
                address = line.split()[3].rpartition(":")[0]
                found.add((line.split('(("')[1].split('"')[0], address))
        return sorted(found)


def write_config(folder: Path, host: str, user: str, ports: list[int], memory: int) -> str:
    """Return slurm.conf: a controller and two nodes of one processor, none of it beyond loopback.

    Parameters
    ----------
    folder : Path
        Where everything lies.
    host, user : str
        This machine's name, and who runs it.
    ports : list of int
        The controller's, then one a node.
    memory : int
        What each node has, in MB.
    """
    nodes = "\n".join(
        f"NodeName={name} NodeHostName={host} NodeAddr={LOOPBACK} Port={port} CPUs=1 "
        f"RealMemory={memory} State=UNKNOWN"
        for name, port in zip(NODES, ports[1:], strict=True)
    )
    return f"""ClusterName=loopback
SlurmctldHost={host}({LOOPBACK})
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=2
ReturnToService=2
KillWait=5
{nodes}
PartitionName=loopback Nodes={",".join(NODES)} Default=YES MaxTime=60 State=UP
"""


def find_missing() -> list[str]:
    """Name the programs that are not installed."""
    return [name for name in PROGRAMS if _find(name) is None]


def _find(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@contextmanager
def run_slurm() -> Iterator[Slurm]:
    """Set Slurm up, and take all of it down again, whatever happens in between.

    Raises
    ------
    RuntimeError
        Where a program is missing, the nodes do not come up, or something is left behind.
    """
    missing = find_missing()
    if missing:
        raise RuntimeError(
            f"not installed: {', '.join(missing)}; on Debian: apt-get install "
            "--no-install-recommends slurmctld slurmd slurm-client munge"
        )
    folder = Path(tempfile.mkdtemp(prefix="asylum-slurm-"))
    slurm = Slurm(folder, os.environ | {"SLURM_CONF": str(folder / "slurm.conf")})
    try:
        _start(slurm)
        yield slurm
    finally:
        _stop(slurm)
        shutil.rmtree(folder)


def _start(slurm: Slurm) -> None:
    folder, host = slurm.folder, socket.gethostname().partition(".")[0]
    (folder / "state").mkdir()
    (folder / "munge.key").write_bytes(secrets.token_bytes(128))
    (folder / "munge.key").chmod(0o400)
    config = write_config(folder, host, getpass.getuser(), _find_ports(3), _share_memory())
    slurm.config.write_text(config, encoding="utf-8")
    own = {"key-file": "munge.key", "socket": "munge.socket", "pid-file": "munge.pid",
           "log-file": "munge.log", "seed-file": "munge.seed"}  # fmt: skip
    options = [f"--{name}={folder / file}" for name, file in own.items()]
    _launch(slurm, "munged", "--foreground", "--force", *options)
    _wait(lambda: (folder / "munge.socket").exists(), slurm, "munged")
    _launch(slurm, "slurmctld", "-D", "-c", "-f", str(slurm.config))
    for name in NODES:
        _launch(slurm, "slurmd", "-D", "-N", name, "-f", str(slurm.config))
    _wait(lambda: _count_idle(slurm) == len(NODES), slurm, "the nodes")


def _find_ports(count: int) -> list[int]:
    """Return ports that are free on loopback now."""
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind((LOOPBACK, 0))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def _share_memory() -> int:
    """Return half of the machine's memory, in MB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 // 2


def _launch(slurm: Slurm, name: str, *options: str) -> None:
    with (slurm.folder / f"{name}-{len(slurm.daemons)}.out").open("wb") as log:
        slurm.daemons.append(
            subprocess.Popen(
                [str(_find(name)), *options], env=slurm.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, cwd=slurm.folder,
            )
        )  # fmt: skip


def _count_idle(slurm: Slurm) -> int:
    with suppress(subprocess.SubprocessError):
        return slurm.ask("sinfo", "-h", "-N", "-o", "%T").splitlines().count("idle")
    return 0


def _wait(
    is_done: Callable[[], bool], slurm: Slurm, what: str, patience: float = _PATIENCE
) -> None:
    """Wait for something; where it does not come, say what the logs end with."""
    end = time.monotonic() + patience
    while not is_done():
        dead = [each.args[0] for each in slurm.daemons if each.poll() is not None]
        if dead or time.monotonic() > end:
            logs = [f"{file.name}: {file.read_text(errors='replace')[-800:]}"
                    for file in sorted(slurm.folder.glob("*.[lo][ou][gt]"))]  # fmt: skip
            raise RuntimeError("\n".join([f"{what} did not come up; ended: {dead}", *logs]))
        time.sleep(0.2)


def _stop(slurm: Slurm) -> None:
    """End jobs, then nodes, controller and munged, and see that nobody is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with suppress(Exception):
        slurm.ask("scancel", "--full", "--user", getpass.getuser())
        _wait(lambda: not slurm.ask("squeue", "-h"), slurm, "the end of the jobs", 20)
    for daemon in reversed(slurm.daemons):
        daemon.terminate()
    for daemon in slurm.daemons:
        with suppress(subprocess.TimeoutExpired):
            daemon.wait(10)
    for number in (signal.SIGTERM, signal.SIGKILL):
        end = time.monotonic() + 10
        for pid in slurm.list_processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        while slurm.list_processes() and time.monotonic() < end:
            time.sleep(0.1)
    for daemon in slurm.daemons:
        daemon.wait(10)
    left = slurm.list_processes()
    if left:
        raise RuntimeError(f"still there: {left}; and the folder {slurm.folder}")
