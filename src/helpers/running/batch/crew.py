"""Have a notebook run by some worker: by another where one dies, a bounded number of times."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from helpers.running.batch.desk import perform
from helpers.running.batch.roster import Rank, Roster, Seat
from helpers.running.batch.shared import explain_difference
from helpers.running.batch.task import Answer, Task
from helpers.running.jobs import Done, Failure

if TYPE_CHECKING:
    from distributed import Client, Future

LOST = "WorkerLost"
# What ends a notebook without being its own fault: the process under it was killed.
_KILLED = ("WorkerEnded", "DeadKernelError")
_GATHERING = 120.0
_MOST = 5


class Crew:
    """Workers, as the flow of runs sees them.

    Parameters
    ----------
    client : Client
        Of the scheduler.
    roster : Roster
        Its workers.
    shared : mapping
        What the driver stands on, for comparison.
    retries : int
        How often a notebook is run again after a worker has died under it, and under no other
        notebook since. Where others die too, the cause lies elsewhere, and it is run again five
        times as often.
    """

    def __init__(
        self,
        client: Client,
        roster: Roster,
        shared: Mapping[str, Any],
        retries: int,
    ) -> None:
        self._client = client
        self._roster = roster
        self._shared = shared
        self._retries = retries
        self._last: Rank | None = None  # the notebook under which a worker died last

    async def run(self, task: Task, rank: Rank, is_wanted: Callable[[], bool]) -> Answer | None:
        """Run a notebook to an answer, which says so where no worker lived long enough.

        None where it was no longer wanted when a worker became free.
        """
        why, row, tries = "", 0, 0
        while row <= self._retries and tries < _MOST * (self._retries + 1):
            seat = await self._roster.take(rank)
            if not is_wanted():
                self._roster.give_back(seat)
                return None
            answer = await self._try(seat, task)
            if isinstance(answer, Answer):
                if answer.done is None:
                    self._roster.refuse(seat, self._explain(answer.differing))
                    continue
                self._roster.give_back(seat)
                failure = answer.done.failure
                if failure is None or failure.name not in _KILLED:
                    return answer
                why = f"{failure.name}: {failure.value}"
            else:
                why = answer
            tries += 1
            row = row + 1 if self._last == rank else 1
            self._last = rank
        said = f"killed or lost {tries} times, the last time: {why}"
        return Answer(Done(task.notebook, 0.0, Failure(task.notebook, 0, LOST, said)))

    def _explain(self, differing: Mapping[str, Any]) -> str:
        if "error" in differing:
            return f"no usable copy of the project ({differing['error']})"
        return explain_difference(self._shared, differing)

    async def _try(self, seat: Seat, task: Task) -> Answer | str:
        """Return the answer of one worker, or why there is none."""
        future = self._client.submit(
            perform,
            task,
            key=f"{task.notebook}-{uuid.uuid4().hex}",
            workers=[seat.address],
            allow_other_workers=False,
            pure=False,
        )
        result = asyncio.ensure_future(_wait(future))
        gone = asyncio.ensure_future(seat.gone.wait())
        try:
            await asyncio.wait({result, gone}, return_when=asyncio.FIRST_COMPLETED)
            if result.done():
                return self._judge(seat, result)
            return f"worker {seat.address} is gone"
        finally:
            for each in (result, gone):
                each.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await each
            if not future.done():
                with suppress(Exception):
                    await future.cancel(force=True)
            future.release()

    def _judge(self, seat: Seat, result: asyncio.Future[Any]) -> Answer | str:
        """Return a worker's answer, or what is wrong with the worker."""
        error = None if result.cancelled() else result.exception()
        if result.cancelled() or type(error).__name__ in ("KilledWorker", "CancelledError"):
            self._roster.lose(seat)
            return f"worker {seat.address} is gone"
        if isinstance(error, ImportError):
            return Answer(None, differing={"error": str(error)})
        if error is not None:
            self._roster.give_back(seat)
            return f"{type(error).__name__}: {error}"
        return result.result()


async def _wait(future: Future[Any]) -> Answer:
    """Wait for a result, and for it to come over."""
    from distributed import wait

    await wait(future)
    result: Any = future.result()  # in an asynchronous client, something to wait for
    return await asyncio.wait_for(result, _GATHERING)
