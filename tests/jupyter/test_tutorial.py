"""The tutorial's own commands, typed into a notebook as they are printed there."""

from __future__ import annotations

from .conftest import Notebook

SCRIPT = """%%writefile add-ns-to-br.sh
#!/bin/bash

bridge=$1
namespace=$2
addr=$3

vethA=veth-$namespace
vethB=eth00-$namespace

sudo ip netns add $namespace
sudo ip link add $vethA type veth peer name $vethB

sudo ip link set $vethB netns $namespace
sudo ip netns exec $namespace ip addr add $addr dev $vethB
sudo ip netns exec $namespace ip link set $vethB up

sudo ip link set $vethA up

sudo brctl addif $bridge $vethA
"""


def test_the_tutorials_commands_run_unchanged_and_lose_no_packet(notebook: Notebook) -> None:
    assert len(notebook.run("!sudo brctl addbr mydocker0").pictures) == 1
    assert "mydocker0" in notebook.run("!brctl show").printed
    assert notebook.run(SCRIPT).pictures == []
    assert len(notebook.run("!sh add-ns-to-br.sh mydocker0 ns1 172.16.1.1/16").pictures) == 1
    assert len(notebook.run("!sh add-ns-to-br.sh mydocker0 ns2 172.16.1.2/16").pictures) == 1
    assert len(notebook.run("!sudo ip link set dev mydocker0 up").pictures) == 1

    # %%bash gives the cell to bash as its input, so the bash in ns1 reads the lines below its own.
    verified = notebook.run("%%bash\nsudo ip netns exec ns1 bash\nip a\nping 172.16.1.2")
    assert "172.16.1.1/16" in verified.printed
    assert "mydocker0" not in verified.printed
    assert "4 received, 0% packet loss" in verified.printed


def test_the_tutorials_commands_run_by_the_magic_in_the_namespace(notebook: Notebook) -> None:
    notebook.run("!sudo brctl addbr mydocker0")
    notebook.run(SCRIPT)
    notebook.run("!sh add-ns-to-br.sh mydocker0 ns1 172.16.1.1/16; sh add-ns-to-br.sh mydocker0 ns2 172.16.1.2/16")
    notebook.run("!sudo ip link set dev mydocker0 up")
    cell = notebook.run("%%netns ns1\nip a\nping 172.16.1.2")
    assert "172.16.1.1/16" in cell.printed
    assert "4 received, 0% packet loss" in cell.printed
