"""Many runs on the workers of a Dask scheduler: which, whether they are complete, and how they go.

A task is a whole run. A worker makes it in a folder of its own and sends that back as bytes, so
workers share no disk with the driver or with each other; the driver puts each run in its place in
one step. Complete runs are recognised by their manifest's key, so the same command goes on where
an earlier one stopped.
"""

from __future__ import annotations

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
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

from distributed import CancelledError, Client, Future, KilledWorker, get_worker, wait

from helpers import paths
from helpers import study as studies
from helpers.publish.batch_page import PARAMETERS, Row, make_row, render_batch, write_csv
from helpers.running import inputs, staging
from helpers.running.cluster import Where, connect
from helpers.running.inputs import describe_inputs, describe_shared, list_notebooks, pick_parameters
from helpers.running.manifest import Failure, read_manifest, stands
from helpers.running.runs import Settings, choose_target, make_run, name_run
from helpers.study import MOST_TOP_N, InputError, Study, list_releases, list_studies, say_unknown

FILE = "batch.json"
SECONDS, MEGABYTES = 20, 20  # of one run, where there is none to go by
_FULL = re.compile(rf"\[Errno ({errno.ENOSPC}|{errno.EDQUOT})\]")
_PATIENCE = 300  # seconds that workers on this machine have to start
_SHOWN = 20
Block = dict[str, tuple[Any, ...]]
Say = Callable[[str], object]


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


def read_list(name: str, given: Any) -> tuple[Any, ...]:
    """Read a parameter's values, given as one text with commas or as a list; each counts once.

    >>> read_list("origin", "CHN, HKG, CHN"), read_list("year_to", ["2012:2014", 2020])
    (('CHN', 'HKG'), (2012, 2013, 2014, 2020))
    """
    listed = given if isinstance(given, list | tuple) else [given]
    if name == "top_n":
        for each in listed:
            if type(each) is not int or not 1 <= each <= MOST_TOP_N:
                raise ValueError(f"{each!r} is no whole number from 1 to {MOST_TOP_N}")
        return tuple(dict.fromkeys(listed))
    is_year = name in ("year_from", "year_to")
    if not is_year and not all(isinstance(each, str) for each in listed):
        raise ValueError("names are text, with commas between several, or a list")
    pieces = [piece.strip() for each in listed for piece in str(each).split(",")]
    if is_year:
        return tuple(dict.fromkeys(year for piece in pieces for year in _read_span(piece)))
    if not all(pieces):
        raise ValueError("a name is empty")
    return tuple(dict.fromkeys(pieces))


def _read_span(text: str) -> range:
    match = re.fullmatch(r"(\d{4})(?::(\d{4}))?", text)
    if not match:
        raise ValueError(f"{text!r} is no year: write 2012, 2012:2025, or several with commas")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise ValueError(f"{text} ends before it begins: swap its years")
    return range(first, last + 1)


def read_matrix(given: Mapping[str, Any], source: str) -> list[Block]:
    """Read lists of parameters, and under `runs` single runs, given by `source`.

    Each block returned stands for the product of its lists. Raises InputError for an unknown
    parameter or a value that does not fit.
    """
    rest = dict(given)
    runs = rest.pop("runs", [])
    if not isinstance(runs, list) or not all(isinstance(each, dict) for each in runs):
        raise InputError(f"{source}: runs is a list of runs, each with its parameters")
    asked = [(source, rest)] if rest or not runs else []
    asked += [(f"{source}: run {number}", run) for number, run in enumerate(runs, start=1)]
    blocks: list[Block] = []
    for place, lists in asked:
        blocks.append(block := {})
        for name, value in lists.items():
            if name not in PARAMETERS:
                raise InputError(f"{place}: {say_unknown('parameter', str(name), PARAMETERS)}")
            try:
                block[name] = read_list(name, value)
            except ValueError as error:
                raise InputError(f"{place}: {name}: {error}") from None
            if not block[name]:
                raise InputError(f"{place}: {name} lists nothing: leave it out")
    return blocks


def find_runs(blocks: Sequence[Block]) -> tuple[dict[str, Study], list[dict[str, Any]]]:
    """Return the runs of a matrix by name, and the combinations that are not in the data.

    A study, release or origin that is nowhere in the data is a slip, and raises InputError.
    """
    infos = {info.name: info for info in list_releases()}
    if not infos:
        raise InputError("there is no release: asylum fetch brings one")
    origins = tuple(sorted({origin for info in infos.values() for origin in info.origins}))
    every = {"study": list_studies(), "origin": origins, "release": tuple(infos)}
    usual: dict[str, tuple[Any, ...]] = {
        "study": (studies.DEFAULT_STUDY,),
        "release": tuple(infos)[-1:],
    }
    load_file, list_pending = cache(studies.load_study_file), cache(inputs.list_pending_years)
    runs: dict[str, Study] = {}
    absent = []
    for block in blocks:
        asked = {name: block.get(name) or usual.get(name, (None,)) for name in PARAMETERS}
        lists = [every[name] if "all" in values else values for name, values in asked.items()]
        for values in product(*lists):
            given = {n: v for n, v in zip(PARAMETERS, values, strict=True) if v is not None}
            file = load_file(given["study"])
            given["origin"] = given.get("origin", file.origin)
            for name in ("release", "origin"):
                if given[name] not in every[name]:
                    raise InputError(say_unknown(name, given[name], every[name]))
            info = infos[given["release"]]
            reason = f"release {info.name} does not hold this origin"
            if given["origin"] in info.origins:
                chosen = {n: v for n, v in given.items() if n not in ("study", "release")}
                try:
                    study = Study.combine(file, info, **chosen)
                    reason = inputs.explain_absence(study, list_pending(info.name))
                except InputError as error:
                    reason = str(error)
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
    parts, before = ["batch"], {"year_from": "from", "top_n": "top"}
    for name in PARAMETERS:
        values = blocks[0].get(name, ())
        if "all" in values:
            values = ("all-studies" if name == "study" else f"all-{name}s",)
        elif name in before or name == "year_to":
            is_span = len(values) > 1 and values == (*range(values[0], values[-1] + 1),)
            values = (values[0], values[-1]) if is_span else values
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
    named = name_batch(blocks, chosen) if name is None else name
    folder = _check_folder(staging.check_name(named), chosen, is_forced=is_forced)
    shared, complete = describe_shared(), {}
    for each, study in runs.items() if not is_forced else ():
        manifest = read_manifest(folder / each)
        key = describe_inputs(study, shared, chosen)["key"] if manifest else ""
        if manifest and stands(folder / each, manifest, key):
            complete[each] = make_row(each, pick_parameters(study), None, folder / each)
    return Plan(folder, asked, runs, absent, chosen, shared, complete)


def _check_folder(name: str, notebooks: Sequence[str], *, is_forced: bool) -> Path:
    """Return a batch's folder where it is free, or holds a batch of the same notebooks."""
    folder = paths.runs() / name
    place = staging.say_folder(folder)
    if not folder.exists():
        return folder
    try:
        known = json.loads((folder / FILE).read_text(encoding="utf-8"))["notebooks"]
    except (OSError, ValueError, KeyError, TypeError):
        said = "is there and is no batch: move it away or take another --name"
        raise InputError(f"{place} {said}") from None
    if known != list(notebooks) and not is_forced:
        theirs, ours = (", ".join(each) or "all notebooks" for each in (known, notebooks))
        said = "take another --name, or replace its runs with --force"
        raise InputError(f"{place} holds a batch of {theirs}, not of {ours}: {said}")
    return folder


def announce(plan: Plan, where: Where, *, is_whole: bool) -> None:
    """Say what runs, what is complete, what is not in the data, and about what it takes."""
    print(
        f"{staging.say_folder(plan.folder)}: {len(plan.left)} to run, {len(plan.complete)} "
        f"complete already, {len(plan.absent)} not in the data"
    )
    if plan.left:
        known = [row["seconds"] for row in plan.complete.values()]
        share = len(plan.notebooks or list_notebooks()) / len(list_notebooks())
        each = sum(known) / len(known) if known else SECONDS * share
        workers = f" on {where.size} workers" if where.size else " of one worker"
        print(
            f"  about {say_time(len(plan.left) * each / max(1, where.size))}{workers}, and "
            f"{len(plan.left) * MEGABYTES * share / 1e3:,.1f} GB of disk; "
            f"{shutil.disk_usage(paths.root()).free / 1e9:,.1f} GB are free"
        )
    for name in plan.runs if is_whole else ():
        print(f"  {'complete' if name in plan.complete else 'would run':<10} {name}")
    most = len(plan.absent) if is_whole else _SHOWN
    for *given, reason in (each.values() for each in plan.absent[:most]):
        print(f"  not in the data  {' '.join(map(str, given))}: {reason}")
    if len(plan.absent) > most:
        print(f"  and {len(plan.absent) - most} more, in not_on_file.csv")


def say_time(seconds: float) -> str:
    """Write a length of time for people.

    >>> [say_time(each) for each in (20, 200, 20_000)]
    ['20 s', '3 min', '5 h 33 min']
    """
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def run_batch(plan: Plan, where: Where, say: Say = print) -> list[Row]:
    """Run what a batch has left, write its summary, and return its rows in order.

    Raises InputError where a batch of that name is under way or no scheduler answers, and
    BatchStopped where no worker starts on this machine, one differs, or a disk is full.
    """
    rows = dict(plan.complete)
    try:
        with staging.open_staging(plan.folder.name) as scratch:
            if plan.left:
                with connect(where, scratch) as (client, replace_lost):
                    if where.has_dashboard:
                        say(f"Dask's own pages: {client.dashboard_link}")
                    patience = _PATIENCE if where.is_local else None
                    find_workers = partial(_find_workers, client, replace_lost, patience, say)
                    _check_workers(client, find_workers(), plan.shared)
                    _write_batch(plan, rows)
                    try:
                        for row in _run_all(client, plan, where, scratch, find_workers, say):
                            rows[row["run"]] = row
                    except BaseException:
                        with suppress(OSError):  # of a full disk, perhaps
                            _write_batch(plan, rows)
                        raise
            _write_batch(plan, rows)
    finally:
        with suppress(OSError):
            paths.runs().rmdir()  # where nothing was begun
    return [rows[name] for name in plan.runs]


def _write_batch(plan: Plan, rows: Mapping[str, Row]) -> None:
    """Write batch.json, summary.csv, not_on_file.csv and index.html, for the runs so far."""
    ended = [rows[name] for name in plan.runs if name in rows]
    content = {"batch": plan.folder.name, "matrix": plan.asked, "notebooks": plan.notebooks}
    paths.write_atomic(plan.folder / FILE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    paths.write_atomic(plan.folder / "summary.csv", write_csv(ended))
    absent = write_csv(plan.absent, (*PARAMETERS, "reason"))
    paths.write_atomic(plan.folder / "not_on_file.csv", absent)
    page = render_batch(plan.folder.name, ended, plan.absent, len(plan.runs))
    paths.write_atomic(plan.folder / "index.html", page)


def _find_workers(
    client: Client, replace_lost: Callable[[], object], patience: float | None, say: Say
) -> dict[str, int]:
    """Return the threads of each worker as soon as there is one; replace those that are gone."""
    start, is_told = time.monotonic(), False
    while not (threads := client.nthreads()):
        waited = time.monotonic() - start
        if patience and waited > patience:
            said = "too little memory for so many --workers, perhaps"
            raise BatchStopped(f"no worker has started in {waited:.0f} s: {said}")
        if waited > 10 and not is_told:
            say("waiting for a worker")
            is_told = True
        replace_lost()
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=5)
    replace_lost()
    return dict(threads)


def _check_workers(client: Client, threads: Mapping[str, int], shared: Mapping[str, Any]) -> None:
    """Refuse workers that would not run the same."""
    for address, found in client.run(find_difference, shared, on_error="return").items():
        if isinstance(found, Exception):
            found = f"no copy of this project that it can use ({found})"
        elif not found and threads.get(address, 1) > 1:
            found = f"{threads[address]} threads: start it with --nthreads 1"
        if found:
            raise BatchStopped(f"worker {address} is refused: it has {found}")


def _run_all(
    client: Client,
    plan: Plan,
    where: Where,
    scratch: Path,
    find_workers: Callable[[], Mapping[str, int]],
    say: Say,
) -> Iterator[Row]:
    """Keep a run a worker submitted, and yield the row of each as it ends.

    None waits behind another at a worker, so that one which dies takes only its own run along.
    """
    waiting, deaths = deque(plan.left), Counter[str]()
    total, done, start = len(waiting), 0, time.monotonic()
    futures: dict[Future[Any], str] = {}
    ended: set[Future[Any]] = set()
    while waiting or futures:
        workers = find_workers()
        while waiting and len(futures) - len(ended) < len(workers):
            name = waiting.popleft()
            given = (pick_parameters(plan.runs[name]), plan.notebooks, plan.shared)
            place = f"{plan.folder.name}/{name}"
            futures[client.submit(run_task, *given, place, key=f"{name}-{uuid4().hex}")] = name
        for future in ended:
            name = futures.pop(future)
            if isinstance(error := future.exception(), KilledWorker):
                deaths[name] += error.allowed_failures + 1
                if deaths[name] <= where.retries:
                    waiting.append(name)
                    continue
            row = _receive(future, name, plan, scratch, deaths[name])
            done += 1
            to_go = (time.monotonic() - start) / done * (total - done)
            failed = f" failed: {row['error']}" if row["error"] else ""
            say(f"  {done} of {total}, about {say_time(to_go)} to go: {row['run']}{failed}")
            yield row
        ended = set()
        with suppress(TimeoutError):
            if futures:
                ended = wait(list(futures), timeout=5, return_when="FIRST_COMPLETED").done


def _receive(future: Future[Any], name: str, plan: Plan, scratch: Path, deaths: int) -> Row:
    """Put a run that has come back in its place, and return its row."""
    parameters, grown = pick_parameters(plan.runs[name]), scratch / name
    try:
        error, packed = future.result()
    except (BatchStopped, CancelledError):
        raise
    except KilledWorker:
        said = f"each worker that ran it died, {deaths} in all"
        return make_row(name, parameters, said, None)
    except Exception as fault:
        return make_row(name, parameters, f"{type(fault).__name__}: {fault}", None)
    with _stop_where_full(paths.runs()):
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(grown)
        paths.flush_tree(grown)
        final = choose_target(plan.folder / name, is_failed=error is not None)
        staging.publish(grown, f"{plan.folder.name}/{final.name}")
    shutil.rmtree(grown, ignore_errors=True)  # the run that it replaced
    return make_row(name, parameters, error, final)


def find_difference(ours: Mapping[str, Any]) -> str:
    """Say in what this machine differs from the one that `describe_shared` described as ours."""
    theirs, said = describe_shared(), []
    if multiprocessing.current_process().daemon:
        said.append("no leave for processes: set DASK_DISTRIBUTED__WORKER__DAEMON=False for it")
    for part, words in (("inputs", "other data or notebooks"), ("versions", "other libraries")):
        names = sorted({name for name, _ in {*ours[part].items()} ^ {*theirs[part].items()}})
        if names:
            said.append(f"{words} ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})")
    if ours["code"] != theirs["code"]:
        said.append("other code of the project")
    if ours["platform"] != theirs["platform"]:
        said.append(f"another system ({theirs['platform']}, not {ours['platform']})")
    return "; ".join(said)


def run_task(
    parameters: Mapping[str, Any],
    notebooks: Sequence[str],
    shared: Mapping[str, Any],
    place: str,
) -> tuple[str | None, bytes]:
    """Make a run on a worker; return its error, if it failed, and its folder as a zip.

    `shared` is what the driver's `describe_shared` gave, `place` where the run will be in runs/.
    Raises BatchStopped where this worker's copy of the project is another, or its disk is full.
    """
    worker = get_worker()
    differing = find_difference(shared)
    if differing:
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
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for file in sorted(folder.rglob("*")):
                archive.write(file, file.relative_to(folder))
        return failure.describe() if failure else None, packed.getvalue()


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
