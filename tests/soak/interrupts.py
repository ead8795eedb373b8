"""Interrupt every operation at random moments: the state is as before or as after, and the sentence says which.

Run ``nslab run -- python -m tests.soak.interrupts [INTERRUPTS] [SEED]`` from the checkout.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections import Counter

from nslab_kernel.lab import Lab

from .operations import OPERATIONS, Act, at_rest, settled


class Operation:
    """One operation, with the states before and after it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.prepare, self.act = OPERATIONS[name]
        lab = Lab("en")
        self.prepare(lab)
        self.before = at_rest(lab)
        began = time.monotonic()
        self.act(lab)
        self.seconds = time.monotonic() - began
        self.after = at_rest(lab)
        lab.close()

    def interrupted(self, moment: float) -> str:
        """Interrupt it once; give how that went, in a word or two. What is wrong begins with "WRONG"."""
        lab = Lab("en")
        self.prepare(lab)
        began_as = settled(lab, self.before)
        if began_as != self.before:
            return f"WRONG start: {difference(began_as, self.before)}"
        error, sent_in_time = _interrupt(lab, self.act, moment)
        fresh = Lab("en")
        now = settled(fresh, self.before, self.after)
        fresh.close()
        lab.close()
        return _judged(error, sent_in_time, now == self.before, now == self.after) + (
            "" if now in (self.before, self.after) else f": {difference(now, self.before)}"
        )


def _interrupt(lab: Lab, act: Act, moment: float) -> tuple[BaseException | None, bool]:
    """The error that an operation ended with, and whether the interrupt came while it ran."""
    sent, running = threading.Event(), True
    in_time = False

    def send() -> None:
        nonlocal in_time
        time.sleep(moment)
        in_time = running
        os.kill(os.getpid(), signal.SIGINT)
        sent.set()

    error: BaseException | None = None
    try:
        threading.Thread(target=send).start()
        act(lab)
        running = False
        sent.wait(5)
        time.sleep(0.05)
    except BaseException as failure:
        running = False
        error = failure
        with contextlib.suppress(KeyboardInterrupt):
            while not sent.is_set():
                time.sleep(0.01)
            time.sleep(0.02)
    return error, in_time


def _judged(error: BaseException | None, in_time: bool, is_before: bool, is_after: bool) -> str:
    said = str(error)
    if not is_before and not is_after:
        return f"WRONG state ({said})"
    if error is None:
        return "WRONG swallowed"
    if not isinstance(error, KeyboardInterrupt):
        return f"WRONG error {type(error).__name__}: {said}"
    if not said:
        return "outside" if not in_time or _is_outside(error) else "WRONG without a sentence"
    if said.startswith("Interrupted after "):
        return "finished" if is_after else f"WRONG sentence: {said}"
    if said.startswith(("Interrupted: ", "Interrupted. Nothing was changed.")):
        return "taken back" if is_before else f"WRONG sentence: {said}"
    return f"WRONG words: {said}"


def _is_outside(error: BaseException) -> bool:
    """Whether an interrupt came before an operation began or after it ended, on the way into the call or out of it."""
    frames = traceback.extract_tb(error.__traceback__)
    # The wrapper of every operation is called "call".
    return not any(os.path.basename(frame.filename) == "lab.py" and frame.name != "call" for frame in frames)


def difference(now: frozenset[str], wanted: frozenset[str]) -> str:
    """What a state has and lacks beside another, the first few lines."""
    return f"more {sorted(now - wanted)[:6]} less {sorted(wanted - now)[:6]}"


def soak(interrupts: int, seed: int, names: list[str]) -> Counter[str]:
    """Interrupt each operation as often as its share is; print and count how it went."""
    chance, total = random.Random(seed), Counter[str]()
    for name in names:
        operation = Operation(name)
        counted = Counter[str]()
        for _ in range(max(1, interrupts // len(names))):
            moment = chance.uniform(0, 1.15 * operation.seconds)
            counted[how := operation.interrupted(moment)] += 1
            if how.startswith("WRONG"):
                print(f"  {name} at {moment * 1000:.1f} ms: {how}", flush=True)
        print(f"{name:16} {operation.seconds * 1000:6.0f} ms  {dict(counted)}", flush=True)
        for how, count in counted.items():
            total["wrong" if how.startswith("WRONG") else how] += count
    return total


def main(interrupts: int = 1000, seed: int = 1, *names: str) -> int:
    """Print a line for each operation and the sum; 1 when anything was wrong."""
    # What a shell starts in the background ignores interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    total = soak(interrupts, seed, list(names) or list(OPERATIONS))
    print(f"{sum(total.values())} interrupts: {dict(total)}")
    return 1 if total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3]), *sys.argv[3:]))
