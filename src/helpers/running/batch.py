"""Many runs on the workers of a Dask scheduler: which, whether they are complete, and how they go.

A task is a whole run. A worker makes it in a folder of its own and sends that back as bytes, so
workers share no disk with the driver or with each other; the driver puts each run in its place in
one step. Complete runs are recognised by their manifest's key, so the same command goes on where
an earlier one stopped.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import multiprocessing
import re
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import ceil
from pathlib import Path
from statistics import mean
from typing import Any

from dask.utils import format_bytes
from distributed import CancelledError, Client, KilledWorker, as_completed, get_worker

from helpers import paths
from helpers import study as studies
from helpers.data import releases
from helpers.publish.batch_page import Row, make_row, render_batch, write_csv
from helpers.running import inputs, staging
from helpers.running.cluster import Where, connect
from helpers.running.execute import Failure, Say
from helpers.running.manifest import read_standing
from helpers.running.runs import make_run, name_run
from helpers.study import FailedError, InputError, ReleaseInfo, Study, say_unknown

FILE = "batch.json"
SECONDS, BYTES = 3, 3_000_000  # of one notebook, where there is none to go by
PARAMETERS = tuple(studies.BATCH_OPTIONS)
_NUMBERS = ("year_from", "year_to", "top_n")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_LONGEST = 9999  # span of numbers
_PATIENCE = 300  # seconds that workers on this machine have to start
_SHOWN = 20


@dataclass(frozen=True)
class Plan:
    """What a batch comes to: its place, its runs by name, and which of them are complete."""

    folder: Path
    asked: Mapping[str, Any]
    runs: dict[str, Study]
    absent: list[dict[str, Any]]  # combinations that are not in the data, each with its reason
    notebooks: tuple[str, ...]  # empty: all
    size: int  # how many notebooks a run has
    shared: dict[str, Any]  # what `describe_shared` gave
    complete: dict[str, Row]
    left: list[str]  # the runs that have to be run


def read_list(name: str, given: Any, known: Sequence[str] = ()) -> tuple[Any, ...]:
    """Read a parameter's values, given as one text with commas or as a list; each counts once.

    Raises InputError for what does not fit; `known` is what there is, where that is a list.

    >>> read_list("origin", "CHN, HKG, CHN"), read_list("year_to", ["2012:2014", 2020])
    (('CHN', 'HKG'), (2012, 2013, 2014, 2020))
    """
    pieces = _split(given)
    if not all(pieces):
        raise InputError(f"{name}: a value is empty")
    if name in _NUMBERS:
        return tuple(dict.fromkeys(n for piece in pieces for n in _read_span(name, piece)))
    for piece in pieces:
        if known and piece not in ("all", *known):
            raise InputError(say_unknown(name, piece, known))
    return tuple(known) if known and "all" in pieces else tuple(dict.fromkeys(pieces))


def _split(given: Any) -> list[str]:
    text = ",".join(map(str, given if isinstance(given, list) else [given]))
    return [piece.strip() for piece in text.split(",")]


def _read_span(name: str, piece: str) -> range:
    start, colon, end = piece.partition(":")
    try:
        first, last = studies.read_whole(start), studies.read_whole(end if colon else start)
    except InputError as error:
        said = "write 2012, 2012:2025, or several with commas"
        raise InputError(f"{name}: {error}: {said}") from None
    if first > last:
        raise InputError(f"{name}: {piece} ends before it begins: swap its ends")
    if last - first > _LONGEST:
        raise InputError(f"{name}: {piece!r} is longer than {_LONGEST}")
    return range(first, last + 1)


def find_runs(asked: Any) -> tuple[dict[str, Study], list[dict[str, Any]]]:
    """Return the runs of a matrix by name, and the combinations that are not in the data.

    The matrix has lists of parameters, of which all combinations run, and under `runs` single runs.
    An unknown parameter, study, release or origin is a slip, and raises InputError.
    """
    if not isinstance(asked, dict):
        raise InputError("--matrix holds no lists of parameters: see docs/batch.md")
    infos = {info.name: info for info in studies.list_releases()}
    usual: dict[str, Any] = dict.fromkeys(PARAMETERS, (None,))
    usual |= {"study": (studies.DEFAULT_STUDY,), "release": (studies.find_release(None).name,)}
    lists = {name: value for name, value in asked.items() if name != "runs"}
    blocks = asked.get("runs", [])
    if not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        raise InputError("runs is a list of runs, each with its parameters")
    load_file, list_pending = cache(studies.load_study_file), cache(releases.list_pending_years)
    runs: dict[str, Study] = {}
    absent = []
    for block in [lists, *blocks] if lists or not blocks else blocks:
        for values in product(*(usual | _read_block(block, infos)).values()):
            given = {n: v for n, v in zip(PARAMETERS, values, strict=True) if v is not None}
            file, info = load_file(given["study"]), infos[given["release"]]
            origin, pending = given.setdefault("origin", file.origin), list_pending(info.name)
            try:
                if origin not in info.origins:
                    raise InputError(f"release {info.name} does not hold this origin")
                own = studies.find_own_file(origin, file, load_file)
                study = Study.combine(file.study, own, info, **given)
                releases.require_claims(study, pending)
                runs.setdefault(name_run(study, file), study)
            except InputError as error:
                absent.append(given | {"reason": str(error)})
    return runs, absent


def _read_block(block: Mapping[str, Any], infos: Mapping[str, ReleaseInfo]) -> dict[str, Any]:
    """Read the lists of a matrix, or of one of its single runs; every name is one that there is."""
    known: dict[str, Sequence[str]] = {"study": studies.list_studies(), "release": tuple(infos)}
    known["origin"] = sorted({origin for info in infos.values() for origin in info.origins})
    for name in block:
        if name not in PARAMETERS:
            raise InputError(say_unknown("parameter", str(name), PARAMETERS))
    for origin in _split(block.get("origin", "all")):
        if origin not in ("all", ""):
            studies.check_origin(origin, *infos.values())
    return {name: read_list(name, value, known.get(name, ())) for name, value in block.items()}


def name_batch(asked: Mapping[str, Any], notebooks: Sequence[str] = ()) -> str:
    """Name a batch after what was asked for, so that the same command finds it again.

    >>> name_batch({"origin": "HKG,CHN,HKG", "year_to": "2012:2013"})
    'batch-origin-CHN-HKG-year_to-2012-2013'
    """
    in_order = {name: ",".join(sorted({*_split(value)})) for name, value in asked.items()}
    words = re.findall(r"[A-Za-z0-9._]+", json.dumps([in_order, notebooks]))
    name = "-".join(["batch", *words])
    return name if len(name) <= 60 else f"{name[:60]}-{inputs.hash_values(words)[:8]}"


def make_plan(
    asked: Any,
    name: str | None = None,
    *,
    notebooks: Any = "all",
    is_forced: bool = False,
) -> Plan:
    """Find out what a batch would do; nothing is written. `notebooks` are as for `read_list`.

    Raises InputError for names nowhere in the data, damaged inputs, or a folder that is taken.
    """
    every = tuple(file.stem for file in inputs.list_notebooks())
    wanted = read_list("notebook", notebooks, every)
    chosen = () if len(wanted) == len(every) else tuple(sorted(wanted))
    shared, complete = inputs.describe_shared(), {}
    runs, absent = find_runs(asked)
    if runs:
        inputs.require_readable(*runs.values())
    chosen_name = name_batch(asked, chosen) if name is None else name
    folder = paths.runs() / staging.check_name(chosen_name, "batch")
    if folder.exists():
        place, file = paths.say_folder(folder), folder / FILE
        if not file.is_file():
            raise InputError(f"{place} is no batch: move it away or take another --name")
        known = json.loads(file.read_text(encoding="utf-8"))["notebooks"]
        if known != list(chosen) and not is_forced:
            said = "take another --name, or replace its runs with --force"
            raise InputError(f"{place} holds a batch of other notebooks: {said}")
    for each, study in runs.items() if not is_forced else ():
        key = inputs.describe_inputs(study, shared, chosen)["key"]
        if read_standing(folder / each, key):
            complete[each] = make_row(each, study.parameters(), None, folder / each)
    left = [each for each in runs if each not in complete]
    return Plan(folder, asked, runs, absent, chosen, len(wanted), shared, complete, left)


def estimate_bytes(plan: Plan) -> int:
    """Say about how much disk a batch's runs will take."""
    return len(plan.left) * plan.size * BYTES


def announce(plan: Plan, where: Where, *, is_whole: bool) -> None:
    """Say what runs, what is complete, what is not in the data, and about what it takes."""
    left = len(plan.left)
    known = [row["seconds"] for row in plan.complete.values()] or [SECONDS * plan.size]
    took = dt.timedelta(seconds=round(ceil(left / where.size) * mean(known)))
    print(
        f"{paths.say_folder(plan.folder)}: {left} to run, {len(plan.complete)} complete already, "
        f"{len(plan.absent)} not in the data\n"
        f"  about {took} (h:mm:ss) on {where.size} worker(s), and "
        f"{format_bytes(estimate_bytes(plan))} of disk; "
        f"{format_bytes(paths.measure_free(plan.folder))} are free"
    )
    for name in plan.runs if is_whole else ():
        print(f"  {'complete' if name in plan.complete else 'would run':<10} {name}")
    shown = len(plan.absent) if is_whole else _SHOWN
    for *given, reason in (each.values() for each in plan.absent[:shown]):
        print(f"  not in the data  {' '.join(map(str, given))}: {reason}")
    if len(plan.absent) > shown:
        print(f"  and {len(plan.absent) - shown} more: --dry-run lists them")


def run_batch(plan: Plan, where: Where, say: Say) -> list[Row]:
    """Run what a batch has left, write its summary, and return its rows in order.

    Raises InputError where a batch of that name is under way or no scheduler answers, FailedError
    where no worker starts on this machine or one differs, and OSError where a disk is full.
    """
    rows = dict(plan.complete)
    place = paths.say_folder(plan.folder)
    kept = f"the runs that ended are in {place}, and the same command goes on"
    try:
        with (
            staging.open_staging(plan.folder.name) as scratch,
            connect(where, scratch) if plan.left else nullcontext() as client,
        ):
            _write_batch(plan, rows)
            try:
                for row in _run_all(client, plan, where, scratch, say) if client else ():
                    rows[row["run"]] = row
            finally:
                _write_batch(plan, rows)
    except (FailedError, CancelledError, ImportError) as error:
        raise FailedError(f"the batch stopped: {error}; {kept}") from None
    except BaseException as error:
        error.add_note(f"stopped; {kept}")
        raise
    return [rows[name] for name in plan.runs]


def _write_batch(plan: Plan, rows: Mapping[str, Row]) -> None:
    """Write batch.json, summary.csv, not_on_file.csv and index.html, for the runs so far."""
    ended = [rows[name] for name in plan.runs if name in rows]
    content = {"batch": plan.folder.name, "matrix": plan.asked, "notebooks": plan.notebooks}
    for file, text in {
        FILE: json.dumps(content, indent=1, ensure_ascii=False) + "\n",
        "summary.csv": write_csv(ended),
        "not_on_file.csv": write_csv(plan.absent, (*PARAMETERS, "reason")),
        "index.html": render_batch(plan.folder.name, ended, plan.absent, len(plan.runs)),
    }.items():
        paths.write_atomic(plan.folder / file, text)


def _run_all(client: Client, plan: Plan, where: Where, scratch: Path, say: Say) -> Iterator[Row]:
    """Hand the runs to Dask, and yield the row of each as it ends."""
    if where.has_dashboard:
        say(f"Dask's own pages: {client.dashboard_link}")
    if not where.is_local and not client.nthreads():
        say("waiting for a worker")
    try:
        client.wait_for_workers(1, timeout=_PATIENCE if where.is_local else None)
    except TimeoutError:
        said = "too little memory for so many --workers, perhaps"
        raise FailedError(f"no worker has started in {_PATIENCE:.0f} s: {said}") from None
    given = {name: plan.runs[name].parameters() for name in plan.left}
    places = [f"{plan.folder.name}/{name}" for name in given]
    common: Any = {"notebooks": plan.notebooks, "shared": plan.shared, "pure": False}
    start = time.monotonic()
    # Dask keeps a run's folder as long as somebody holds its future: nothing else may.
    names = dict(zip(client.map(run_task, given.values(), places, **common), given, strict=True))
    for done, future in enumerate(as_completed(list(names)), start=1):
        name, final = names.pop(future), None
        try:
            error, files = future.result()
            future.release()
            for file, content in files.items():
                paths.write_atomic(scratch / name / file, content)
            final = staging.publish(scratch / name, plan.folder / name)
        except (FailedError, CancelledError, ImportError):
            raise
        except KilledWorker as death:
            error = f"each worker that ran it died, {death.allowed_failures + 1} in all"
        except Exception as fault:
            if isinstance(fault, OSError) and fault.errno in _FULL:
                raise
            error = f"{type(fault).__name__}: {fault}"
        size = max(len(client.nthreads()), 1)  # so many are under way at a time
        rounds = ceil(len(given) / size) / ceil(done / size) - 1
        to_go = dt.timedelta(seconds=round((time.monotonic() - start) * rounds))
        failed = f" failed: {error}" if error else ""
        say(f"  {done} of {len(given)}, about {to_go} to go: {name}{failed}")
        yield make_row(name, given[name], error, final)


def find_difference(ours: Mapping[str, Any]) -> str:
    """Say in what this machine differs from the one that `describe_shared` described as ours."""
    try:
        names = inputs.name_changes(ours)
    except (InputError, OSError) as error:
        return f"no copy of this project that it can use ({error})"
    return f"another {names}" if names else ""


def run_task(
    parameters: Mapping[str, Any], place: str, notebooks: Sequence[str], shared: Mapping[str, Any]
) -> tuple[str | None, dict[Path, bytes]]:
    """Make a run on a worker; return its error, if it failed, and its files by path in its folder.

    `shared` is what the driver's `describe_shared` gave, `place` where the run will be in runs/.
    Raises FailedError where this worker's copy of the project is another.
    """
    worker = get_worker()
    several = "several threads: start it with --nthreads 1" if worker.state.nthreads > 1 else ""
    if differing := find_difference(shared) or several:
        raise FailedError(f"worker {worker.address} is refused: it has {differing}")
    if limit := worker.memory_manager.memory_limit:  # Dask watches the worker alone; this binds
        resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.RLIM_INFINITY))  # notebooks too
    multiprocessing.current_process().daemon = False  # for Dask's are, and may start no others
    with tempfile.TemporaryDirectory(prefix="run-", dir=worker.local_directory) as scratch:
        folder = Path(scratch)
        study = Study.resolve(**parameters)
        described = inputs.describe_inputs(study, shared, notebooks)
        manifest = make_run(study, folder, paths.runs() / place, described, workers=1)
        failure = Failure(**manifest["error"]) if manifest["error"] else None
        if failure and any(f"[Errno {number}]" in failure.value for number in _FULL):
            raise OSError(errno.ENOSPC, failure.describe(), f"worker {worker.address}")
        files = {f.relative_to(folder): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
        return failure.describe() if failure else None, files
