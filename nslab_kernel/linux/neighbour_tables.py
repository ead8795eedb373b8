"""What namespaces have learnt of their neighbours (ip-neighbour(8))."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

from ..core.model.network import Network
from .netlink import encode
from .netlink.handles import Doors
from .netlink.socket import NetlinkError

_WRITTEN = ("PERMANENT", "NOARP")


def forget(network: Network) -> None:
    """Have every namespace forget which MAC addresses it has learnt, so that it must ask again.

    Parameters
    ----------
    network
        A reading with what is volatile.
    """
    with ThreadPoolExecutor(1) as worker:  # a thread that may leave its namespace for good
        worker.submit(_forget, network).result()


def _forget(network: Network) -> None:
    doors = Doors()
    try:
        for namespace in network.everywhere:
            for line in namespace.neighbours:
                if line.state not in _WRITTEN and namespace.kind != "process":
                    with contextlib.suppress(NetlinkError):  # it has gone by itself
                        doors.socket(namespace.name).send([encode.delete_neighbour(line.interface, line.ip)])
    finally:
        doors.close()
