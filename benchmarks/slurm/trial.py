"""Run a batch on a real Slurm of two nodes on this machine, and say what was seen.

    sudo apt-get install --no-install-recommends slurmctld slurmd slurm-client munge
    .venv/bin/python benchmarks/slurm/trial.py [--years 2023:2025]

Keys, sockets, state and logs of Slurm are in one temporary folder, everything is bound to loopback,
and each process is known by the variable SLURM_CONF in its environment. README.md says more.
"""

from __future__ import annotations

import argparse
import csv
import getpass
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

PROJECT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
NODES = ("n1", "n2")
NAME = "slurm-trial"
PATIENCE = 60
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def write_config(folder: Path, host: str, user: str, ports: list[int], memory: int) -> str:
    """Return slurm.conf: a controller and two nodes of one processor, none of it beyond loopback.

    `ports` are the controller's, then one a node; `memory` is what each node has, in MB.
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


class Slurm:
    """A Slurm of its own: start it, ask it, and find all of its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": PATH}
        self.daemons: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start munged, the controller and the nodes, and wait until the nodes are idle."""
        folder, host = self.folder, socket.gethostname().partition(".")[0]
        held = [socket.create_server((LOOPBACK, 0)) for _ in range(3)]
        ports = [each.getsockname()[1] for each in held]
        for each in held:
            each.close()
        (folder / "state").mkdir()
        (folder / "munge.key").write_bytes(secrets.token_bytes(128))
        (folder / "munge.key").chmod(0o400)
        memory = psutil.virtual_memory().total // 2**21
        config = write_config(folder, host, getpass.getuser(), ports, memory)
        (folder / "slurm.conf").write_text(config, encoding="utf-8")
        own = ("key", "socket", "pid", "log", "seed")
        files = [
            f"--{each}{'' if each == 'socket' else '-file'}={folder}/munge.{each}" for each in own
        ]
        self._launch("munged", "--foreground", "--force", *files)
        self._wait(lambda: (folder / "munge.socket").exists())
        self._launch("slurmctld", "-D", "-c", "-f", str(folder / "slurm.conf"))
        for name in NODES:
            self._launch("slurmd", "-D", "-N", name, "-f", str(folder / "slurm.conf"))
        self._wait(lambda: self.ask("sinfo", "-h", "-N", "-o", "%T").count("idle") == len(NODES))

    def _launch(self, name: str, *options: str) -> None:
        program = shutil.which(name, path=PATH)
        if program is None:
            raise SystemExit(f"{name} is not installed: apt-get install --no-install-recommends "
                             "slurmctld slurmd slurm-client munge")  # fmt: skip
        with (self.folder / f"{name}-{len(self.daemons)}.out").open("wb") as log:
            self.daemons.append(
                subprocess.Popen([program, *options], env=self.environment, cwd=self.folder,
                                 stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 start_new_session=True)
            )  # fmt: skip

    def _wait(self, is_done: Any) -> None:
        end = time.monotonic() + PATIENCE
        while not is_done():
            if time.monotonic() > end or any(each.poll() is not None for each in self.daemons):
                logs = [file.read_text(errors="replace")[-800:] for file in self.folder.glob("*.*")
                        if file.suffix in (".out", ".log")]  # fmt: skip
                raise RuntimeError("\n".join(["Slurm did not come up", *logs]))
            time.sleep(0.2)

    def ask(self, *command: str) -> str:
        """Run one of Slurm's clients and return what it prints; nothing where it fails."""
        with suppress(subprocess.SubprocessError):
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True,
                                  timeout=30, check=True)  # fmt: skip
            return done.stdout.strip()
        return ""

    def list_processes(self) -> list[psutil.Process]:
        """Return every living process of this Slurm and its jobs."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("SLURM_CONF") == self.environment["SLURM_CONF"]:
                    found.append(process)
        return [each for each in found if each.pid != os.getpid()]

    def stop(self) -> None:
        """End jobs and daemons, and whatever of them does not end by itself."""
        self.ask("scancel", "--full", "--user", getpass.getuser())
        end = time.monotonic() + 20
        while self.ask("squeue", "-h") and time.monotonic() < end:
            time.sleep(0.2)
        for each in reversed(self.daemons):
            each.terminate()
            with suppress(subprocess.TimeoutExpired):
                each.wait(10)
        for process in self.list_processes():
            with suppress(psutil.Error):
                process.kill()


@contextmanager
def run_slurm() -> Iterator[Slurm]:
    """Set Slurm up, and take all of it down again, whatever happens in between."""
    folder = Path(tempfile.mkdtemp(prefix="asylum-slurm-"))
    slurm = Slurm(folder)
    try:
        slurm.start()
        yield slurm
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        slurm.stop()
        shutil.rmtree(folder)


def run_batch(slurm: Slurm, years: str) -> dict[str, Any]:
    """Run `asylum batch --slurm`, cancel a job under way, and return what was seen meanwhile."""
    command = [str(Path(sys.executable).with_name("asylum")), "batch", "--name", NAME, "--force",
               "--years", years, "--workers", str(len(NODES)), "--slurm", "memory=3GB"]  # fmt: skip
    for name in ("local_directory", "log_directory"):
        command += ["--slurm", f"{name}={slurm.folder / name}"]
    driver = subprocess.Popen(command, env=slurm.environment, cwd=PROJECT, stdout=sys.stderr)
    jobs: dict[str, str] = {}
    listeners: set[str] = set()
    cancelled, start = "", time.monotonic()
    while driver.poll() is None:
        for line in slurm.ask("squeue", "-h", "-t", "running", "-o", "%i %N").splitlines():
            number, node = line.split()
            jobs[number] = node
        if not cancelled and len(jobs) == len(NODES) and time.monotonic() > start + 20:
            cancelled = min(jobs, key=int)
            slurm.ask("scancel", cancelled)
        for process in slurm.list_processes():
            with suppress(psutil.Error):
                listeners |= {each.laddr.ip for each in process.net_connections("inet")
                              if each.status == psutil.CONN_LISTEN}  # fmt: skip
        time.sleep(1)
    with (PROJECT / "runs" / NAME / "summary.csv").open(encoding="utf-8", newline="") as lines:
        outcomes = {row["run"]: row["error"] or row["outcome"] for row in csv.DictReader(lines)}
    return {"exit_code": driver.returncode, "seconds": round(time.monotonic() - start),
            "jobs": jobs, "cancelled": cancelled, "listeners": sorted(listeners),
            "runs": outcomes}  # fmt: skip


def find_faults(seen: dict[str, Any]) -> list[str]:
    """Say what is not as it should be."""
    checks = {
        "the batch failed": seen["exit_code"] == 0 and set(seen["runs"].values()) == {"complete"},
        "it did not run on both nodes": set(seen["jobs"].values()) == set(NODES),
        "no job followed the cancelled one": seen["cancelled"] and len(seen["jobs"]) > len(NODES),
        "something listened beyond loopback": set(seen["listeners"]) == {LOOPBACK},
        "processes are left": not seen["left"],
    }
    return [fault for fault, is_good in checks.items() if not is_good]


def main() -> int:
    """Run the trial; 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--years", default="2023:2025", help="the batch's --years")
    years = parser.parse_args().years
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with run_slurm() as slurm:
        version = slurm.ask("sinfo", "--version")
        seen = {"slurm": version} | run_batch(slurm, years)
    seen["left"] = [" ".join(each.cmdline()) for each in slurm.list_processes()]
    seen["faults"] = find_faults(seen)
    print(json.dumps(seen, indent=1))
    return 1 if seen["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
