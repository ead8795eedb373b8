"""Actions do what their commands do, can be taken back, and are carried out all or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model.firewall import Chain
from nslab_kernel.core.model.network import Network, PolicyRule, Route
from nslab_kernel.core.operations import actions as do
from nslab_kernel.core.operations import actions as links
from nslab_kernel.core.operations import firewall_actions as filters
from nslab_kernel.core.operations import plans
from nslab_kernel.core.operations.batches import taking_back
from nslab_kernel.linux.netlink import handles
from nslab_kernel.linux.netlink.apply import apply
from nslab_kernel.linux.reading import Reader

from ..comparison import assert_becomes, facts, settled

BASE = """
ip link add br0 type bridge
ip addr add 172.16.0.1/16 dev br0
ip addr add fd00::1/64 dev br0 nodad
ip link set br0 up
ip netns add ns1
ip link add veth1 type veth peer name eth1 netns ns1
ip link set veth1 up
ip -n ns1 addr add 172.16.1.1/16 dev eth1
ip -n ns1 addr add fd00::2/64 dev eth1 nodad
ip -n ns1 link set eth1 up
ip link set veth1 master br0
ip netns add ns2
ip -n ns1 link set lo up
"""
CLEAN = """
for name in $(ip -br link | sed 's/[@ ].*//' | grep -v '^lo$'); do ip link del dev $name 2>/dev/null || true; done
for name in $(ip netns list | cut -d' ' -f1); do ip netns del $name; done
nft flush ruleset
sysctl -qw net.ipv4.ip_forward=0
"""


def sh(lines: str) -> None:
    done = subprocess.run(["sh", "-e"], input=lines, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{lines}\n{done.stderr}"


@pytest.fixture
def reader() -> Iterator[Reader]:
    """A host with a bridge br0, a namespace ns1 plugged into it, and an empty namespace ns2."""
    sh(CLEAN + BASE)
    reader = Reader()
    yield reader
    reader.close()
    sh(CLEAN)


SINGLE = [
    do.AddNamespace("ns3"),
    do.AddBridge("br1"),
    do.AddBridge("br1", "ns1"),
    do.AddVeth("aa", "bb"),
    do.AddVeth("aa", "bb", "ns1"),
    do.AddVeth("aa", "bb", "ns2", "ns1"),
    do.AddVeth("aa", "bb", "ns1", "ns1"),
    do.SetUp("lo", "ns2"),
    do.SetDown("eth1", "ns1"),
    do.SetMaster("veth1", "", was="br0"),
    do.SetAlias("veth1", "a cable"),
    do.AddAddress("br0", "10.1.2.3/24"),
    do.AddAddress("eth1", "10.1.2.3/32", "ns1"),
    do.AddAddress("eth1", "fd01::1/64", "ns1"),
    do.AddAddress("eth1", "fe80::1/64", "ns1"),
    do.DeleteAddress("eth1", "172.16.1.1/16", "ns1"),
    do.DeleteAddress("eth1", "fd00::2/64", "ns1"),
    do.AddRoute(Route("default", gateway="172.16.0.1"), namespace="ns1"),
    do.AddRoute(Route("default", 6, gateway="fd00::1"), namespace="ns1"),
    do.AddRoute(Route("10.0.0.0/8"), "eth1", "ns1"),
    do.AddRoute(Route("10.0.0.1/32", gateway="172.16.0.1", metric=7, table=100), "eth1", "ns1"),
    do.AddRoute(Route("10.0.0.0/8", gateway="192.168.9.9", onlink=True), "eth1", "ns1"),
    do.AddRoute(Route("10.0.0.0/8", gateway="172.16.0.1", source="172.16.1.1", protocol="static"), "", "ns1"),
    do.AddRoute(Route("10.0.0.0/8", kind="blackhole")),
    do.AddRoute(Route("10.0.0.0/8", kind="unreachable", table=1000)),
    do.AddRoute(Route("fd99::/16", 6, kind="prohibit", metric=9)),
    do.AddRoute(Route("fd99::/16", 6), "br0"),
    do.AddRule(PolicyRule(100, source="10.0.0.0/8", table=7)),
    do.AddRule(PolicyRule(101, destination="10.0.0.1/32", mark=16, iif="br0", table=300)),
    do.AddRule(PolicyRule(102, action="unreachable", inverted=True, source="10.0.0.0/8", table=0)),
    do.AddRule(PolicyRule(103, 6, source="fd00::/8", table=7), "ns1"),
    do.SetSysctl("net.ipv4.ip_forward", "1"),
    do.SetSysctl("net.ipv4.conf.all.rp_filter", "1", "ns1"),
    do.SetSysctl("net/ipv6/conf/all/forwarding", "1", "ns1"),
    do.Nft(
        "add table ip t\nadd chain ip t c { type filter hook input priority 0 ; policy drop ; }",
        "ns1",
        "delete table ip t",
    ),
    links.SetLink("eth1", "arp", "off", "ns1", "on"),
    links.SetLink("veth1", "mtu", "1400", was="1500"),
    links.SetBridge("br0", "stp_state", "1", was="0"),
    links.SetBridge("br0", "forward_delay", "500", was="1500"),
    *(links.SetPort("veth1", setting, "on", was="off") for setting in ("isolated", "hairpin")),
    *(links.SetPort("veth1", setting, "off", was="on") for setting in ("learning", "flood")),
    links.AddNeighbour("172.16.1.9", "02:00:00:00:00:09", "eth1", "ns1"),
    links.AddNeighbour("fd00::9", "02:00:00:00:00:09", "br0"),
    filters.AddChain(Chain("inet", "t", "c", (), "forward", "filter", 0, "drop"), "ns1"),
]


@pytest.mark.parametrize("action", SINGLE, ids=lambda action: action.command().removeprefix("sudo "))
def test_an_action_does_what_its_command_does_and_can_be_taken_back(action: do.Action, reader: Reader) -> None:
    before = settled(reader.read)
    opposite = action.undo()
    assert opposite is not None
    apply([action])
    done = after_a_while(reader)
    assert facts(done) != facts(before)
    apply([opposite])
    undone = after_a_while(reader)
    assert facts(undone) == facts(before) or isinstance(action, do.SetUp | do.SetDown), (
        "up and down bring and take addresses along"
    )
    sh(CLEAN + BASE)
    assert_becomes(reader.read, before)
    sh(action.command())
    assert_becomes(reader.read, done)
    sh(opposite.command())
    assert_becomes(reader.read, undone)


def after_a_while(reader: Reader) -> Network:
    """Once carriers and addresses that follow from an action have come."""
    time.sleep(0.2)
    return reader.read()


def whole_plan(reader: Reader) -> list[do.Action]:
    """A long operation of every kind of action."""
    wanted = {f"n{number}": (f"172.16.2.{number}/16", f"fd00::2:{number}/64") for number in (1, 2, 3)}
    return [
        do.SetSysctl("net.ipv4.ip_forward", "1"),
        *plans.bridge(reader.read(), "br9", ("192.168.0.1/24",)),
        *plans.attach(reader.read(), "br0", wanted),
        do.AddVeth("between", "there", "n2", "n1"),
        do.SetUp("between", "n1"),
        do.AddRoute(Route("default", gateway="172.16.0.1"), namespace="n1"),
        do.AddRoute(Route("10.9.0.0/16", gateway="172.16.1.1")),
        do.AddRule(PolicyRule(100, source="10.0.0.0/8", table=7)),
        do.SetMaster("veth1", "br9", was="br0"),
        do.SetAlias("br0", "a bridge"),
        do.Nft("add table ip t", undoing="delete table ip t"),
    ]


LENGTH = 36


def test_the_whole_plan_can_be_carried_out_and_taken_back(reader: Reader) -> None:
    before = settled(reader.read)
    plan = whole_plan(reader)
    assert len(plan) == LENGTH
    apply(plan)
    assert facts(reader.read()) != facts(before)
    apply(taking_back(plan))
    assert_becomes(reader.read, before)


@pytest.mark.parametrize("position", range(LENGTH + 1))
def test_whichever_step_fails_nothing_is_left_of_those_before(position: int, reader: Reader) -> None:
    before = settled(reader.read)
    plan = whole_plan(reader)
    plan.insert(position, do.SetUp("nosuch", "ns1"))
    with pytest.raises(NslabError, match=r"refused `sudo ip -n ns1 link set dev nosuch up`: No such device"):
        apply(plan)
    assert_becomes(reader.read, before)
    assert sorted(os.listdir("/run/netns")) == ["ns1", "ns2"]


@pytest.mark.parametrize(
    ("failing", "said"),
    [
        (do.AddNamespace("ns1"), r"`sudo ip netns add ns1`: File exists"),
        (do.AddVeth("veth1", "e", "ns2"), r"link add veth1 .*: File exists"),
        (do.AddVeth("v9", "eth1", "ns1"), r"link add v9 .*: File exists"),
        (do.AddVeth("v9", "e9", "nosuch"), "nosuch"),
        (do.SetMaster("veth1", "nosuch"), "No such device"),
        (do.AddAddress("br0", "172.16.0.1/16"), "exists|already"),
        (do.AddRoute(Route("default", gateway="9.9.9.9")), "invalid gateway|unreachable"),
        (do.DeleteAddress("br0", "9.9.9.9/32"), "refused"),
        (do.SetSysctl("net.ipv4.nosuch", "1"), "No such file"),
        (do.SetSysctl("net.ipv4.ip_forward", "many"), "Invalid argument"),
        (do.Nft("add rubbish"), "nft"),
        (do.AddBridge("br0"), "File exists"),
        (do.SetUp("eth0", "nosuch"), "nosuch"),
    ],
    ids=lambda value: value.command() if hasattr(value, "command") else "",
)
def test_a_refusal_names_the_command_and_takes_back_what_was_done(
    failing: do.Action, said: str, reader: Reader
) -> None:
    before = settled(reader.read)
    with pytest.raises(NslabError, match=said) as error:
        apply([do.AddNamespace("n1"), do.AddVeth("v1", "e1", "n1"), do.SetUp("v1"), failing])
    assert error.value.cure
    assert "Traceback" not in str(error.value)
    assert_becomes(reader.read, before)


def test_what_is_gone_already_is_removed(reader: Reader) -> None:
    apply(
        [
            do.DeleteInterface("gone", "ns1"),
            do.DeleteInterface("any", "nosuch"),
            do.DeleteInterface("gone"),
            do.DeleteInterface("veth1"),
            do.DeleteInterface("br0"),
            do.DeleteInterface("gone2"),
            do.DeleteNamespace("gone"),
            do.DeleteNamespace("ns1"),
            do.DeleteFiles("gone"),
        ]
    )
    network = reader.read()
    assert [namespace.name for namespace in network.everywhere] == ["host", "ns2"]
    assert [interface.name for interface in network.host.interfaces] == ["lo"]


def test_a_plan_holds_though_the_kernel_clears_a_deleted_namespace_meanwhile(reader: Reader) -> None:
    for plan in (plans.detach(reader.read(), "ns1", plans.Remains()), plans.reset(reader.read(), {}, firewall=False)):
        sh("ip netns del ns1")
        while os.path.exists("/sys/class/net/veth1"):
            time.sleep(0.001)
        apply(plan)
        sh(CLEAN + BASE)


def test_a_removal_bears_that_its_interfaces_vanish_between_any_two_requests(reader: Reader) -> None:
    """Namespaces are deleted so close before that the kernel clears them while their cables are being removed."""
    wanted = {f"n{number}": (f"172.16.2.{number}/16",) for number in range(1, 41)}
    for wait in range(12):
        apply(plans.attach(reader.read(), "br0", wanted))
        plan = plans.reset(reader.read(), {}, firewall=False)
        for name in wanted:
            handles.take_name(name)
        time.sleep(wait * 0.005)
        apply([action for action in plan if action != do.DeleteInterface("br0")])
        assert os.listdir("/run/netns") == []
        assert [interface.name for interface in reader.read().host.interfaces] == ["lo", "br0"]


def test_an_interrupt_takes_back_what_was_done(reader: Reader) -> None:
    before = settled(reader.read)
    wanted = {f"n{number}": (f"172.16.{2 + number // 250}.{number % 250 + 1}/16",) for number in range(900)}
    plan = plans.attach(reader.read(), "br0", wanted)

    def interrupt() -> None:
        while not os.path.exists("/run/netns/n3"):
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        apply(plan)
    assert_becomes(reader.read, before)


def test_this_thread_and_process_never_leave_their_namespace(reader: Reader) -> None:
    here = os.readlink("/proc/thread-self/ns/net")
    apply([do.AddNamespace("n1"), do.SetUp("lo", "n1"), do.SetSysctl("net.ipv4.ip_forward", "1", "n1")])
    assert os.readlink("/proc/thread-self/ns/net") == os.readlink("/proc/self/ns/net") == here


def test_nothing_is_kept_open(reader: Reader) -> None:
    reader.read()
    before = len(os.listdir("/proc/self/fd"))
    apply([*plans.attach(reader.read(), "br0", {"n1": ("172.16.2.1/16",)}), do.AddBridge("br1", "n1")])
    assert len(os.listdir("/proc/self/fd")) == before
