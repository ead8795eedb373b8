"""No exercise can be passed by doing something else: each plausible wrong answer fails its check.

A wrong answer stands where the student's would; the exercises before it are done as they should be.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from .conftest import NOTEBOOKS, copied, execute, tags, with_answers

pytestmark = pytest.mark.once

START, BRIDGE, WHO, NAT, PUBLISH, TROUBLE, NAMES = (
    *("00-start-here", "01-bridge", "02-who-has-it", "03-nat", "04-publish"),
    *("05-troubleshooting", "06-names-and-ipv6"),
)
WEB = (
    '{where}python3 -m http.server {port} --directory "$(mktemp -d)" > /dev/null 2>&1 &\n'
    "sudo nft add table ip more\n"
    "sudo nft 'add chain ip more prerouting {{ type nat hook prerouting priority dstnat; }}'\n"
    "{rule}\nsleep 1"
)
WRONG: list[tuple[str, str, str, str]] = [
    (START, "ex1", "another address", "%netns_attach demo0 ns3 10.0.0.33/24"),
    (START, "ex1", "the address on ns2 as well", "!sudo ip -n ns2 address add 10.0.0.3/24 dev eth00-ns2"),
    (START, "ex1", "a namespace that isn't connected", "!sudo ip netns add ns3"),
    (
        *(START, "ex1", "the address on lo, and a neighbour that has it"),
        "!sudo ip netns add ns3; sudo ip -n ns3 address add 10.0.0.3/24 dev lo; sudo ip -n ns3 link set lo up; "
        "sudo ip -n ns2 address add 10.0.0.3/32 dev lo",
    ),
    (START, "ex2", "the namespace is deleted", "sudo ip netns del ns2"),
    (START, "ex2", "the cable is unplugged", "sudo ip link set veth-ns2 nomaster"),
    (START, "ex2", "the bridge is down", "sudo ip link set demo0 down"),
    (START, "ex2", "the address is taken away", "sudo ip -n ns2 address flush dev eth00-ns2"),
    (
        *(START, "ex3", "both addresses"),
        "sudo ip -n ns2 link set eth00-ns2 up\nsudo ip -n ns2 address add 10.0.0.20/24 dev eth00-ns2",
    ),
    (
        *(START, "ex3", "the interface stays down"),
        "sudo ip -n ns2 address del 10.0.0.2/24 dev eth00-ns2\nsudo ip -n ns2 address add 10.0.0.20/24 dev eth00-ns2",
    ),
    (
        *(START, "ex3", "another prefix length"),
        "sudo ip -n ns2 link set eth00-ns2 up\nsudo ip -n ns2 address flush dev eth00-ns2\n"
        "sudo ip -n ns2 address add 10.0.0.20/32 dev eth00-ns2",
    ),
    (BRIDGE, "ex1", "the address on lo", "sudo ip address add 172.16.0.1/16 dev lo"),
    (BRIDGE, "ex1", "the address on a port", "sudo ip address add 172.16.0.1/16 dev veth-ns1"),
    (BRIDGE, "ex1", "another address", "sudo ip address add 172.16.0.2/16 dev mydocker0"),
    (BRIDGE, "ex2", "by the script", "sh add-ns-to-br.sh mydocker0 ns4 172.16.1.4/16"),
    (
        *(BRIDGE, "ex2", "inner end down"),
        "sudo ip netns add ns4\nsudo ip link add cable4 type veth peer name eth0 netns ns4\n"
        "sudo ip link set cable4 master mydocker0 up\nsudo ip -n ns4 address add 172.16.1.4/16 dev eth0",
    ),
    (
        *(BRIDGE, "ex2", "not connected to the bridge"),
        "sudo ip netns add ns4\nsudo ip link add cable4 type veth peer name eth0 netns ns4\nsudo ip link set cable4 up\n"
        "sudo ip -n ns4 address add 172.16.1.4/16 dev eth0\nsudo ip -n ns4 link set eth0 up",
    ),
    (BRIDGE, "ex2", "the address on another", "sudo ip -n ns2 address add 172.16.1.4/16 dev eth00-ns2"),
    (
        *(BRIDGE, "ex3", "with the interface down"),
        "sudo ip link add mydocker1 type bridge\nsudo ip link set mydocker1 up\n"
        "sudo ip link set veth-ns3 master mydocker1\nsudo ip -n ns3 link set eth00-ns3 down",
    ),
    (
        *(BRIDGE, "ex3", "with the port down"),
        "sudo ip link add mydocker1 type bridge\nsudo ip link set mydocker1 up\n"
        "sudo ip link set veth-ns3 master mydocker1\nsudo ip link set veth-ns3 down",
    ),
    (BRIDGE, "ex3", "just unplugged", "sudo ip link add mydocker1 type bridge up\nsudo ip link set veth-ns3 nomaster"),
    (
        *(BRIDGE, "ex3", "the new bridge down"),
        "sudo ip link add mydocker1 type bridge\nsudo ip link set veth-ns3 master mydocker1",
    ),
    (
        BRIDGE,
        "ex3",
        "isolated ports",
        "sudo bridge link set dev veth-ns1 isolated on\nsudo bridge link set dev veth-ns3 isolated on",
    ),
    (WHO, "ex1", "promiscuous, but nothing comes", "sudo ip -n ns3 link set eth00-ns3 promisc on"),
    (WHO, "ex1", "what was learned is forgotten once", "sudo bridge fdb flush dev mydocker0"),
    (WHO, "ex1", "the address of ns2", "sudo ip -n ns3 address add 172.16.1.2/16 dev eth00-ns3"),
    (
        *(WHO, "ex1", "one port doesn't learn"),
        "sudo bridge link set dev veth-ns2 learning off\nsudo bridge fdb flush dev mydocker0",
    ),
    (WHO, "ex2", "only one port", "sudo bridge link set dev veth-ns1 isolated on"),
    (WHO, "ex2", "unplugged", "sudo ip link set veth-ns3 nomaster"),
    (WHO, "ex2", "the interface down", "sudo ip -n ns3 link set eth00-ns3 down"),
    (WHO, "ex2", "the port down", "sudo ip link set veth-ns3 down"),
    (
        *(WHO, "ex2", "all three isolated"),
        "for n in 1 2 3; do sudo bridge link set dev veth-ns$n isolated on; done",
    ),
    (
        *(WHO, "ex2", "a firewall in ns3"),
        "sudo ip netns exec ns3 nft 'add table ip t; add chain ip t c { type filter hook input priority 0; }'\n"
        "sudo ip netns exec ns3 nft add rule ip t c ip saddr 172.16.1.1 drop",
    ),
    (
        WHO,
        "ex2",
        "a wrong neighbour",
        "sudo ip -n ns1 neighbour replace 172.16.1.3 lladdr 02:00:00:00:00:99 dev eth00-ns1",
    ),
    (WHO, "ex3", "nothing is done", "true"),
    (
        *(WHO, "ex3", "an entry that may be forgotten"),
        "sudo ip -n ns1 neighbour replace 172.16.1.2 lladdr 02:00:00:00:00:22 dev eth00-ns1 nud reachable",
    ),
    (
        *(WHO, "ex3", "the MAC address of nobody"),
        "sudo ip -n ns1 neighbour replace 172.16.1.2 lladdr 02:00:00:00:00:23 dev eth00-ns1 nud permanent",
    ),
    (
        *(WHO, "ex3", "for another address"),
        "sudo ip -n ns1 neighbour replace 172.16.1.3 lladdr 02:00:00:00:00:22 dev eth00-ns1 nud permanent",
    ),
    (WHO, "ex3", "no ARP at all", "sudo ip -n ns1 link set eth00-ns1 arp off"),
    (NAT, "ex1", "no default route", "sudo ip -n ns2 route del default"),
    (NAT, "ex1", "interface down", "sudo ip -n ns2 link set eth00-ns2 down"),
    (NAT, "ex1", "dropped at forward", "sudo iptables -A FORWARD -s 172.16.1.2 -j DROP"),
    (NAT, "ex1", "replies dropped at forward", "sudo iptables -A FORWARD -d 172.16.1.2 -j DROP"),
    (NAT, "ex1", "no masquerade at all", "sudo nft flush ruleset"),
    (NAT, "ex1", "a blackhole in ns2", "sudo ip -n ns2 route add blackhole 203.0.113.0/24"),
    (
        *(NAT, "ex2", "no masquerade"),
        "%netns_bridge mydocker1 172.17.0.1/16\n%netns_attach mydocker1 ns3 172.17.1.3/16\n"
        "!sudo ip -n ns3 route add default via 172.17.0.1",
    ),
    (
        *(NAT, "ex2", "on the old bridge"),
        "%netns_attach mydocker0 ns3 172.16.1.3/16\n%netns_nat mydocker0",
    ),
    (
        *(NAT, "ex2", "no default route"),
        "%netns_bridge mydocker1 172.17.0.1/16\n%netns_attach mydocker1 ns3 172.17.1.3/16\n%netns_nat mydocker1\n"
        "!sudo ip -n ns3 route del default; sudo ip -n ns3 route add 203.0.113.0/24 via 172.17.0.1",
    ),
    (NAT, "ex3", "only the address", "sudo ip address add 192.0.2.3/24 dev eth0"),
    (
        *(NAT, "ex3", "for everybody"),
        "sudo ip address add 192.0.2.3/24 dev eth0\nsudo nft add table ip mine\n"
        "sudo nft 'add chain ip mine postrouting { type nat hook postrouting priority 90; }'\n"
        "sudo nft add rule ip mine postrouting oifname eth0 snat to 192.0.2.3",
    ),
    (
        *(NAT, "ex3", "the address on ns3 itself"),
        "sudo ip -n ns3 address add 192.0.2.3/24 dev eth00-ns3",
    ),
    (PUBLISH, "ex1", "the policy is changed back", "sudo iptables -P FORWARD ACCEPT"),
    (PUBLISH, "ex1", "everything is accepted", "sudo iptables -A FORWARD -j ACCEPT"),
    (PUBLISH, "ex1", "only out", "sudo iptables -A FORWARD -i mydocker0 -j ACCEPT"),
    (
        *(PUBLISH, "ex1", "the published port is forgotten"),
        "sudo iptables -A FORWARD -i mydocker0 -j ACCEPT\n"
        "sudo iptables -A FORWARD -o mydocker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ),
    (
        *(PUBLISH, "ex2", "a server on the host"),
        WEB.format(where="", port=81, rule="true"),
    ),
    (
        *(PUBLISH, "ex2", "leads to ns1"),
        WEB.format(
            where="sudo ip netns exec ns2 ",
            port=9090,
            rule="sudo nft add rule ip more prerouting ip daddr 192.0.2.2 tcp dport 81 dnat to 172.16.1.1:8080",
        ),
    ),
    (
        *(PUBLISH, "ex2", "the server runs in ns1"),
        WEB.format(
            where="sudo ip netns exec ns1 ",
            port=9090,
            rule="sudo nft add rule ip more prerouting ip daddr 192.0.2.2 tcp dport 81 dnat to 172.16.1.1:9090",
        ),
    ),
    (
        *(PUBLISH, "ex3", "published for everybody"),
        "sudo nft add table ip own\n"
        "sudo nft 'add chain ip own output { type nat hook output priority -100; }'\n"
        "sudo nft 'add chain ip own prerouting { type nat hook prerouting priority -100; }'\n"
        "sudo nft add rule ip own output ip daddr 192.0.2.2 tcp dport 8081 dnat to 172.16.1.1:8080\n"
        "sudo nft add rule ip own prerouting ip daddr 192.0.2.2 tcp dport 8081 dnat to 172.16.1.1:8080",
    ),
    (
        *(PUBLISH, "ex3", "a server on the host"),
        "python3 -m http.server 8081 --bind 127.0.0.1 > /dev/null 2>&1 &\nsleep 1",
    ),
    (
        *(PUBLISH, "ex3", "leads to ns2"),
        "sudo nft add table ip own\n"
        "sudo nft 'add chain ip own output { type nat hook output priority -100; }'\n"
        "sudo nft add rule ip own output ip daddr 192.0.2.2 tcp dport 8081 dnat to 172.16.1.2:9090",
    ),
    (TROUBLE, "ex1", "another interface", "sudo ip link set veth-ns1 down; sudo ip link set veth-ns1 up"),
    (TROUBLE, "ex2", "another route", "sudo ip -n ns1 route replace 203.0.113.10 via 172.16.0.1"),
    (TROUBLE, "ex3", "forwarding again", "sudo sysctl -w net.ipv4.ip_forward=1"),
    (NAMES, "ex1", "only in /etc/hosts", "echo 203.0.113.10 www.example.com | sudo tee -a /etc/hosts"),
    (
        NAMES,
        "ex1",
        "a server that isn't there",
        "sudo mkdir -p /etc/netns/ns2\necho nameserver 203.0.113.99 | sudo tee /etc/netns/ns2/resolv.conf",
    ),
    (NAMES, "ex2", "no route", "sudo ip -n ns2 address add 2001:db8:172:1::2/64 dev eth00-ns2 nodad"),
    (
        *(NAMES, "ex2", "translated"),
        "sudo ip -n ns2 address add 2001:db8:172:1::2/64 dev eth00-ns2 nodad\n"
        "sudo ip -n ns2 route add default via 2001:db8:172:1::ff\nsudo nft add table ip6 t\n"
        "sudo nft 'add chain ip6 t c { type nat hook postrouting priority srcnat; }'\n"
        "sudo nft add rule ip6 t c oifname eth0 masquerade",
    ),
    (NAMES, "ex3", "everything dropped", "sudo sysctl -w net.ipv6.conf.all.forwarding=0"),
    (NAMES, "ex3", "the address is taken away", "sudo ip -n ns1 -6 address flush dev eth00-ns1"),
    (
        *(NAMES, "ex3", "replies dropped as well"),
        "sudo nft add table ip6 door\nsudo nft 'add chain ip6 door forward { type filter hook forward priority filter; }'\n"
        "sudo nft add rule ip6 door forward iifname eth0 drop",
    ),
    (
        *(NAMES, "ex3", "ns1 drops everything"),
        "sudo ip netns exec ns1 nft 'add table ip6 t; add chain ip6 t c { type filter hook input priority 0; policy drop; }'",
    ),
]


def with_wrong_answer(path: Path, exercise: str, answer: str) -> nbformat.NotebookNode:
    """The notebook up to the exercise's check, without what only shows something, and with a wrong answer in it."""
    notebook = with_answers(nbformat.read(path, as_version=4))
    at = next(index for index, cell in enumerate(notebook.cells) if cell.get("id") == exercise)
    first = notebook.cells[at].source.splitlines()[0]
    notebook.cells[at].source = f"{first}\n{answer}"
    keep = [
        cell
        for index, cell in enumerate(notebook.cells[: at + 2])
        if cell.cell_type == "code"
        and not {"look", "check"} & set(tags(cell))
        or index == at + 1
        or cell.cell_type == "code"
        and cell.source.strip() == "%netns_check"
    ]
    notebook.cells = keep
    return notebook


@pytest.mark.parametrize(
    ("lesson", "exercise", "answer"),
    [(lesson, exercise, answer) for lesson, exercise, _, answer in WRONG],
    ids=[f"{lesson}, {exercise}: {what}" for lesson, exercise, what, _ in WRONG],
)
def test_a_wrong_answer_fails(tmp_path: Path, lesson: str, exercise: str, answer: str) -> None:
    path = NOTEBOOKS / "en" / f"{lesson}.ipynb"
    notebook = with_wrong_answer(path, exercise, answer)
    done = execute(notebook, copied(path, tmp_path), errors=True)
    check = done.cells[-1]
    assert "exercise-check" in tags(check)
    (error,) = [out for out in check.outputs if out.output_type == "error"]
    assert error.ename == "AssertionError", error.evalue


def test_each_exercise_has_wrong_answers() -> None:
    known = {(lesson, exercise) for lesson, exercise, _, _ in WRONG}
    for path in sorted((NOTEBOOKS / "en").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if "exercise" in tags(cell):
                assert (path.stem, cell.id) in known
