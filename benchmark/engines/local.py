"""Runs shards on this machine, a few at a time, each with its own worker process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import TypeVar

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


def run(
    function: Callable[[Task, Event], Outcome],
    tasks: Iterable[Task],
    jobs: int | None,
    done: Callable[[Outcome], None],
) -> None:
    """Call `function(task, stop)` for every task, `jobs` at a time (default: one per core), `done` after each.

    Tasks are drawn only as places become free. On an interrupt or a failure `stop` is set, and the exception
    goes on once every running call has returned, so that no worker process is left behind.
    """
    stop = Event()
    places = jobs or len(os.sched_getaffinity(0))
    running: set[Future[Outcome]] = set()
    waiting = iter(tasks)
    with ThreadPoolExecutor(max_workers=places) as pool:
        try:
            while True:
                while len(running) < places and (task := next(waiting, None)) is not None:
                    running.add(pool.submit(function, task, stop))
                if not running:
                    return
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    done(future.result())
        except BaseException:
            stop.set()
            raise
