"""Who works for a batch: which workers are there, which are idle, which were refused, which died.

Each idle worker is given to the notebook of the earliest run that waits, so that runs begun are
ended before others begin.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client

_STEP = 0.5

Rank = tuple[int, int]


@dataclass(eq=False)
class Seat:
    """One worker; `gone` is set once the scheduler no longer knows it."""

    address: str
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class NobodyLeft(Exception):
    """Every worker that is there was refused."""


class Roster:
    """The workers of a scheduler, each with one notebook at most.

    Parameters
    ----------
    client : Client
        Of the scheduler.
    say : callable
        Is told what people should know: workers refused or lost.
    patience : float
        Seconds to wait for another worker where all that are there were refused.
    """

    def __init__(self, client: Client, say: Callable[[str], None], patience: float = 10) -> None:
        self._client = client
        self._say = say
        self._patience = patience
        self._seats: dict[str, Seat] = {}
        self._idle: list[Seat] = []
        self._refused: dict[str, str] = {}
        self._waiting: list[tuple[Rank, int, asyncio.Future[Seat]]] = []
        self._count = 0
        self._alone_since: float | None = None

    @property
    def size(self) -> int:
        """How many workers may be given notebooks."""
        return len(self._seats)

    async def watch(self) -> None:
        """Follow the scheduler's list of workers, until cancelled.

        Raises
        ------
        NobodyLeft
            Where all workers were refused and no other has come.
        """
        scheduler: Any = self._client.scheduler
        while True:
            known = await scheduler.identity(n_workers=-1)
            self._update(known["workers"])
            await asyncio.sleep(_STEP)

    def _update(self, workers: dict[str, Any]) -> None:
        """Take up who has come, and let go who has left."""
        alive = {a for a, each in workers.items() if each.get("status", "running") == "running"}
        for address in set(self._seats) - set(workers):
            self.lose(self._seats[address])
        self._refused = {a: why for a, why in self._refused.items() if a in workers}
        for address in sorted(alive - set(self._seats) - set(self._refused)):
            seat = self._seats[address] = Seat(address)
            self._offer(seat)
        self._check_for_anyone()

    def _check_for_anyone(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._seats or not self._refused:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now - self._alone_since > self._patience:
            raise NobodyLeft("; ".join(f"{a} has {why}" for a, why in self._refused.items()))

    async def take(self, rank: Rank) -> Seat:
        """Wait for an idle worker; the lowest rank is served first."""
        self._count += 1
        waiting = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, self._count, waiting))
        self._serve()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self.give_back(waiting.result())
            raise

    def give_back(self, seat: Seat) -> None:
        """Return a worker after its notebook."""
        if self._seats.get(seat.address) is seat and not seat.gone.is_set():
            self._offer(seat)

    def _offer(self, seat: Seat) -> None:
        self._idle.append(seat)
        self._serve()

    def _serve(self) -> None:
        while self._idle and self._waiting:
            _, _, waiting = heapq.heappop(self._waiting)
            if not waiting.done():
                waiting.set_result(self._idle.pop())

    def refuse(self, seat: Seat, why: str) -> None:
        """Give a worker no further notebook, and say why."""
        self._seats.pop(seat.address, None)
        self._refused[seat.address] = why
        self._say(f"worker {seat.address} is refused: it has {why}")

    def lose(self, seat: Seat) -> None:
        """Note that a worker is gone."""
        if self._seats.get(seat.address) is seat:
            del self._seats[seat.address]
        if seat in self._idle:
            self._idle.remove(seat)
        seat.gone.set()
