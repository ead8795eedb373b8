"""Whether there is anything at all between two namespaces: without a cable no route and no setting helps."""

from __future__ import annotations

from .cabling import is_opaque
from .findings import Place
from .owners import holders
from .walk import Cause, Walk

_OF_CABLES = ("no-interface", "unplugged", "other-bridge", "no-remote", "other-vxlan", "no-carrier")


def apart(walk: Walk, source: str, met: list[Cause]) -> Cause | None:
    """That nothing leads from a namespace to its goal, whoever would route; None where something may.

    Parameters
    ----------
    met
        The causes that were found: where one is about a cable already, that one says more.
    """
    goal = walk.redirected_to or walk.goal
    owners = {there.name: there for there, _ in holders(walk.network, goal)}
    if not owners or any(cause.kind in _OF_CABLES for cause in met):
        return None
    seen = {source}
    waiting = [source]
    while waiting:
        here = walk.network.get(waiting.pop())
        for out in here.interfaces if here else ():
            assert here
            if any(is_opaque(walk.network, edge.interface) for edge in walk.edges(here, out)):
                return None
            for way in walk.ways(here, out):
                if way[-1].namespace.name not in seen:
                    seen.add(way[-1].namespace.name)
                    waiting.append(way[-1].namespace.name)
    if seen & set(owners):
        return None
    owner = next(iter(owners.values()))
    return Cause("not-connected", Place(source), {"ip": goal, "owner": owner.title})
