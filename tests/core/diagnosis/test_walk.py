"""What a walk remembers of neighbours: one that made itself known is learnt, a permanent entry stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nslab_kernel.core.diagnosis.walk import Walk
from nslab_kernel.core.model.network import Neighbour

from .labs import bridged

MAC = "02:00:00:00:00:09"


@pytest.mark.parametrize(
    ("entries", "learnt"),
    [
        ((), MAC),
        (((0, "172.16.1.2", "STALE"),), MAC),
        (((0, "172.16.1.2", "PERMANENT"),), ""),
        (((0, "172.16.1.3", "PERMANENT"),), MAC),
        (((1, "172.16.1.2", "PERMANENT"),), MAC),
    ],
)
def test_a_neighbour_is_learnt_unless_its_entry_is_permanent(
    entries: tuple[tuple[int, str, str], ...], learnt: str
) -> None:
    network = bridged()
    here = network.get("ns1")
    assert here
    interface = here.interface("eth00-ns1")
    assert interface
    known = (Neighbour(ip, interface.index + apart, "02:00:00:00:00:01", state) for apart, ip, state in entries)
    here = replace(here, neighbours=tuple(known))
    walk = Walk(network)
    walk.learn(here, interface, "172.16.1.2", MAC)
    assert walk.learnt(here, interface, "172.16.1.2") == learnt
