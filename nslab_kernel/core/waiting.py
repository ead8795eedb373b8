"""What is said while something takes longer than half a second."""

from __future__ import annotations

from .model.network import Network
from .model.rest import ADDRESSES, CARRIER, TREES, longest
from .translation import Message, _

TRYING = "trying"
_WORDS = {
    CARRIER: _("Waiting until the kernel has noticed every carrier."),
    ADDRESSES: _("Waiting until the kernel has checked new IPv6 addresses for duplicates."),
    TRYING: _("Trying out what to break."),
}


def words(what: str, network: Network) -> Message:
    """Say what is being waited for.

    Parameters
    ----------
    what
        `TRYING`, or what `pending` returned for the network.
    network
        The lab as it is.
    """
    if what == TREES:
        limit = f"{longest(network):.0f}"
        return _("Waiting until the spanning tree has decided about its ports, at most {seconds} s.", seconds=limit)
    return _WORDS[what]
