"""Fetch whole tables of full size from a stand-in on loopback; print memory and time as JSON.

    .venv/bin/python benchmarks/fetch_memory.py [--delay SECONDS]

The figures are those of the tests' stand-in, filled up to the size that the API serves. `delay`
is what each answer takes besides (the API itself is slower than a loopback).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests"))

import pandas as pd  # noqa: E402
from server.answers import Answers  # noqa: E402
from server.figures import Tables, make_figures  # noqa: E402
from server.root import make_root  # noqa: E402
from server.serve import StandIn  # noqa: E402

RAW = PROJECT / "data" / "raw"
# A process counts the memory of the one that started it: a small one starts the command.
LAUNCHER = """
import json, resource, subprocess, sys, time
order = json.loads(sys.stdin.readline())
started = time.perf_counter()
subprocess.run(order["command"], cwd=order["cwd"], env=order["env"], check=True, stdout=2)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - started, used.ru_maxrss, used.ru_utime + used.ru_stime]))
"""
ROWS = {"population": 140_000, "asylum_applications": 120_000, "asylum_decisions": 114_000}


def fill_up(figures: Tables) -> Tables:
    """Add pairs that have refugees or claims of five until each table has its full size."""
    return {name: _fill(table, ROWS[name]) for name, table in figures.items()}


def _fill(table: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Add rows of pairs that the table lacks, with small counts, in the newest years first."""
    lacking = rows - len(table)
    if lacking <= 0:
        return table
    key = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    key = ["year", *key]
    origins = table[["coo", "coo_iso"]].drop_duplicates()
    places = table[["coa", "coa_iso"]].drop_duplicates()
    labels = {name: table[name].mode()[0] for name in key[5:]}
    pairs = origins.merge(places, how="cross").assign(**labels)
    years = sorted(set(table["year"]), reverse=True)
    every = pd.concat([pairs.assign(year=year) for year in years], ignore_index=True)
    seen = pd.MultiIndex.from_frame(table[key])
    new = every[~pd.MultiIndex.from_frame(every[key]).isin(seen)].head(lacking)
    counts = {name: 0 for name in table if name not in key}
    counts |= {name: 5 for name in ("refugees", "applied", "dec_closed", "dec_total")
               if name in counts}  # fmt: skip
    whole = pd.concat([table, new.assign(**counts)[list(table)]])
    return whole.sort_values(["year", "coo", "coa"], ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0)
    delay = parser.parse_args().delay
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    figures = fill_up(make_figures(RAW))
    older = {name: table[table["year"] < 2025] for name, table in figures.items()}
    codes = pd.read_csv(RAW / "countries.csv", keep_default_na=False)
    with tempfile.TemporaryDirectory() as folder, StandIn(Answers(figures, codes)) as server:
        root = make_root(Path(folder) / "checkout", older, "2024-end")
        for name in server.answers.figures:  # what is rendered once is not the client's time
            server.answers.warm(name)
        server.delay = delay
        order = {
            "command": [str(Path(sys.executable).with_name("asylum")), "fetch", "--api-url",
                        server.url],
            "cwd": str(root), "env": os.environ | {"ASYLUM_ROOT": str(root)},
        }  # fmt: skip
        out, _ = launcher.communicate(json.dumps(order) + "\n")
        seconds, peak, cpu = json.loads(out)
        unit = 1 if sys.platform == "darwin" else 1024
        print(json.dumps({
            "rows": {name: len(table) for name, table in figures.items()},
            "requests": len(server.seen),
            "peak_megabytes": round(peak * unit / 1e6),
            "seconds": round(seconds, 1),
            "client_cpu_seconds": round(cpu, 1),
            "seconds_waiting_for_answers": round(server.busy_seconds, 1),
            "load_average": [round(each, 1) for each in os.getloadavg()],
        }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
