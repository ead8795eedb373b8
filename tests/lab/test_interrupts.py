"""An interrupt ends the cell, always, and leaves what was there before or what was wanted; it says which."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from nslab_kernel.core.errors import Interruption, NslabError
from nslab_kernel.lab import Lab
from nslab_kernel.linux import interrupts, processes

from ..soak import reading
from ..soak.interrupts import Operation
from ..soak.operations import OPERATIONS, at_rest, settled, small

SLOW = ("break_",)


@pytest.fixture(autouse=True)
def by_signal() -> None:
    """What a shell starts in the background ignores interrupts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupt_after(seconds: float) -> threading.Timer:
    """Interrupt this process a while later."""
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


def attach_and_detach(lab: Lab, until: float) -> None:
    while time.monotonic() < until:
        lab.attach("br0", "ns9", "172.16.1.9/16")
        lab.detach("ns9")


def try_in_vain(lab: Lab, until: float) -> None:
    while time.monotonic() < until:
        try:
            lab.attach("br0", "ns1", "172.16.1.1/16")
        except NslabError:
            continue


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in SLOW])
def test_an_operation_is_done_or_not_and_the_sentence_is_true(lab: Lab, name: str) -> None:
    operation = Operation(name)
    for share in (0.3, 0.8):
        how = operation.interrupted(share * operation.seconds)
        assert not how.startswith("WRONG"), f"{name} at {share}: {how}"


def test_a_break_that_is_interrupted_breaks_nothing(lab: Lab) -> None:
    small(lab)
    with pytest.raises(NslabError):
        lab.break_(9)  # imports what a break needs: an interrupt of an import is Python's own
    before = at_rest(lab)
    for moment in (0.05, 0.1, 0.2):
        timer = interrupt_after(moment)
        with pytest.raises(KeyboardInterrupt):
            lab.break_(1, 7)
        timer.join()
        assert settled(lab, before) == before


def test_no_interrupt_of_a_loop_is_swallowed(lab: Lab) -> None:
    small(lab)
    for number in range(10):
        interrupt_after(0.02 + 0.007 * number)
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            attach_and_detach(lab, until=began + 5)
        assert time.monotonic() - began < 2
        if lab.snapshot().get("ns9"):
            lab.detach("ns9")


def test_a_caller_that_passes_over_our_errors_is_interrupted_too(lab: Lab) -> None:
    small(lab)
    interrupt_after(0.1)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        try_in_vain(lab, until=began + 5)


def test_helper_programs_do_not_get_the_groups_interrupt(lab: Lab) -> None:
    def signal_the_group() -> None:
        time.sleep(0.2)
        os.killpg(os.getpgrp(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        threading.Thread(target=signal_the_group).start()
        assert processes.output_of("sh", "-c", "sleep 0.5; echo whole") == "whole\n"
    finally:
        signal.signal(signal.SIGINT, before)


def test_interrupts_are_held_back_and_come_at_the_end() -> None:
    reached: list[bool] = []

    def work() -> None:
        with interrupts.held() as outer, interrupts.held() as inner:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            reached.append(inner is outer and inner.arrived)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == [True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interruption_that_says_more_is_not_replaced() -> None:
    def work() -> None:
        with interrupts.held():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            raise Interruption("Interrupted: br0 was not made.")

    with pytest.raises(Interruption, match="was not made"):
        work()


def test_a_reading_survives_an_interrupt_at_any_line(lab: Lab) -> None:
    interrupted, wrong = reading.soak(60, 1)
    assert interrupted > 30
    assert wrong == 0
