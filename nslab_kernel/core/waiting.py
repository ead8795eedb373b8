"""What is said while something takes longer than half a second."""

from __future__ import annotations

from .model.network import Network
from .model.rest import ADDRESSES, CARRIER, TREES, longest
from .translation import Message, _

TRYING = "trying"
_WORDS = {
    CARRIER: _("Waiting for the kernel to detect every carrier."),
    ADDRESSES: _("Waiting for duplicate address detection of new IPv6 addresses."),
    TRYING: _("Looking for something to break."),
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
        return _("Waiting for the spanning tree to settle, at most {seconds} s.", seconds=limit)
    return _WORDS[what]
