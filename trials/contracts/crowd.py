"""Many people at once: who does what when comes from a seed, how the calls fall between each other does not."""

import threading
import time
import traceback
from collections import deque

from client import Unreachable
from stage import Interrupted


def visits(people, rng, seconds, each):
    """When each of the people comes: `each` visits, spread evenly over the time, in order."""
    return sorted(((rng.random() * seconds, person) for person in people for _ in range(each)), key=lambda it: it[0])


def play(planned, workers, does=lambda person: person.session()):
    """Carries the visits out. Nobody is at two visits at once."""
    waiting, began, lock = deque(planned), time.monotonic(), threading.Lock()
    busy = {person.number: threading.Lock() for _, person in planned}

    def work():
        while True:
            with lock:
                if not waiting:
                    return
                at, person = waiting.popleft()
            time.sleep(max(0.0, began + at - time.monotonic()))
            with busy[person.number]:
                visit(person, does)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for it in threads:
        it.start()
    for it in threads:
        it.join()


def visit(person, does=lambda person: person.session()):
    """One visit; whether nothing came between."""
    book = person.world.book
    try:
        does(person)
        return True
    except Interrupted:
        return False
    except Unreachable:
        person.close()
        book.lose()
        return False
    except Exception as fault:  # noqa: BLE001 - whatever an answer lacks ends this visit alone, and is told
        where = traceback.extract_tb(fault.__traceback__)[-1]
        book.unexpected(f"{type(fault).__name__} {fault} at {where.name}:{where.lineno}")
        return False
