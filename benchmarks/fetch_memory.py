"""Fetch whole tables of full size from a stand-in on loopback; print memory and time as JSON.

    .venv/bin/python benchmarks/fetch_memory.py [--rows N] [--hostile]

The figures are those of the stand-in, filled up to the size that the API serves, or to N rows
a table. `--hostile` serves instead, one after the other, answers that are as large and as awkward
as the limits allow, each of which is refused.
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
from server.answers import Answers, make_figures  # noqa: E402
from server.root import make_root  # noqa: E402
from server.serve import Fault, StandIn  # noqa: E402

RAW = PROJECT / "data" / "raw"
# A process counts the memory of the one that started it: a small one starts the command.
LAUNCHER = """
import json, resource, subprocess, sys, time
order = json.loads(sys.stdin.readline())
started = time.perf_counter()
done = subprocess.run(order["command"], cwd=order["cwd"], env=order["env"], stdout=2)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, time.perf_counter() - started, used.ru_maxrss,
                  used.ru_utime + used.ru_stime]))
"""
ROWS = {"population": 140_000, "asylum_applications": 120_000, "asylum_decisions": 114_000}


HEAD = b'{"page": 1, "maxPages": 1, "items": [{"year": 0'
HOSTILE = {
    "strings": HEAD + b', "coo": [' + b'"ab",' * 2_300_000 + b"0]}]}",
    "names": HEAD + b"".join(b',"%06x":0' % number for number in range(1_080_000)) + b"}]}",
    "objects": b'{"items": [' + b"{}," * 3_900_000 + b"{}]}",
    "numbers": HEAD + b', "coo": [' + b"1.5," * 2_900_000 + b"0]}]}",
    "no end": b" " * 100_000_000,
}


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


def measure(root: Path, server: StandIn) -> dict[str, object]:
    """Fetch once and return exit code, peak of memory, seconds and processor time."""
    order = {
        "command": [str(Path(sys.executable).with_name("asylum")), "fetch", "--api-url", server.url,
                    "--rate", "100", "--page-size", "20000"],
        "cwd": str(root), "env": os.environ | {"ASYLUM_ROOT": str(root)},
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER], input=json.dumps(order) + "\n", text=True,
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    code, seconds, peak, cpu = json.loads(done.stdout)
    unit = 1 if sys.platform == "darwin" else 1024
    return {"code": code, "peak_megabytes": round(peak * unit / 1e6), "seconds": round(seconds, 1),
            "client_cpu_seconds": round(cpu, 1)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--hostile", action="store_true")
    given = parser.parse_args()
    figures = make_figures(RAW, {"USA"} if given.hostile else None)
    older = {name: table[table["year"] < 2025] for name, table in figures.items()}
    if not given.hostile:
        figures = {name: _fill(table, given.rows or ROWS[name]) for name, table in figures.items()}
    codes = pd.read_csv(RAW / "countries.csv", keep_default_na=False)
    with tempfile.TemporaryDirectory() as folder, StandIn(Answers(figures, codes)) as server:
        origins = set(older["population"]["coo_iso"])
        root = make_root(Path(folder) / "checkout", older, "2024-end", origins)
        if not given.hostile:
            rows = {name: len(table) for name, table in figures.items()}
            print(json.dumps({"rows": rows, **measure(root, server), "requests": len(server.seen)}))
            return
        for name, body in HOSTILE.items():
            server.faults = [Fault("population", body=body)]
            print(json.dumps({"answer": name, **measure(root, server)}), flush=True)


if __name__ == "__main__":
    main()
