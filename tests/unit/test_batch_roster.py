"""Which worker gets which notebook, and what becomes of those that die or are refused."""

import asyncio

import pytest

from helpers.running.batch.roster import NobodyLeft, Roster


def known(*addresses):
    return {address: {"status": "running"} for address in addresses}


class Client:
    """Stands for a scheduler whose list of workers a test writes."""

    def __init__(self):
        self.scheduler, self.workers = self, {}

    async def identity(self, n_workers):
        return {"workers": self.workers}


def play(scene):
    """Run a scene with an empty roster, and return what it said."""
    said = []

    async def run():
        client = Client()
        await scene(client, Roster(client, said.append, patience=0.2))

    asyncio.run(run())
    return said


def test_the_earliest_run_is_served_first():
    async def scene(client, roster):
        roster._update(known("a"))
        first = await roster.take((5, 0))
        later = asyncio.create_task(roster.take((4, 1)))
        sooner = asyncio.create_task(roster.take((1, 3)))
        await asyncio.sleep(0)
        roster.give_back(first)
        await asyncio.wait({sooner}, timeout=1)
        assert sooner.done()
        assert not later.done()
        roster.give_back(sooner.result())
        assert (await later).address == "a"

    play(scene)


def test_one_notebook_a_worker():
    async def scene(client, roster):
        roster._update(known("a", "b"))
        taken = {(await roster.take((0, n))).address for n in range(2)}
        assert taken == {"a", "b"}
        third = asyncio.create_task(roster.take((0, 2)))
        await asyncio.sleep(0.05)
        assert not third.done()
        third.cancel()

    play(scene)


def test_a_worker_that_is_gone_gets_nothing_and_is_told():
    async def scene(client, roster):
        roster._update(known("a"))
        seat = await roster.take((0, 0))
        roster._update(known("b"))
        assert seat.gone.is_set()
        roster.give_back(seat)
        assert [(await roster.take((0, 1))).address, roster.size] == ["b", 1]

    play(scene)


def test_a_waiter_that_is_cancelled_loses_no_worker():
    async def scene(client, roster):
        waiting = asyncio.create_task(roster.take((0, 0)))
        await asyncio.sleep(0)
        roster._update(known("a"))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert (await roster.take((0, 1))).address == "a"

    play(scene)


def test_a_refused_worker_is_named_once_and_left_alone():
    async def scene(client, roster):
        roster._update(known("a", "b"))
        seat = await roster.take((0, 0))
        roster.refuse(seat, "other code")
        roster._update(known("a", "b"))
        assert roster.size == 1
        assert (await roster.take((0, 1))).address != seat.address

    assert play(scene) == ["worker b is refused: it has other code"]


def test_where_all_are_refused_the_batch_ends():
    async def scene(client, roster):
        client.workers = known("a")
        watching = asyncio.create_task(roster.watch())
        roster.refuse(await roster.take((0, 0)), "other code")
        with pytest.raises(NobodyLeft, match="a has other code"):
            await asyncio.wait_for(watching, 5)

    play(scene)


def test_where_nobody_is_there_the_batch_waits():
    async def scene(client, roster):
        watching = asyncio.create_task(roster.watch())
        await asyncio.sleep(0.6)
        assert not watching.done()
        client.workers = known("a")
        assert (await asyncio.wait_for(roster.take((0, 0)), 5)).address == "a"
        watching.cancel()

    play(scene)
