"""Run a batch on a real Slurm of two nodes on this machine, and write down what was seen.

    .venv/bin/python benchmarks/slurm/trial.py [--years 2023:2025] [--output FILE]

First two jobs that do nothing but say where they are, then `asylum batch --slurm`, in which one job
is cancelled under way. Slurm is set up for it in a temporary folder and taken down again; see
README.md.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from page import render_page  # noqa: E402
from slurm import LOOPBACK, NODES, Slurm, run_slurm  # noqa: E402

NAME = "slurm-trial"
CRATE = "ro-crate-metadata.json"
LIBRARIES = ("dask", "distributed", "dask-jobqueue")


def main() -> int:
    """Run both trials; 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--years", default="2023:2025", help="the batch's --years")
    parser.add_argument("--output", type=Path, default=HERE / "results.json")
    given = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    before = list_places()
    start = time.perf_counter()
    with run_slurm() as slurm:
        seen: dict[str, Any] = {"seconds_up": round(time.perf_counter() - start, 1)}
        seen |= {"nodes": list(NODES), "versions": find_versions(slurm)}
        with watch(slurm, seen):
            seen["jobs"] = run_jobs(slurm)
            seen["batch"] = run_batch(slurm, given.years)
        folder = slurm.folder
    seen["left_behind"] = {
        "processes": list(slurm.list_processes().values()),
        "files": sorted(set(list_places()) - set(before)),
        "folder": folder.exists(),
    }
    seen["faults"] = find_faults(seen)
    text = json.dumps(seen, indent=1, ensure_ascii=False) + "\n"
    given.output.write_text(text, encoding="utf-8")
    page = HERE / "README.md"
    page.write_text(render_page(page.read_text(encoding="utf-8"), seen), encoding="utf-8")
    print(text)
    return 1 if seen["faults"] else 0


def find_versions(slurm: Slurm) -> dict[str, str]:
    """Return the versions of what takes part."""
    libraries = {name: importlib.metadata.version(name) for name in LIBRARIES}
    said = slurm.ask("sinfo", "--version").removeprefix("slurm-wlm ").removeprefix("slurm ")
    return {"slurm": said, "python": platform.python_version()} | libraries


@contextmanager
def watch(slurm: Slurm, seen: dict[str, Any]) -> Iterator[None]:
    """Look once a second where processes listen, and keep every address that was seen."""
    found: set[tuple[str, str]] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(1):
            found.update(slurm.list_listeners())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        seen["listeners"] = [{"program": name, "address": place} for name, place in sorted(found)]


def run_jobs(slurm: Slurm) -> list[dict[str, Any]]:
    """Have two workers say on which node they are, by dask-jobqueue alone."""
    os.environ["SLURM_CONF"] = str(slurm.config)
    from dask_jobqueue import SLURMCluster
    from distributed import Client

    def say() -> dict[str, Any]:
        return {"node": os.environ["SLURMD_NODENAME"], "job": int(os.environ["SLURM_JOB_ID"])}

    places = {"local_directory": str(slurm.folder / "scratch"),
              "log_directory": str(slurm.folder / "jobs")}  # fmt: skip
    pages = f"{LOOPBACK}:0"
    with (
        SLURMCluster(
            cores=1, processes=1, memory="1GB", interface="lo",
            scheduler_options={"dashboard_address": pages},
            worker_extra_args=["--dashboard-address", pages], **places,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        cluster.scale(jobs=len(NODES))
        client.wait_for_workers(len(NODES), timeout=120)
        found = list(client.run(say).values())
    end = time.monotonic() + 30
    while slurm.ask("squeue", "-h") and time.monotonic() < end:
        time.sleep(0.2)
    return sorted(found, key=lambda each: str(each["node"]))


def run_batch(slurm: Slurm, years: str) -> dict[str, Any]:
    """Run `asylum batch --slurm`, and return its runs with the nodes of their notebooks."""
    log = slurm.folder / "nodes.jsonl"
    options = {
        "memory": "3GB",
        "local_directory": str(slurm.folder / "scratch"),
        "log_directory": str(slurm.folder / "jobs"),
        "worker_extra_args": "--preload",
    }
    command = [str(Path(sys.executable).with_name("asylum")), "batch", "--name", NAME, "--force",
               "--years", years, "--workers", str(len(NODES))]  # fmt: skip
    for name, value in options.items():
        command += ["--slurm", f"{name}={value}"]
    command += ["--slurm", f"worker_extra_args={HERE / 'node_log.py'}"]
    environment = slurm.environment | {"ASYLUM_NODE_LOG": str(log)}
    start = time.perf_counter()
    driver = subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=sys.stderr)
    cancelled = None
    while driver.poll() is None:
        if cancelled is None and read_log(log):
            cancelled = cancel_job(slurm)
        time.sleep(0.5)
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "exit_code": driver.returncode,
        "cancelled_job": cancelled,
        "runs": gather_runs(read_log(log)),
    }


def read_log(log: Path) -> list[dict[str, Any]]:
    """Return the lines that the nodes have written, oldest first."""
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def cancel_job(slurm: Slurm) -> int:
    """Cancel the job that is first in the queue, and return its number."""
    number = int(slurm.ask("squeue", "-h", "-t", "running", "-o", "%i").split()[0])
    slurm.ask("scancel", str(number))
    return number


def gather_runs(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the lines of the nodes' log together by run, with each one's outcome in the summary."""
    folder, runs = PROJECT / "runs" / NAME, []
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as summary:
        rows = sorted(csv.DictReader(summary), key=lambda row: row["run"])
    for row in rows:
        own = [line for line in lines if line["run"] == row["run"]]
        ran = {line["notebook"]: {k: line[k] for k in ("node", "job", "seconds")} for line in own}
        runs.append(
            {
                "run": row["run"],
                "outcome": row["outcome"],
                "error": row["error"],
                "has_crate": (folder / row["manifest"]).with_name(CRATE).exists(),
                "notebooks": dict(sorted(ran.items())),
            }
        )
    return runs


def list_places() -> list[str]:
    """List where Slurm or MUNGE could leave something on a Debian system."""
    places = ("/tmp", "/run", "/dev/shm", "/var/log", "/var/spool", "/var/lib")
    return [
        str(file)
        for place in map(Path, places)
        if place.is_dir()
        for file in place.iterdir()
        if any(word in file.name for word in ("slurm", "munge", "asylum-slurm"))
    ]


def find_faults(seen: dict[str, Any]) -> list[str]:
    """Say what is not as it should be."""
    faults = [f"{each['program']} listened on {each['address']}" for each in seen["listeners"]
              if each["address"] != LOOPBACK]  # fmt: skip
    if {each["node"] for each in seen["jobs"]} != set(NODES):
        faults.append("the two jobs did not run on two nodes")
    if seen["batch"]["exit_code"] or not seen["batch"]["runs"]:
        faults.append(f"the batch ended with code {seen['batch']['exit_code']}")
    jobs = {each["job"] for run in seen["batch"]["runs"] for each in run["notebooks"].values()}
    if len(jobs - {seen["batch"]["cancelled_job"]}) < len(NODES):
        faults.append("no job took the place of the one that was cancelled")
    nodes = {each["node"] for run in seen["batch"]["runs"] for each in run["notebooks"].values()}
    if nodes != set(NODES):
        faults.append(f"the batch's notebooks ran on {sorted(nodes)} alone")
    faults += [f"run {run['run']}: {run['outcome']} {run['error']}" for run in seen["batch"]["runs"]
               if run["outcome"] != "complete" or not run["has_crate"]]  # fmt: skip
    return faults + [f"left behind: {what}" for what, left in seen["left_behind"].items() if left]


if __name__ == "__main__":
    sys.exit(main())
