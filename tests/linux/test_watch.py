"""A watch hears what happens anywhere in the lab, once for a burst, and leaves nothing behind."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from nslab_kernel.linux import watch
from nslab_kernel.linux.watch import Watch


class Bell:
    """Counts calls."""

    def __init__(self) -> None:
        self.count = 0
        self._rung = threading.Event()

    def __call__(self) -> None:
        self.count += 1
        self._rung.set()

    def heard(self, seconds: float = 2.0) -> bool:
        """Whether it rings in time; then it is ready to ring anew."""
        rung = self._rung.wait(seconds)
        self._rung.clear()
        return rung

    def rest(self) -> None:
        """Wait until what is under way has rung."""
        while self.heard(0.4):
            pass


@pytest.fixture
def bell(bare: None, shell: Callable[[str], str]) -> Iterator[Bell]:
    shell("ip link add br0 type bridge; ip netns add ns1; ip -n ns1 link add x type veth peer name y")
    bell = Bell()
    watching = Watch(bell)
    bell.rest()
    yield bell
    watching.close()


@pytest.mark.parametrize(
    "change",
    [
        "ip link set br0 up",
        "ip addr add 10.0.0.1/24 dev br0",
        "ip -n ns1 link set x up",
        "ip -n ns1 addr add 10.0.0.1/24 dev x",
        "ip netns add ns2",
        "ip netns del ns1",
        "ip netns exec ns1 nft add table ip t",
        "ip netns add late; ip -n late link set lo up",
    ],
)
def test_a_change_is_heard_wherever_it_happens(bell: Bell, shell, change: str) -> None:
    shell(change)
    assert bell.heard()


def test_a_namespace_made_after_the_watch_is_heard_from(bell: Bell, shell) -> None:
    shell("ip netns add late")
    bell.rest()
    shell("ip -n late link set lo up")
    assert bell.heard()


def test_a_namespace_that_follows_its_name_late_is_heard_of(bell: Bell, shell) -> None:
    shell("touch /run/netns/late")
    bell.rest()
    shell("unshare -n mount --bind /proc/self/ns/net /run/netns/late")
    assert bell.heard()


def test_a_name_without_a_namespace_rings_once_at_most(bell: Bell, shell) -> None:
    shell("touch -d '1 hour ago' /run/netns/left-over")
    bell.rest()
    assert not bell.heard(0.5)
    shell("rm /run/netns/left-over")


def test_a_burst_rings_few_times(bell: Bell, shell) -> None:
    before = bell.count
    shell("".join(f"ip link add b{n} type bridge\n" for n in range(30)))
    bell.rest()
    assert 1 <= bell.count - before <= 10


def test_the_first_event_rings_at_once_and_what_follows_when_it_has_ended(
    bare: None, shell: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bursts that end only after a minute, so that nothing but the first event can ring."""
    monkeypatch.setattr(watch, "_LONGEST", 60.0)
    bell = Bell()
    watching = Watch(bell, quiet=60.0)
    try:
        shell("ip link add br0 type bridge")
        assert bell.heard(10)
        shell("ip link set br0 up")
        assert not bell.heard(0.5)
    finally:
        watching.close()


def test_silence_rings_not_at_all(bell: Bell) -> None:
    assert not bell.heard(0.5)


def test_closing_leaves_no_thread_and_no_file(bare: None) -> None:
    def files() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = files(), threading.active_count()
    for _ in range(5):
        Watch(lambda: None).close()
    assert (files(), threading.active_count()) == before


def test_a_watch_keeps_no_namespace_alive(bell: Bell, shell) -> None:
    shell("ip link add veth1 type veth peer name eth0 netns ns1")
    bell.rest()
    shell("ip netns del ns1")
    deadline = time.monotonic() + 10
    while os.path.exists("/sys/class/net/veth1"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
