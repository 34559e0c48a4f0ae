"""The driver of a batch: it opens runs, has their notebooks run, and puts each run in its place.

It holds a few runs at a time, no more than keep the workers busy: what a notebook has left is
written to the run's folder as soon as it arrives. So its memory does not grow with the batch.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.running import staging
from helpers.running.assemble import Made, assemble, choose_target, preload
from helpers.running.batch.cluster import Where, connect
from helpers.running.batch.crew import Crew
from helpers.running.batch.plan import Item
from helpers.running.batch.progress import BatchProgress
from helpers.running.batch.roster import Roster
from helpers.running.batch.rows import Row, make_bare_row, make_row
from helpers.running.batch.shared import hash_shared
from helpers.running.batch.task import EXCHANGED, Task, unpack
from helpers.running.inputs import describe_inputs, pick_parameters
from helpers.running.jobs import Done
from helpers.running.manifest import now
from helpers.running.pool import FIRST

_STEP = 1.0


@dataclass(frozen=True)
class Order:
    """What a driver is to do.

    Attributes
    ----------
    batch : str
        The batch's name.
    items : sequence of Item
        The runs.
    shared : dict
        What `inputs.describe_shared` gave.
    notebooks : tuple of str
        The notebooks that run, in order.
    subset : tuple of str
        The same where they are not all; else empty.
    kernel, retries, where
        The kernel's name, how often a notebook is run again, and on what.
    """

    batch: str
    items: Sequence[Item]
    shared: dict[str, Any]
    notebooks: tuple[str, ...]
    subset: tuple[str, ...]
    kernel: str
    retries: int
    where: Where


class Driver:
    """Carry out an order in a staging folder.

    Parameters
    ----------
    order : Order
        What to do.
    folder : Path
        Where runs grow.
    progress : BatchProgress
        Is told how it goes.
    keep : callable
        Is given the row of each run, as it takes its place.
    """

    def __init__(
        self, order: Order, folder: Path, progress: BatchProgress, keep: Callable[[Row], None]
    ) -> None:
        self.order = order
        self.folder = folder
        self.progress = progress
        self.keep = keep
        self._shared = hash_shared(order.shared)
        self._assembling = asyncio.Lock()

    async def run(self) -> None:
        """Run everything.

        Raises
        ------
        NobodyLeft
            Where every worker was refused.
        CannotStart
            Where this machine's own workers end by themselves.
        """
        scratch = self.folder / "workers"
        async with connect(self.order.where, scratch) as (client, keeping):
            if self.order.where.has_dashboard:
                self.progress.say(f"Dask's own pages: {client.dashboard_link}")
            roster = Roster(client, self.progress.say)
            crew = Crew(client, roster, self.order.shared, self.order.retries)
            watching = asyncio.create_task(roster.watch())
            running = asyncio.create_task(self._run_all(roster, crew))
            try:
                await asyncio.wait(
                    {watching, keeping, running}, return_when=asyncio.FIRST_COMPLETED
                )
                for each in (watching, keeping):
                    if each.done():
                        each.result()
                await running
            finally:
                for each in (watching, running):
                    each.cancel()
                    with suppress(asyncio.CancelledError, Exception):
                        await each

    async def _run_all(self, roster: Roster, crew: Crew) -> None:
        """Keep one run more under way than there are workers."""
        loading = asyncio.create_task(asyncio.to_thread(preload))
        under_way: set[asyncio.Task[None]] = {loading}
        try:
            for number, item in enumerate(self.order.items):
                while len(under_way - {loading}) > roster.size:
                    under_way = await self._wait(under_way)
                under_way.add(asyncio.create_task(self._run_one(number, item, crew)))
            while under_way:
                under_way = await self._wait(under_way)
        finally:
            for each in under_way:
                each.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _wait(self, under_way: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Wait for a run to end, and not for long; what ends the whole batch is raised."""
        ended, rest = await asyncio.wait(
            under_way, timeout=_STEP, return_when=asyncio.FIRST_COMPLETED
        )
        self.progress.tick()
        for each in ended:
            each.result()
        return rest

    async def _run_one(self, number: int, item: Item, crew: Crew) -> None:
        """Take one run from its first notebook to its place."""
        started, folder = now(), self.folder / item.name
        (folder / "notebooks").mkdir(parents=True)
        done = await self._run_notebooks(number, item, folder, crew)
        self.progress.step(len(self.order.notebooks) - len(done))
        async with self._assembling:
            row = await asyncio.to_thread(self._finish, item, folder, started, done)
        self.keep(row)
        if row["error"]:
            self.progress.say(f"  {item.name} failed: {row['error']}")
        self.progress.finish(is_failed=bool(row["error"]))

    async def _run_notebooks(self, number: int, item: Item, folder: Path, crew: Crew) -> list[Done]:
        """Run a run's notebooks: the first two, then the others; none begins after a failure."""
        done: dict[str, Done] = {}
        files: dict[str, bytes] = {}
        names = self.order.notebooks

        def is_wanted() -> bool:
            return not any(each.failure for each in done.values())

        async def run(place: int) -> None:
            task = Task(names[place], pick_parameters(item.study), self.order.kernel,
                        dict(files), str(folder), self._shared)  # fmt: skip
            answer = await crew.run(task, (number, place), is_wanted)
            if answer is None or answer.done is None:
                return
            await asyncio.to_thread(unpack, answer.files, folder)
            done[names[place]] = answer.done
            self.progress.step()
            kept = {n: c for n, c in answer.files.items() if n.startswith(f"{EXCHANGED}/")}
            files.update(kept)

        for part in (range(min(FIRST, len(names))), range(FIRST, len(names))):
            if is_wanted():
                await asyncio.gather(*map(run, part))
        return [done[name] for name in names if name in done]

    def _finish(self, item: Item, folder: Path, started: str, done: Sequence[Done]) -> Row:
        """Put a run together and in its place; runs in a thread, one run at a time."""
        described = describe_inputs(item.study, self.order.shared, self.order.subset)
        made = Made(item.study, item.name, described, started, tuple(done))
        target = paths.runs() / self.order.batch / item.name
        final = choose_target(target, is_failed=bool(made.failures))
        try:
            manifest = assemble(folder, final, made)
        except ValueError as error:  # two notebooks that disagree on a number
            shutil.rmtree(folder)
            return make_bare_row(item.name, pick_parameters(item.study), str(error))
        row = make_row(folder, final.name, manifest)
        paths.flush_tree(folder)
        staging.publish(folder, f"{self.order.batch}/{final.name}")
        shutil.rmtree(folder, ignore_errors=True)  # the run that stood there before
        return row
