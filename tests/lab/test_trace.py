"""Traces against truth: real packets, numbered by their sender, and losses that were planted."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.journeys.judging import join
from nslab_kernel.core.journeys.explain import Story
from nslab_kernel.core.journeys.trace import Trace, plain
from nslab_kernel.lab import Lab
from nslab_kernel.linux import namespaces

FAR, NEAR, ABSENT = "203.0.113.10", "172.16.1.2", "172.16.7.7"


def shell(commands: str) -> None:
    subprocess.run(["sh", "-ec", commands], check=True)


@pytest.fixture
def built(lab: Lab) -> Lab:
    """ns1, ns2 and ns3 on a bridge, behind NAT, with a world outside; every neighbour is known."""
    lab.bridge("br0", "172.16.0.1/16", "fd00::fe/64")
    lab.attach_many("br0", {f"ns{n}": (f"172.16.1.{n}/16", f"fd00::{n}/64") for n in (1, 2, 3)})
    lab.internet()
    lab.nat("br0")
    shell("for n in 1 2 3; do ip -n ns$n link set lo up; done")
    for target in (FAR, NEAR, "fd00::2", "2001:db8:113::10"):
        lab.run("ns1", f"ping -c 1 -W 2 {target}")
    return lab


def told(trace: Trace) -> str:
    return "\n".join(map(plain, trace.sentences)) + "\n" + trace.text()


def only(trace: Trace, kind: str, namespace: str = "ns1") -> Story:
    """The first packet of a kind that a namespace sent."""
    return next(s for s in trace.shown if s.packet.kind == kind and s.journey.namespace == namespace)


def tables() -> str:
    names = [place.name for place in namespaces.named()]
    here = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout
    there = [
        subprocess.run(["ip", "netns", "exec", n, "nft", "list", "tables"], capture_output=True, text=True).stdout
        for n in names
    ]
    return "".join((here, *there))


def test_a_ping_over_a_bridge(built: Lab) -> None:
    trace = built.trace("ns1", f"ping -c 2 -i 0.2 {NEAR}")
    assert "echo request 1: ns1 → br0 → ns2, arrived, answered by echo reply 1 after" in told(trace)
    assert "echo request 2" in told(trace) or "(+1)" in told(trace)
    assert trace.agrees is True


def test_who_has_it_is_flooded_and_the_answer_is_not(built: Lab) -> None:
    shell("ip -n ns1 neigh flush dev eth00-ns1; ip -n ns2 neigh flush dev eth00-ns2")
    trace = built.trace("ns1", f"ping -c 1 {NEAR}")
    request = only(trace, "arp")
    assert request.answer is not None
    assert set(request.copies) >= {"host", "ns3"}
    assert not request.answer.copies
    assert {"ns3"}.isdisjoint(stop.namespace for stop in only(trace, "icmp").journey.stops)


def test_masquerade_there_and_back(built: Lab) -> None:
    trace = built.trace("ns1", f"ping -c 1 {FAR}")
    request = only(trace, "icmp")
    assert [step.label for step in request.steps] == ["ns1", "br0", "host", "isp", "isp/net203", "inet-web"]
    assert [(r.field, r.before, r.after) for r in request.steps[2].rewrites] == [("source", "172.16.1.1", "192.0.2.2")]
    assert request.answer is not None
    assert request.answer.journey.stops[-1].namespace == "ns1"


@pytest.mark.parametrize(("client", "steps"), [("inet-peer", "host → br0 → ns1"), ("ns2", "br0 → host")])
def test_a_published_port_and_its_hairpin(built: Lab, client: str, steps: str) -> None:
    built.publish(80, "ns1", 8080)
    server = built.start("ns1", "exec python3 -m http.server 8080")
    try:
        _until(lambda: built.run("ns1", "ss -ltn | grep -q :8080").returncode == 0)
        trace = built.trace(client, "curl -sS -m 3 -o /dev/null http://192.0.2.2/")
    finally:
        server.kill()
    syn = only(trace, "tcp", client)
    assert syn.answer is not None
    assert syn.outcome.namespace == "ns1"
    rewritten = {(r.field, r.after) for step in syn.steps for r in step.rewrites}
    assert {("destination", "172.16.1.1"), ("destination port", "8080")} <= rewritten
    assert all(s.outcome.code == "delivered" for s in trace.shown if s.packet.kind == "tcp"), told(trace)


def test_a_local_client_of_a_published_port(built: Lab) -> None:
    built.publish(80, "ns1", 8080)
    trace = built.trace("host", "curl -sS -m 1 -o /dev/null http://172.16.0.1/")
    syn = only(trace, "tcp", "host")
    assert syn.outcome.namespace == "ns1"
    assert [(r.field, r.before, r.after) for r in syn.steps[0].rewrites][:2] == [
        ("destination", "172.16.0.1", "172.16.1.1"),
        ("destination port", "80", "8080"),
    ]
    assert all(s.way for s in trace.shown if s.packet.kind == "tcp"), told(trace)


def test_ipv6(built: Lab) -> None:
    trace = built.trace("ns1", "ping -c 1 fd00::2; ping -c 1 2001:db8:113::10")
    pings = [s for s in trace.told if s.packet.kind == "icmp" and s.packet.type == 128]
    assert {story.steps[-1].label for story in pings if story.answer} == {"ns2", "inet-web"}, told(trace)


def test_fragments_are_one_journey(built: Lab) -> None:
    trace = built.trace("ns1", f"ping -c 1 -s 4000 {FAR}")
    requests = [s for s in trace.stories if s.packet.kind == "icmp" and s.journey.namespace == "ns1"]
    assert len(requests) == 1
    assert requests[0].outcome.code == "delivered"


PYTHON = "/usr/bin/python3 -c"
SEND_UDP = PYTHON + " \"import socket; socket.socket(2, 2).sendto(b'numbered', ('{}', 99))\"; sleep 0.1"
PING, CONNECT = "ping -c 1 -W 1 {}", "curl -sS -m 1 http://{}:81/"
DROPPED = "iptables -A FORWARD -d 192.168.0.1 -j ACCEPT; iptables -A FORWARD -d {} -j {}"
INPUT = "type filter hook input priority 0;"
NFT_IN = f"nft 'add table ip t; add chain ip t in {{ {INPUT} }}; add rule ip t in ip protocol icmp drop'"
BRIDGED = "nft 'add table bridge b; add chain bridge b f { type filter hook forward priority 0; }; "
BRIDGED += f"add rule bridge b f ip daddr {NEAR} drop'"
NO_ARP = f"nft 'add table arp a; add chain arp a i {{ {INPUT} policy drop; }}'; ip -n ns1 neigh flush dev eth00-ns1"
RESET = f"iptables -A FORWARD -p tcp -d {FAR} -j REJECT --reject-with tcp-reset"
STRANGE = f"ip -n ns1 neigh replace {NEAR} lladdr 02:00:00:00:00:99 dev eth00-ns1"
IGNORE = "ip netns exec ns2 sysctl -qw net.ipv4.icmp_echo_ignore_all=1"
# what was planted, what was sent where, and the outcome that must be named, in which namespace
LOSSES = [
    ("rule in FORWARD", DROPPED.format(FAR, "DROP"), PING, FAR, "dropped", "host"),
    ("rule in FORWARD, UDP", DROPPED.format(FAR, "DROP"), SEND_UDP, FAR, "dropped", "host"),
    ("rule in FORWARD, TCP", DROPPED.format(FAR, "DROP"), CONNECT, FAR, "dropped", "host"),
    ("reject in FORWARD", DROPPED.format(FAR, "REJECT"), PING, FAR, "rejected", "host"),
    ("reset", RESET, CONNECT, FAR, "rejected", "host"),
    ("policy of FORWARD", "iptables -P FORWARD DROP", PING, FAR, "dropped", "host"),
    ("rule in OUTPUT", f"ip netns exec ns1 iptables -A OUTPUT -d {FAR} -j DROP", PING, FAR, "dropped", "ns1"),
    ("rule in INPUT", "ip netns exec inet-web " + NFT_IN, PING, FAR, "dropped", "inet-web"),
    ("jump", f"iptables -N c; iptables -A c -j DROP; iptables -A FORWARD -d {FAR} -j c", PING, FAR, "dropped", "host"),
    ("raw", f"iptables -t raw -A PREROUTING -d {FAR} -j DROP", PING, FAR, "dropped", "host"),
    ("bridge family", BRIDGED, PING, NEAR, "dropped", "host"),
    ("input of arp", NO_ARP, PING, "172.16.0.1", "no-neighbour", "ns1"),
    ("no route", "true", PING, "192.168.77.1", "no-route", "isp"),
    ("blackhole", f"ip route add blackhole {FAR}", PING, FAR, "blackhole", "host"),
    ("prohibit", f"ip route add prohibit {FAR}", PING, FAR, "prohibit", "host"),
    ("unreachable", f"ip route add unreachable {FAR}", PING, FAR, "unreachable", "host"),
    ("not forwarding", "sysctl -qw net.ipv4.ip_forward=0", PING, FAR, "not-forwarding", "host"),
    ("rp_filter", "ip -n ns1 addr add 192.168.9.1/32 dev lo; sysctl -qw net.ipv4.conf.br0.rp_filter=1",
     "ping -c 1 -W 1 -I 192.168.9.1 {}", FAR, "rp-filter", "host"),
    ("TTL", "true", "ping -c 1 -W 1 -t 1 {}", FAR, "ttl", "host"),
    ("TTL further on", "true", "ping -c 1 -W 1 -t 2 {}", FAR, "ttl", "isp"),
    ("MTU at the router", "ip link set eth0 mtu 1000", "ping -c 1 -W 1 -s 1200 -M do {}", FAR, "mtu", "host"),
    ("nobody has it", "true", PING, ABSENT, "no-neighbour", "ns1"),
    ("no neighbour outside", "true", PING, "203.0.113.77", "no-neighbour", "isp"),
    ("stale neighbour", STRANGE, PING, NEAR, "wrong-mac", ""),
    ("port disabled", "bridge link set dev veth-ns2 state 0", PING, NEAR, "port-blocked", "host"),
    ("ports isolated", "bridge link set dev veth-ns1 isolated on; bridge link set dev veth-ns2 isolated on", PING, NEAR,
     "isolated", "host"),
    ("bridge down", "ip link set br0 down", PING, NEAR, "bridge-down", "host"),
    ("port down", "ip link set veth-ns2 down", PING, NEAR, "port-down", "host"),
    ("pings ignored", IGNORE, PING, NEAR, "echo-ignored", "ns2"),
    ("no way back", "ip -n inet-web route flush exact default; ip -n inet-web route del default || true", PING, FAR,
     "no-way-back", "inet-web"),
    ("no UDP listener", "true", SEND_UDP, NEAR, "no-listener", "ns2"),
]  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES, ids=[loss[0] for loss in LOSSES])
def test_a_planted_loss_is_named(built: Lab, loss: tuple[str, ...]) -> None:
    _, plant, command, target, code, where = loss
    if code in (
        "isolated",
        "port-blocked",
        "bridge-down",
        "port-down",
    ):  # the neighbour must be known, or ARP fails first
        mac = subprocess.run(
            ["ip", "-n", "ns2", "-j", "link", "show", "eth00-ns2"], capture_output=True, text=True, check=True
        ).stdout
        shell(f"ip -n ns1 neigh replace {NEAR} lladdr {json.loads(mac)[0]['address']} dev eth00-ns1")
    shell(plant)
    trace = built.trace("ns1", command.format(target))
    mine = [
        s
        for s in trace.stories
        if s.packet.target == target and s.packet.kind != "arp" and s.journey.namespace == "ns1"
    ]
    assert mine, told(trace)
    story = mine[0]
    found = story.outcome if story.outcome.lost else story.unanswered
    assert found is not None, told(trace)
    assert (found.code, found.namespace) == (code, where or found.namespace), told(trace)
    assert trace.agrees is not False or code in ("wrong-mac",), (trace.predicted, told(trace))
    if found.ruling:
        assert found.ruling.number or found.ruling.text == "policy drop"


def test_an_answer_that_gets_lost_is_no_answer(built: Lab) -> None:
    shell("nft flush ruleset; ip -n isp route flush 172.16.0.0/16")
    trace = built.trace("ns1", PING.format(FAR))
    assert "answered by echo reply 1 after" in told(trace)
    assert "which got lost" in told(trace)
    assert "echo reply 1: inet-web → isp/net203 → isp → no route to 172.16.1.1 in isp" in told(trace)
    assert trace.agrees is True
    assert "✕" in trace.banner(only(trace, "icmp"))


def test_no_route_at_the_sender_is_told_although_nothing_was_sent(built: Lab) -> None:
    shell("ip -n ns1 route del default")
    assert (
        f"ns1 sent nothing to {FAR}: no route to {FAR} in ns1 (IpOutNoRoutes +1)."
        in built.trace("ns1", f"ping -c 1 {FAR}").text()
    )


def test_the_rule_is_named_with_its_number_and_text(built: Lab) -> None:
    shell(DROPPED.format(FAR, "DROP"))
    trace = built.trace("ns1", PING.format(FAR))
    assert f"dropped by ip filter FORWARD rule 2 ip daddr {FAR} drop" in trace.text()


def test_an_icmp_error_is_tied_to_its_cause(built: Lab) -> None:
    trace = built.trace("ns1", f"ping -c 1 -W 1 -t 1 {FAR}")
    # An error about a packet of an earlier test (a neighbour that went) may come in meanwhile; that one is IPv6's.
    errors = [s for s in trace.stories if s.packet.about and s.packet.about.same[0] == 4]
    assert [e.journey.cause for e in errors] == [only(trace, "icmp").journey]


def test_a_frame_in_a_vxlan_is_followed_through_the_tunnel(lab: Lab) -> None:
    lab.bridge("under", "192.168.0.254/24")
    lab.attach_many("under", {"ns1": "192.168.0.1/24", "ns2": "192.168.0.2/24"})
    for n, other in ((1, 2), (2, 1)):
        shell(f"""
            ip -n ns{n} link add vx type vxlan id 42 remote 192.168.0.{other} dstport 4789 dev eth00-ns{n}
            ip -n ns{n} addr add 10.0.0.{n}/24 dev vx
            ip -n ns{n} link set vx up
        """)
    lab.run("ns1", "ping -c 1 -W 2 10.0.0.2")
    trace = lab.trace("ns1", "ping -c 1 10.0.0.2")
    request = only(trace, "icmp")
    assert [step.label for step in request.steps] == ["ns1", "under", "ns2"]
    assert any(stop.outer for stop in request.way)
    assert request.answer is not None


def test_one_macvlan_hands_a_packet_to_another_by_the_device_below(lab: Lab) -> None:
    shell("""
        ip link add p type veth peer name q
        ip link set p up; ip link set q up
        for n in 1 2; do
            ip netns add m$n
            ip link add mv$n link p netns m$n type macvlan mode bridge
            ip -n m$n addr add 10.5.0.$n/24 dev mv$n
            ip -n m$n link set mv$n up
        done
    """)
    lab.run("m1", "ping -c 1 -W 2 10.5.0.2")
    trace = lab.trace("m1", "ping -c 1 10.5.0.2")
    request = only(trace, "icmp", "m1")
    assert [step.label for step in request.steps] == ["m1", "host", "m2"], told(trace)
    assert request.answer is not None


@pytest.mark.parametrize("seed", range(4))
def test_every_packet_of_a_random_lab_is_one_right_journey(lab: Lab, seed: int) -> None:
    """A small part of `benchmarks/bench_journeys.py`."""
    judged = join(lab, f"1/{seed}", "proof" if seed % 2 else "nested")
    assert not judged.faults
    assert judged.counts.total() > 0


def test_ipv6_forwarding_that_is_off_is_named(built: Lab) -> None:
    shell("sysctl -qw net.ipv6.conf.all.forwarding=0")
    trace = built.trace("ns1", "ping -c 1 -W 1 2001:db8:113::10")
    found = only(trace, "icmp").outcome
    assert (found.code, found.namespace) == ("not-forwarding", "host"), told(trace)


@pytest.mark.parametrize("payload", ["numbered", "identical"])
def test_every_packet_is_one_right_journey(lab: Lab, payload: str) -> None:
    """IPv4 and IPv6 between nine namespaces, the sender's count against ours."""
    names = [f"ns{n}" for n in range(1, 10)]
    lab.bridge("br0", "10.0.0.254/24")
    lab.attach_many("br0", {f"ns{n}": (f"10.0.0.{n}/24", f"fd00::{n}/64") for n in range(1, 10)})
    sockets = {name: _sockets(lab, name) for name in names}
    pairs = [(a, b, ip) for a in range(1, 10) for b in range(1, 10) if a != b for ip in ("10.0.0.", "fd00::")]
    pings = " & ".join(f"ip netns exec ns{a} ping -c1 -W2 {ip}{b} >/dev/null" for a, b, ip in pairs)
    lab.run("host", f"{pings} & wait")
    choose, sent = random.Random(20), []
    capture = lab.capture(packets=10**6, size=1 << 30)
    for number in range(2000):
        source, target = choose.sample(names, 2)
        body = struct.pack(">I", number) if payload == "numbered" else b"always"
        family = choose.choice((4, 6))
        ip = f"{'10.0.0.' if family == 4 else 'fd00::'}{target[2:]}"
        sockets[source][family].sendto(body, (ip, 7000))
        sent.append((source, target))
        time.sleep(0.0005)
    trace = lab.traced(capture)
    for pair in sockets.values():
        for each in pair.values():
            each.close()
    udp = sorted((s for s in trace.stories if s.packet.kind == "udp"), key=lambda s: s.journey.when)
    assert trace.recording.complete
    assert [(s.journey.namespace, s.outcome.namespace) for s in udp] == sent
    assert {s.outcome.code for s in udp} == {"delivered"}


def test_segments_that_are_merged_and_cut_stay_in_their_journeys(built: Lab) -> None:
    shell("tc qdisc add dev eth0 root tbf rate 200mbit burst 32k latency 400ms")
    server = built.start("inet-web", "exec iperf3 -s -1 -p 5201")
    time.sleep(0.5)
    trace = built.trace("ns1", f"iperf3 -c {FAR} -n 3M", packets=200_000, size=1 << 28)
    server.kill()
    data = [s for s in trace.stories if s.packet.kind == "tcp" and s.packet.length > 100]
    lost = [s for s in data if s.outcome.code != "delivered"]
    assert len(data) > 20
    assert len(lost) <= 0.001 * len(data), Counter(s.outcome.code for s in lost)


def test_tshark_reads_the_file_back(built: Lab, tmp_path: Path) -> None:
    shell(DROPPED.format(FAR, "DROP"))
    trace = built.trace("ns1", f"ping -c 1 {NEAR}; ping -c 1 -W 1 {FAR}")
    saved = trace.save(tmp_path / "all.pcapng")
    fields = ("frame.interface_name", "frame.packet_flags_direction", "frame.comment", "frame.time_epoch")
    command = ["tshark", "-r", str(saved), "-T", "fields", *(word for f in fields for word in ("-e", f))]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split("\t") for line in lines]
    sightings = trace.recording.sightings
    assert len(rows) == len(sightings)
    networks = {n.name: n for n in trace.after.everywhere}
    for row, seen in zip(rows, sightings, strict=True):
        interface = networks[seen.namespace].interface(seen.index)
        assert row[0] == f"{seen.namespace}/{interface.name if interface else '?'}"
        assert int(row[1], 0) == (2 if seen.direction == "out" else 1)
        assert int(Decimal(row[3]) * 10**9) == seen.when
    dropped = [row[2] for row in rows if "dropped by ip filter FORWARD rule 2" in row[2]]
    assert len(dropped) == len(next(s for s in trace.stories if s.outcome.code == "dropped").journey.stops)


def test_tcpdump_beside_it_sees_the_same(built: Lab) -> None:
    dump = subprocess.Popen(
        ["ip", "netns", "exec", "ns2", "tcpdump", "-n", "-l", "-Z", "root", "-i", "eth00-ns2", "icmp"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert dump.stderr is not None
    dump.stderr.readline()
    time.sleep(0.3)
    trace = built.trace("ns1", f"ping -c 20 -i 0.01 {NEAR}")
    time.sleep(0.3)
    dump.terminate()
    printed, _ = dump.communicate()
    mine = [
        s
        for s in trace.recording.sightings
        if s.namespace == "ns2" and s.data[12:14] == b"\x08\x00" and s.data[23] == 1
    ]
    assert printed.count("ICMP echo") == len(mine) == 40


def test_bounds_end_the_recording_and_not_the_command(built: Lab) -> None:
    trace = built.trace("ns1", f"ping -c 100 -i 0.002 {NEAR}", packets=100)
    assert trace.returncode == 0
    assert trace.recording.ended == "packets"
    assert "its bound; the command went on" in trace.text()
    assert tables().count("nslab-trace") == 0


def test_a_command_that_never_ends_is_bounded_by_its_timeout(built: Lab) -> None:
    trace = built.trace("ns1", f"ping {NEAR}", timeout=0.5)
    assert "echo request 1" in told(trace)


def test_an_interrupt_keeps_what_was_seen_and_leaves_nothing(built: Lab) -> None:
    before = set(os.listdir("/proc/self/fd")), threading.active_count()
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))

    def begun(_: str, text: str) -> None:
        if "icmp_seq=1" in text:
            timer.start()

    with pytest.raises(KeyboardInterrupt):
        built.trace("ns1", f"ping -i 0.2 {NEAR}", on_output=begun)
    timer.join()
    assert built.last_trace is not None
    assert "echo request 1" in told(built.last_trace)
    assert "nslab-trace" not in tables()
    assert (set(os.listdir("/proc/self/fd")), threading.active_count()) == before


def test_a_command_that_isnt_there_leaves_nothing(built: Lab) -> None:
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(Exception, match="no namespace"):
        built.trace("ns9", "true")
    built.trace("ns1", "no-such-command")
    assert set(os.listdir("/proc/self/fd")) == before
    assert "nslab-trace" not in tables()


def test_the_table_isnt_in_pictures_and_scripts(built: Lab) -> None:
    before, script = built.snapshot(), built.script()
    capture = built.capture()
    try:
        assert "nslab-trace" in tables()
        assert built.snapshot() == before
        assert built.script() == script
    finally:
        capture.abandon()


def test_a_deleted_namespace_is_let_go_at_once(built: Lab) -> None:
    capture = built.capture()
    shell("ip netns del ns3")
    # A socket kept open would keep the cable until the capture ends.
    _until(lambda: built.snapshot().host.interface("veth-ns3") is None, 2)
    trace = built.traced(capture)
    assert "ns3" in trace.recording.unseen


def test_a_namespace_made_meanwhile_is_recorded(built: Lab) -> None:
    capture = built.capture()
    built.attach("br0", "late", "172.16.1.9/16")
    time.sleep(0.3)
    built.run("late", f"ping -c 1 -W 2 {NEAR}")
    trace = built.traced(capture)
    assert only(trace, "icmp", "late").outcome.code == "delivered"


def test_a_killed_tracer_leaves_no_table(built: Lab) -> None:
    code = "import time; from nslab_kernel.lab import Lab; c = Lab('en').capture(); print('on', flush=True)"
    code += "; time.sleep(60)"
    tracer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert tracer.stdout is not None
    assert tracer.stdout.readline() == "on\n"
    assert "nslab-trace" in tables()
    tracer.kill()
    tracer.wait()
    time.sleep(0.05)
    assert "nslab-trace" not in tables()


def test_two_tracers_at_a_time(built: Lab) -> None:
    one = built.capture()
    trace = built.trace("ns1", f"ping -c 1 {NEAR}")
    other = built.traced(one)
    assert [s.outcome.code for s in (only(trace, "icmp"), only(other, "icmp"))] == ["delivered"] * 2


def test_chinese(built: Lab) -> None:
    lab = Lab("zh")
    shell(DROPPED.format(FAR, "DROP"))
    text = lab.trace("ns1", PING.format(FAR)).text()
    lab.close()
    assert f"echo request 1：ns1 → br0 → 主机 → 被 ip filter FORWARD 第 2 条规则 ip daddr {FAR} drop 丢弃。" in text


def _sockets(lab: Lab, name: str) -> dict[int, socket.socket]:
    def made() -> dict[int, socket.socket]:
        four, six = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        four.bind(("0.0.0.0", 7000))
        six.bind(("::", 7000))
        return {4: four, 6: six}

    return lab.inside(name, made)


def _until(there: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.01)
