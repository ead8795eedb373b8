"""What is shown about a namespace as a whole: its routes, and its notes."""

from __future__ import annotations

from dataclasses import replace

from ..core.model.diff import route_text
from ..core.model.network import HOST, Namespace, Network, Route
from .notes import notes
from .outside_namespaces import outside
from .view import ShownFact


def facts(network: Network, namespace: Namespace, language: str) -> list[ShownFact]:
    """The routes that somebody made, in the main table, and the notes."""
    typed = [route for route in namespace.routes if route.table == 254 and route.protocol != "kernel"]
    routes = [ShownFact(_route(namespace, route), "", "route", route_text(namespace, route)) for route in typed]
    leads_out = namespace.name == HOST and bool(outside(network))
    found = notes(network, namespace, language, routes_out=leads_out)
    return [*routes, *(ShownFact(note.text, "", note.kind, note.details) for note in found)]


def compared(now: list[ShownFact], then: list[ShownFact]) -> tuple[ShownFact, ...]:
    """The facts of now, the new ones marked, and those that are gone.

    Forwarding that was never on isn't news, and turned on or off it leaves no ghost.
    """
    texts, known = {fact.text for fact in now}, {fact.text for fact in then}
    if not any(fact.kind == "forward" for fact in then):
        known |= {fact.text for fact in now if fact.kind == "unforward"}
    here = (fact if fact.text in known else replace(fact, fate="new") for fact in now)
    gone = (
        replace(fact, fate="removed")
        for fact in then
        if fact.text not in texts and fact.kind not in ("forward", "unforward")
    )
    return (*here, *gone)


def _route(namespace: Namespace, route: Route) -> str:
    if route.kind != "unicast":
        return f"{route.kind} {route.destination}"
    interface = namespace.interface(route.interface)
    return f"{route.destination} → {route.gateway or (interface.name if interface else '?')}"
