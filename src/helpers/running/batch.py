"""Many runs on the workers of a Dask scheduler: which, whether they are complete, and how they go.

A task is a whole run. A worker makes it in a folder of its own and sends that back as bytes, so
workers share no disk with the driver or with each other; the driver puts each run in its place in
one step. Complete runs are recognised by their manifest's key, so the same command goes on where
an earlier one stopped.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import io
import json
import multiprocessing
import re
import resource
import shutil
import tempfile
import time
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

from dask.utils import format_bytes
from distributed import CancelledError, Client, Future, KilledWorker, get_worker, wait

from helpers import paths
from helpers import study as studies
from helpers.publish.batch_page import OPTIONS, PARAMETERS, Row, make_row, render_batch, write_csv
from helpers.running import inputs, staging
from helpers.running.cluster import Where, connect
from helpers.running.inputs import describe_inputs, describe_shared, list_notebooks, pick_parameters
from helpers.running.manifest import Failure, read_manifest, stands
from helpers.running.runs import Settings, choose_target, make_run, name_run
from helpers.study import InputError, Study, list_releases, list_studies, say_unknown

FILE = "batch.json"
SECONDS, BYTES = 20, 20_000_000  # of one run, where there is none to go by
_YEARS = (r"\d{4}", "2012, 2012:2025, or several with commas")
_NUMBERS = {"year_from": _YEARS, "year_to": _YEARS, "top_n": (r"[1-9]|[1-4]\d|50", "1 to 50")}
_FULL = re.compile(rf"\[Errno ({errno.ENOSPC}|{errno.EDQUOT})\]")
_PATIENCE = 300  # seconds that workers on this machine have to start
_SHOWN = 20
Block = dict[str, tuple[Any, ...]]
Say = Callable[[str], object]
KeepSize = Callable[[], object]


class BatchStopped(Exception):
    """The whole batch cannot go on; the message says why."""


@dataclass(frozen=True)
class Plan:
    """What a batch comes to: its place, its runs by name, and which of them are complete."""

    folder: Path
    asked: Mapping[str, Any]
    runs: dict[str, Study]
    absent: list[dict[str, Any]]  # combinations that are not in the data, each with its reason
    notebooks: tuple[str, ...]  # empty: all
    shared: dict[str, Any]  # what `describe_shared` gave
    complete: dict[str, Row]

    @property
    def left(self) -> list[str]:
        """The names of the runs that have to be run."""
        return [name for name in self.runs if name not in self.complete]


def read_list(name: str, given: Any, place: str = "") -> tuple[Any, ...]:
    """Read a parameter's values, given as one text with commas or as a list; each counts once.

    `place` is what messages begin with.

    >>> read_list("origin", "CHN, HKG, CHN"), read_list("year_to", ["2012:2014", 2020])
    (('CHN', 'HKG'), (2012, 2013, 2014, 2020))
    """
    listed = given if isinstance(given, list | tuple) else [given]
    pieces = [piece.strip() for each in listed for piece in str(each).split(",")]
    if not pieces or not all(pieces):
        raise InputError(f"{place}{name}: a value is empty")
    if name not in _NUMBERS:
        return tuple(dict.fromkeys(pieces))
    numbers: list[int] = []
    for piece in pieces:
        ends = piece.split(":")
        if len(ends) > 2 or not all(re.fullmatch(_NUMBERS[name][0], end) for end in ends):
            raise InputError(f"{place}{name}: {piece!r} is no number: write {_NUMBERS[name][1]}")
        span = range(int(ends[0]), int(ends[-1]) + 1)
        if not span:
            raise InputError(f"{place}{name}: {piece} ends before it begins: swap its ends")
        numbers += span
    return tuple(dict.fromkeys(numbers))


def read_matrix(given: Mapping[str, Any], source: str) -> list[Block]:
    """Read lists of parameters, and under `runs` single runs, given by `source`.

    Each block returned stands for the product of its lists. Raises InputError for an unknown
    parameter or a value that does not fit.
    """
    rest = dict(given)
    runs = rest.pop("runs", [])
    if not isinstance(runs, list) or not all(isinstance(each, dict) for each in runs):
        raise InputError(f"{source}: runs is a list of runs, each with its parameters")
    asked = [(f"{source}: run {number}: ", run) for number, run in enumerate(runs, start=1)]
    if rest or not runs:
        asked.insert(0, (f"{source}: ", rest))
    for place, lists in asked:
        for name in lists:
            if name not in PARAMETERS:
                raise InputError(f"{place}{say_unknown('parameter', str(name), PARAMETERS)}")
    return [
        {name: read_list(name, value, place) for name, value in lists.items()}
        for place, lists in asked
    ]


def find_runs(blocks: Sequence[Block]) -> tuple[dict[str, Study], list[dict[str, Any]]]:
    """Return the runs of a matrix by name, and the combinations that are not in the data.

    A study, release or origin that is nowhere in the data is a slip, and raises InputError.
    """
    infos = {info.name: info for info in list_releases()}
    if not infos:
        raise InputError("there is no release: asylum fetch brings one")
    origins = tuple(sorted({origin for info in infos.values() for origin in info.origins}))
    every = {"study": list_studies(), "origin": origins, "release": tuple(infos)}
    usual: Block = {"study": (studies.DEFAULT_STUDY,), "release": tuple(infos)[-1:]}
    load_file, list_pending = cache(studies.load_study_file), cache(inputs.list_pending_years)
    runs: dict[str, Study] = {}
    absent = []
    for block in blocks:
        for name, known in every.items():
            for each in block.get(name, ()):
                if each not in ("all", *known):
                    raise InputError(say_unknown(name, each, known))
        asked = [
            every[name]
            if "all" in block.get(name, ())
            else block.get(name, usual.get(name, (None,)))
            for name in PARAMETERS
        ]
        for values in product(*asked):
            given = {n: v for n, v in zip(PARAMETERS, values, strict=True) if v is not None}
            file, info = load_file(given["study"]), infos[given["release"]]
            given.setdefault("origin", file.origin)
            chosen = {n: v for n, v in given.items() if n not in ("study", "release")}
            try:
                study = Study.combine(file, info, **chosen)
                reason = inputs.explain_absence(study, list_pending(info.name))
            except InputError as error:
                reason = str(error)
            if given["origin"] not in info.origins:
                reason = f"release {info.name} does not hold this origin"
            if reason:
                absent.append(given | {"reason": reason})
            else:
                runs.setdefault(name_run(study), study)
    return runs, absent


def name_batch(blocks: Sequence[Block], notebooks: Sequence[str] = ()) -> str:
    """Name a batch after what was asked for, so that the same command finds it again.

    >>> name_batch([{"origin": ("CHN", "HKG"), "release": ("all",), "year_to": (2012, 2013)}])
    'batch-CHN-HKG-all-releases-2012-2013'
    """
    parts = ["batch"]
    for name in PARAMETERS:
        values, before = blocks[0].get(name, ()), {"year_from": "from", "top_n": "top"}
        if "all" in values:
            values = (f"all-{OPTIONS[name]}",)
        elif name in _NUMBERS and values[1:] and values == (*range(values[0], values[-1] + 1),):
            values = (values[0], values[-1])
        parts += [f"{before.get(name, '')}{value}" for value in values]
    parts += [name[:2] for name in notebooks]
    name = re.sub(r"[^A-Za-z0-9._-]", "_", "-".join(parts))
    if len(name) <= 60 and len(blocks) == 1:
        return name
    asked = repr(([sorted(block.items()) for block in blocks], tuple(notebooks)))
    return f"{name[:60]}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"


def make_plan(
    asked: Mapping[str, Any],
    source: str = "the batch",
    *,
    name: str | None = None,
    notebooks: Sequence[str] = (),
    is_forced: bool = False,
) -> Plan:
    """Find out what a batch would do; nothing is written.

    Raises InputError for names nowhere in the data, damaged inputs, or a folder that is taken.
    """
    every = tuple(file.stem for file in list_notebooks())
    for each in notebooks:
        if each not in every:
            raise InputError(say_unknown("notebook", each, every))
    chosen = tuple(each for each in every if each in notebooks and len(set(notebooks)) < len(every))
    blocks = read_matrix(asked, source)
    runs, absent = find_runs(blocks)
    for study in {study.study: study for study in runs.values()}.values():
        inputs.require_hand_files(study)
    folder = paths.runs() / staging.check_name(name_batch(blocks, chosen) if name is None else name)
    if folder.exists():
        place = paths.say_folder(folder)
        try:
            known = json.loads((folder / FILE).read_text(encoding="utf-8"))["notebooks"]
        except (OSError, ValueError, KeyError, TypeError):
            said = "is there and is no batch: move it away or take another --name"
            raise InputError(f"{place} {said}") from None
        if known != list(chosen) and not is_forced:
            said = "take another --name, or replace its runs with --force"
            raise InputError(f"{place} holds a batch of other notebooks: {said}")
    shared, complete = describe_shared(), {}
    for each, study in runs.items() if not is_forced else ():
        manifest = read_manifest(folder / each)
        key = describe_inputs(study, shared, chosen)["key"] if manifest else ""
        if manifest and stands(folder / each, manifest, key):
            complete[each] = make_row(each, pick_parameters(study), None, folder / each)
    return Plan(folder, asked, runs, absent, chosen, shared, complete)


def announce(plan: Plan, where: Where, *, is_whole: bool) -> None:
    """Say what runs, what is complete, what is not in the data, and about what it takes."""
    left, workers = len(plan.left), max(1, where.size)
    share = len(plan.notebooks or list_notebooks()) / len(list_notebooks())
    known = [row["seconds"] for row in plan.complete.values()] or [SECONDS * share]
    took = _write_time(left * mean(known) / workers)
    print(
        f"{paths.say_folder(plan.folder)}: {left} to run, {len(plan.complete)} complete already, "
        f"{len(plan.absent)} not in the data\n"
        f"  about {took} (h:mm:ss) on {workers} worker(s), and "
        f"{format_bytes(int(left * BYTES * share))} of disk; "
        f"{format_bytes(shutil.disk_usage(paths.root()).free)} are free"
    )
    for name in plan.runs if is_whole else ():
        print(f"  {'complete' if name in plan.complete else 'would run':<10} {name}")
    shown = plan.absent if is_whole else plan.absent[:_SHOWN]
    for *given, reason in (each.values() for each in shown):
        print(f"  not in the data  {' '.join(map(str, given))}: {reason}")
    if len(shown) < len(plan.absent):
        print(f"  and {len(plan.absent) - len(shown)} more, in not_on_file.csv")


def _write_time(seconds: float) -> str:
    return str(dt.timedelta(seconds=round(seconds)))


def run_batch(plan: Plan, where: Where, say: Say = print) -> list[Row]:
    """Run what a batch has left, write its summary, and return its rows in order.

    Raises InputError where a batch of that name is under way or no scheduler answers, and
    BatchStopped where no worker starts on this machine, one differs, or a disk is full.
    """
    rows = dict(plan.complete)
    try:
        with staging.open_staging(plan.folder.name) as scratch:
            if plan.left:
                with connect(where, scratch) as (client, keep_size):
                    if where.has_dashboard:
                        say(f"Dask's own pages: {client.dashboard_link}")
                    _count_workers(client, where, keep_size, say)
                    _check_workers(client, plan.shared)
                    _write_batch(plan, rows)
                    try:
                        for row in _run_all(client, keep_size, plan, where, scratch, say):
                            rows[row["run"]] = row
                    finally:
                        with suppress(OSError):  # of a full disk, perhaps
                            _write_batch(plan, rows)
            _write_batch(plan, rows)
    finally:
        with suppress(OSError):
            paths.runs().rmdir()  # where nothing was begun
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


def _count_workers(client: Client, where: Where, keep_size: KeepSize, say: Say) -> int:
    """Start workers that are missing, wait until there is one, and return how many there are."""
    end, is_told = time.monotonic() + _PATIENCE, where.is_local
    keep_size()
    while not (count := len(client.nthreads())):
        if where.is_local and time.monotonic() > end:
            said = "too little memory for so many --workers, perhaps"
            raise BatchStopped(f"no worker has started in {_PATIENCE:.0f} s: {said}")
        if not is_told:
            say("waiting for a worker")
            is_told = True
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=5)
        keep_size()
    return count


def _check_workers(client: Client, shared: Mapping[str, Any]) -> None:
    """Refuse workers that would not run the same."""
    for address, found in client.run(find_difference, shared, on_error="return").items():
        if isinstance(found, Exception):
            found = f"no copy of this project that it can use ({found})"
        if found:
            raise BatchStopped(f"worker {address} is refused: it has {found}")


def _run_all(
    client: Client, keep_size: KeepSize, plan: Plan, where: Where, scratch: Path, say: Say
) -> Iterator[Row]:
    """Keep a run a worker submitted, and yield the row of each as it ends.

    None waits behind another at a worker, so that one which dies takes only its own run along.
    """
    waiting, deaths = deque(plan.left), Counter[str]()
    running: dict[Future[Any], str] = {}
    total, start = len(waiting), time.monotonic()
    while waiting or running:
        size = _count_workers(client, where, keep_size, say)
        while waiting and len(running) < size:
            name = waiting.popleft()
            given = (pick_parameters(plan.runs[name]), plan.notebooks, plan.shared)
            place = f"{plan.folder.name}/{name}"
            running[client.submit(run_task, *given, place, pure=False)] = name
        with suppress(TimeoutError):
            wait(list(running), timeout=5, return_when="FIRST_COMPLETED")
        for future in [each for each in running if each.done()]:
            name, final = running.pop(future), None
            try:
                error, packed = future.result()
                future.release()  # else a worker that dies has it made again
                final = _receive(packed, plan.folder / name, scratch / name, is_failed=bool(error))
            except (BatchStopped, CancelledError):
                raise
            except KilledWorker as death:
                deaths[name] += death.allowed_failures + 1
                if deaths[name] <= where.retries:
                    waiting.append(name)
                    continue
                error = f"each worker that ran it died, {deaths[name]} in all"
            except Exception as fault:
                error = f"{type(fault).__name__}: {fault}"
            row = make_row(name, pick_parameters(plan.runs[name]), error, final)
            done = total - len(waiting) - len(running)
            to_go = _write_time((time.monotonic() - start) / done * (total - done))
            failed = f" failed: {error}" if error else ""
            say(f"  {done} of {total}, about {to_go} to go: {name}{failed}")
            yield row


def _receive(packed: bytes, target: Path, grown: Path, *, is_failed: bool) -> Path:
    """Put a run that has come back in its place, and return that."""
    with _stop_where_full(paths.runs()):
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(grown)
        paths.flush_tree(grown)
        final = choose_target(target, is_failed=is_failed)
        return staging.publish(grown, f"{target.parent.name}/{final.name}")


def find_difference(ours: Mapping[str, Any], dask_worker: Any = None) -> str:
    """Say in what this machine differs from the one that `describe_shared` described as ours."""
    names = inputs.name_changes(ours)
    said = [f"another {names}"] if names else []
    if dask_worker and dask_worker.state.nthreads > 1:
        said.append("several threads: start it with --nthreads 1")
    if multiprocessing.current_process().daemon:
        said.append("no leave for processes: set DASK_DISTRIBUTED__WORKER__DAEMON=False for it")
    return "; ".join(said)


def run_task(
    parameters: Mapping[str, Any], notebooks: Sequence[str], shared: Mapping[str, Any], place: str
) -> tuple[str | None, bytes]:
    """Make a run on a worker; return its error, if it failed, and its folder as a zip.

    `shared` is what the driver's `describe_shared` gave, `place` where the run will be in runs/.
    Raises BatchStopped where this worker's copy of the project is another, or its disk is full.
    """
    worker = get_worker()
    if differing := find_difference(shared, worker):
        raise BatchStopped(f"worker {worker.address} is refused: it has {differing}")
    limit, scratch = worker.memory_manager.memory_limit, Path(worker.local_directory)
    if limit:  # the notebooks' processes inherit it, where Dask watches the worker's alone
        resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.RLIM_INFINITY))
    with _stop_where_full(scratch), tempfile.TemporaryDirectory(prefix="run-", dir=scratch) as made:
        folder = Path(made) / "run"
        folder.mkdir()
        study = Study.resolve(**parameters)
        described = describe_inputs(study, shared, notebooks)
        manifest = make_run(study, folder, paths.runs() / place, described, Settings(workers=1))
        failure = Failure(**manifest["error"]) if manifest["error"] else None
        if failure and failure.name == "OSError" and _FULL.search(failure.value):
            raise OSError(errno.ENOSPC, failure.describe())
        packed = Path(shutil.make_archive(str(folder), "zip", folder)).read_bytes()
        return failure.describe() if failure else None, packed


@contextmanager
def _stop_where_full(folder: Path) -> Iterator[None]:
    """Turn the error of a full disk into one that ends the batch."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        free = shutil.disk_usage(folder).free / 1e6
        raise BatchStopped(f"the disk is full: {free:,.0f} MB are free at {folder}") from None
