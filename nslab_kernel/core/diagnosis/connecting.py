"""Whether there is anything at all between two namespaces: without a cable no route and no setting helps."""

from __future__ import annotations

from ..model.network import Interface, Namespace
from .cabling import is_opaque
from .findings import Place
from .owners import family_of, holders
from .sysctls import forwards
from .walk import Cause, Walk

_OF_CABLES = ("no-interface", "unplugged", "other-bridge", "no-remote", "other-vxlan", "no-carrier")


def apart(walk: Walk, source: str, met: list[Cause]) -> Cause | None:
    """That nothing leads from a namespace to its goal, no matter who would route; None where something may.

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
                there, into = way[-1].namespace, way[-1].interface
                if there.name not in seen:
                    seen.add(there.name)
                    waiting += [there.name] * _may_route(there, into, family_of(goal))
    if seen & set(owners):
        return None
    owner = next(iter(owners.values()))
    return Cause("not-connected", Place(source), {"ip": goal, "owner": owner.title})


def _may_route(there: Namespace, into: Interface, family: int) -> bool:
    """Whether a namespace could pass anything on: it has another way out, or is a router already."""
    return any(i is not into and not i.is_loopback for i in there.interfaces) or forwards(there, into, family)
