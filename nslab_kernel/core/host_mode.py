"""Host mode: the lab is a real machine, so nothing is touched there but what the lab made.

What it makes bears a mark on the object itself, so nothing has to be remembered: an interface its alias, a namespace
that of its ``lo``, a rule the table that it is in. What can bear no mark (an address on a foreign interface, a file of
/etc) isn't made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .actions import Action, AddBridge, AddNamespace, AddVeth, DeleteInterface, DeleteNamespace, Nft, SetAlias
from .guard import TAG, Guard, Surroundings, is_tagged, own_namespaces
from .network import HOST, Network
from .own_table import TABLE, remembered, switched_off
from .plans import Remains, ending, forgetting, removable


def guarded(network: Network, actions: Sequence[Action], around: Surroundings) -> tuple[Action, ...]:
    """The same plan, with a mark on everything that it makes.

    Raises
    ------
    NslabError
        If it would touch anything that the lab didn't make; it says what.
    """
    guard = Guard(network, around)
    for action in actions:
        if isinstance(action, DeleteNamespace):
            guard.check(action)  # first: a foreign namespace is to be told by its name, not by a cable of it
    marked: list[Action] = []
    for action in actions:
        guard.check(action)
        marked.append(action)
        match action:
            case AddNamespace(name):
                marked.append(SetAlias("lo", TAG, name))
            case AddVeth(_, name, namespace, there) if namespace == HOST != there:
                marked.append(SetAlias(name, TAG))
            case AddBridge(name, namespace) | AddVeth(name, _, _, namespace):
                marked.append(SetAlias(name, TAG, namespace))
    return tuple(marked)


def reset(network: Network, remains: Mapping[str, Remains]) -> tuple[Action, ...]:
    """Remove what the lab made, and nothing else; forwarding that it switched on goes off again."""
    ours = sorted(own_namespaces(network))
    left = {name: remains.get(name, Remains()) for name in ours}
    planned: list[Action] = []
    for name in ours:
        planned += ending(name, left[name])
    planned += [DeleteInterface(interface.name) for interface in removable(network) if is_tagged(interface)]
    planned += [DeleteNamespace(name) for name in ours]
    for name in ours:
        planned += forgetting(name, left[name])
    tables = dict.fromkeys(chain.family for chain in network.host.firewall.chains if chain.table == TABLE)
    planned += [Nft(f"delete table {family} {TABLE}") for family in tables if family in ("ip", "inet")]
    planned += switched_off(network.host, remembered(network.host))
    return tuple(planned)
