"""What the lessons say is what their own cells show: one test for each statement that can be run.

The numbers are those of the list of statements that were false once.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from .conftest import NOTEBOOKS, Run

pytestmark = [pytest.mark.once, pytest.mark.parametrize("language", ["en", "zh"])]


@pytest.fixture
def lesson(run, language: str):
    """A lesson of this language after it was run; and its words."""

    def _lesson(name: str) -> Run:
        return run(NOTEBOOKS / language / f"{name}.ipynb")

    return _lesson


def words(language: str, name: str) -> str:
    """Everything that a lesson says, in one line."""
    cells = nbformat.read(NOTEBOOKS / language / f"{name}.ipynb", as_version=4).cells
    return " ".join(cell.source for cell in cells if cell.cell_type == "markdown")


def says(language: str, name: str, english: str, chinese: str) -> None:
    assert (english if language == "en" else chinese) in words(language, name)


def macs(text: str) -> list[str]:
    return re.findall(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", text)


def test_1_the_network_is_private_and_only_the_notebooks_folder_is_real(language, tmp_path) -> None:
    says(
        language,
        "00-start-here",
        "Only the folder of this notebook is the real one",
        "只有这个笔记本所在的文件夹是真实的",
    )
    script = "echo in > here; echo out > /etc/nslab-lesson-test; ip link add br-lesson-test type bridge"
    command = [sys.executable, "-m", "nslab_kernel.cli", "run", "--", "sh", "-c", script]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)
    assert (tmp_path / "here").read_text() == "in\n"
    assert not Path("/etc/nslab-lesson-test").exists()
    assert subprocess.run(["ip", "link", "show", "br-lesson-test"], capture_output=True, check=False).returncode


def test_2_a_hosts_own_packets_pass_prerouting_on_lo_but_their_nat_was_decided_at_output(lesson, language) -> None:
    done = lesson("04-publish")
    says(language, "04-publish", "NAT is decided once for each connection", "每个连接的 NAT 只决定一次")
    assert re.search(r'iifname "lo" tcp dport 80 counter packets [1-9]', done.text("local-look"))
    assert "Couldn't connect" in done.text("local")
    assert "Hello from ns1" in done.text("output")


def test_2_older_nft_takes_the_word_dstnat_at_prerouting_only(language) -> None:
    says(language, "04-publish", "such as 1.0.6, accept at `prerouting` only", "比如 1.0.6，只在 `prerouting` 处接受")
    script = (
        "nft add table ip t; nft 'add chain ip t p { type nat hook prerouting priority dstnat; }' && "
        "nft 'add chain ip t o { type nat hook output priority -100; }' && nft -j list chain ip t p && "
        "nft 'add chain ip t w { type nat hook output priority dstnat; }'"
    )
    command = [sys.executable, "-m", "nslab_kernel.cli", "run", "--", "sh", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    chains = [entry["chain"] for entry in json.loads(done.stdout)["nftables"] if "chain" in entry]
    assert chains[0]["prio"] == -100
    version = subprocess.run(["nft", "--version"], capture_output=True, text=True, check=True).stdout
    numbers = tuple(map(int, re.findall(r"\d+", version)[:3]))
    if numbers <= (1, 0, 6):
        assert done.returncode, "this version takes the word as well"


def test_3_a_neighbour_entry_is_a_memory_until_it_is_cleared(lesson, language) -> None:
    done = lesson("05-troubleshooting")
    remembered, *later = [line for line in done.text("memory").splitlines() if "lladdr" in line or "FAILED" in line]
    assert "REACHABLE" in remembered, "though the bridge is down"
    assert "FAILED" in later[-1]
    assert "REACHABLE" in done.text("neigh1"), "asked just now, with the bridge up"
    for state in ("REACHABLE", "STALE", "DELAY", "FAILED", "PERMANENT"):
        assert f"`{state}`" in words(language, "05-troubleshooting")
    assert "FAILED" in done.text("states")
    assert "PERMANENT" in done.text("look2")


def test_4_nobody_answering_arp_is_destination_host_unreachable(lesson, language) -> None:
    assert "Destination Host Unreachable" in lesson("05-troubleshooting").text("nobody")
    assert "*Destination Host Unreachable*" in words(language, "05-troubleshooting")


def test_4_attach_brings_lo_up_and_the_script_does_not(lesson, language) -> None:
    done = lesson("01-bridge")
    says(
        language,
        "01-bridge",
        "It brings `lo` up in the namespace, as Docker does",
        "它会启用命名空间里的 `lo`，和 Docker 一样",
    )
    assert re.search(r"lo: <LOOPBACK> .* state DOWN", done.text("inside"))
    assert "100% packet loss" in done.text("lo")
    assert ", 0% packet loss" in done.text("lo-fix")
    assert "ip -n ns1 link set dev lo up" in done.commands("magic-attach")
    assert done.text("magic-ping").count(", 0% packet loss") == 2


def test_5_the_container_connected_last_answers_first(lesson, language) -> None:
    done = lesson("01-bridge")
    of = {line.split()[0]: line.split()[1] for line in done.text("clash-macs").splitlines() if line.strip()}
    assert macs(done.text("clash-who")) == [of["ns3"]]
    assert macs(done.text("clash-again")) == [of["ns2"]]


def test_6_what_curl_prints_is_what_the_lesson_quotes(lesson, language) -> None:
    assert "Couldn't connect to server" in lesson("04-publish").text("refused")
    assert "*Couldn't connect to server*" in words(language, "04-publish")


def test_6_numbers_of_lines_are_right(lesson, language) -> None:
    for name, english, chinese in (
        ("04-publish", "in five lines", "五行就是"),
        ("05-troubleshooting", "in five lines", "五行就是"),
        ("01-bridge", "in three lines", "用三行"),
    ):
        says(language, name, english, chinese)
    assert len(lesson("04-publish").cell("build").source.splitlines()) == 5
    assert len(lesson("05-troubleshooting").cell("build").source.splitlines()) == 5
    done = lesson("01-bridge")
    assert sum(len(done.cell(name).source.splitlines()) for name in ("magic-bridge", "magic-attach")) == 3
    script = [line for line in done.cell("script").source.splitlines() if line.startswith("sudo")]
    assert len(script) == 7
    says(language, "01-bridge", "the same seven commands", "同样的七条命令")


def test_7_other_files_are_shared_and_sys_class_net_is_not(lesson, language) -> None:
    inside = lesson("00-start-here").text("inside")
    assert "eth00-ns1" in inside
    assert "demo0" not in inside
    assert ".ipynb" in inside
    says(language, "00-start-here", "a `/sys/class/net` of its own", "自己的 `/sys/class/net`")


def test_7_arp_comes_first(lesson, language) -> None:
    assert len(macs(lesson("00-start-here").text("arp"))) == 1
    assert "**ARP**" in words(language, "00-start-here")


def test_8_the_packet_comes_in_and_never_goes_out(lesson, language) -> None:
    seen = re.findall(r"^\S+ (\S+)\s+(P|In|Out|B|M)\s", lesson("05-troubleshooting").text("dump1"), re.MULTILINE)
    assert [name for name, _ in seen] == ["veth-ns1", "mydocker0"]
    assert dict(seen)["veth-ns1"] in ("P", "In")
    assert dict(seen)["mydocker0"] == "In"
    assert "`P`" in words(language, "05-troubleshooting")


def test_9_ipv6_is_not_translated_here_and_is_by_default_in_docker(lesson, language) -> None:
    done = lesson("06-names-and-ipv6")
    assert "you are 2001:db8:172:1::1" in done.text("six-sees")
    said = words(language, "06-names-and-ipv6")
    for fact in ("RFC 1918", "1996", "2011", "fd00::/8", "`nat`", "gateway_mode_ipv6"):
        assert fact in said


def test_10_dockers_rules_are_named_with_their_version_and_forward_drops(lesson, language) -> None:
    said = words(language, "04-publish")
    for fact in ("Docker 28", "DOCKER-FORWARD", "DOCKER-CT", "27.4.1", "--firewall-backend=nftables"):
        assert fact in said
    done = lesson("04-publish")
    assert "100% packet loss" in done.text("policy-ping")


def test_11_a_new_bridge_has_zeros_for_an_id_unless_systemd_gives_it_an_address(lesson, language) -> None:
    assert re.search(r"mydocker0\s+8000\.000000000000\s+no", lesson("01-bridge").text("show"))
    assert "MACAddressPolicy=persistent" in words(language, "01-bridge")


def test_12_only_the_first_packet_waits(lesson, language) -> None:
    done = lesson("01-bridge")
    assert ", 0% packet loss" in done.text("inside")
    times = [float(time) for time in re.findall(r"time=([\d.]+) ms", done.text("inside"))]
    assert len(times) == 4
    assert min(times[1:]) < 0.5
    says(language, "01-bridge", "The first packet may have waited", "第一个包可能等了一会儿")


@pytest.mark.timeout(600)  # it runs every lesson from top to bottom
def test_what_else_the_lessons_say_of_their_cells(lesson, language) -> None:
    nat = lesson("03-nat")
    assert "Network is unreachable" in nat.text("fail1")
    assert re.search(r"net\.ipv4\.ip_forward (is|为) 0", nat.commands("fail2"))
    assert "net.ipv4.ip_forward = 0" in nat.text("fwd")
    lost = nat.commands("fail3")
    assert "→ inet-web" in lost
    assert re.search(r"echo reply 1.*isp.*172\.16\.1\.1", lost)
    assert "network unreachable" in lost
    translated = nat.commands("nat-ping")
    assert re.search(r"echo request 1.*192\.0\.2\.2.*echo reply 1", translated)
    assert re.search(r"echo reply 1.*172\.16\.1\.1", nat.html("nat-ping"), re.DOTALL)
    assert "you are 192.0.2.2" in nat.text("sees")
    assert len(re.findall(r"src=172\.16\.1\.1 dst=203\.0\.113\.10", nat.text("ct"))) >= 1
    assert "dst=192.0.2.2" in nat.text("ct")
    publish = lesson("04-publish")
    assert "ipv4_forwarding_was_off" in publish.commands("build")
    assert "timed out" in publish.text("hairpin")
    trouble = lesson("05-troubleshooting")
    assert trouble.text("symptom1").count("From ") == 0, "silence"
    assert "LOWER_UP" in trouble.text("links1")
    assert "via 172.16.0.1" in trouble.text("links1")
    assert "net.ipv4.ip_forward = 1" in trouble.text("router1")
    assert re.search(
        r"table inet guard \{[^}]*hook forward[^}]*203\.0\.113\.10[^}]*drop", trouble.text("rules1"), re.DOTALL
    )
    names = lesson("06-names-and-ipv6")
    assert "Hello from www.example.com" in names.text("dns")
    assert "203.0.113.10" in names.text("dns-lookup")
    start = lesson("00-start-here")
    assert start.text("own").splitlines()[0] == "docker-host1"
    assert "10.0.0.1" in str(start.cell("wrong").outputs)


def test_the_learned_addresses_are_the_containers(lesson, language) -> None:
    rows = [line.split() for line in lesson("01-bridge").text("macs").splitlines()[1:] if line.strip()]
    assert sum(row[2] == "no" for row in rows) == 2
    assert macs(lesson("01-bridge").text("neigh"))[0] in {row[1] for row in rows if row[2] == "no"}


def traced(done: Run, cell_id: str) -> list[str]:
    """The sentences of a trace, one for each journey or remark."""
    (shown,) = [out for out in done.cell(cell_id).outputs if out.output_type == "display_data"]
    return str(shown.data["text/plain"]).splitlines()


def test_the_first_frame_is_flooded_and_the_second_is_not(lesson, language) -> None:
    done = lesson("02-who-has-it")
    assert not done.text("neigh").strip(), "it's empty"
    request, ping, *_ = traced(done, "first")
    assert request.startswith("ARP request (who has 172.16.1.2? tell 172.16.1.1)")
    assert "ns3" in request
    assert ("host" if language == "en" else "主机") in request
    assert ping.startswith("echo request 1")
    assert "ns3" not in ping
    assert {"veth-ns1", "veth-ns2"} <= set(re.findall(r"dev (\S+) master", done.text("fdb")))
    assert macs(done.text("fdb").split("172.16.1.2")[1])[0] in macs(done.text("fdb").split("172.16.1.2")[0])
    assert not any("tell 172.16.1.1" in line for line in traced(done, "second"))
    assert not any("ns3" in line for line in traced(done, "second") if line.startswith("echo"))


def test_arp_is_seen_in_ns3_and_icmp_is_not(lesson, language) -> None:
    heard = lesson("02-who-has-it").text("overhear")
    assert "ARP, Request who-has 172.16.1.2 tell 172.16.1.1" in heard
    assert "ICMP" not in heard


def test_a_stale_neighbour_gets_frames_that_nobody_takes_until_the_table_is_cleared(lesson, language) -> None:
    done = lesson("02-who-has-it")
    (old,) = macs(done.text("swap"))
    assert old != "02:00:00:00:00:22"
    assert "100% packet loss" in done.text("stale")
    assert "Unreachable" not in done.text("stale"), "no error"
    (lost,) = [line for line in traced(done, "stale") if line.startswith("echo request 1")]
    assert "mydocker0 → ns2" in lost
    assert old in lost
    assert any("tell 172.16.1.1" in line for line in traced(done, "flush-trace"))
    assert ", 0% packet loss" in done.text("flush-trace")


def test_without_an_answer_to_arp_the_ping_is_never_sent(lesson, language) -> None:
    done = lesson("02-who-has-it")
    says(language, "02-who-has-it", "`ns1` asked three times", "一共问了三次")
    assert "From 172.16.1.1 icmp_seq=1 Destination Host Unreachable" in done.text("nobody")
    asked = [line for line in traced(done, "nobody") if "who has 172.16.1.99? tell 172.16.1.1" in line]
    more = [int(number) for line in asked for number in re.findall(r"[(（]\+(\d+)[)）]", line)]
    assert len(asked) + sum(more) == 3
    (ping,) = [line for line in traced(done, "nobody") if line.startswith("echo request 1")]
    assert "mydocker0" not in ping
    assert all(name in asked[0] for name in ("ns2", "ns3"))
