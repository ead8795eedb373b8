"""A network while it is being edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..model.network import Address, Bridge, Interface, Namespace, Network, Route

LOOPBACK_ADDRESSES = (Address("127.0.0.1", 8, "host"), Address("::1", 128, "host"))


class Sketch:
    """A network's namespaces, to be replaced one by one."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._spaces = {space.name: space for space in network.everywhere}

    def network(self) -> Network:
        """The network as it is now."""
        host, *others = (self._with_local_routes(space) for space in self._spaces.values())
        return replace(self._network, host=host, namespaces=tuple(others))

    def _with_local_routes(self, space: Namespace) -> Namespace:
        """The namespace with what its table ``local`` gains and loses with its addresses."""
        was = self._network.get(space.name)
        if was is None or not was.local_routes or was.interfaces is space.interfaces:
            return space
        before, now = _own(was), _own(space)
        kept = [r for r in space.local_routes if (r.destination.partition("/")[0], r.interface) not in before - now]
        new = [
            Route(f"{ip}/{128 if ':' in ip else 32}", 6 if ":" in ip else 4, None, index, ip, table=255, kind="local")
            for ip, index in sorted(now - before)
        ]
        return replace(space, local_routes=(*kept, *new))

    def space(self, name: str) -> Namespace:
        return self._spaces[name]

    def interface(self, where: str, name: str | int | None) -> Interface:
        """An interface that is known to be there."""
        found = self._spaces[where].interface(name)
        if found is None:
            raise LookupError(f"{where} has no interface {name}")
        return found

    def add_space(self, name: str) -> None:
        lo = Interface(1, "lo", "loopback", "00:00:00:00:00:00", 65536)
        self._spaces[name] = Namespace(name, interfaces=(lo,))

    def drop_space(self, name: str) -> None:
        for interface in self._spaces[name].interfaces:
            self.drop_interface(name, interface.name)
        del self._spaces[name]

    def set_space(self, name: str, **fields: Any) -> None:
        self._spaces[name] = replace(self._spaces[name], **fields)

    def set_interface(self, where: str, name: str, **fields: Any) -> Interface:
        old = self.interface(where, name)
        new = replace(old, **fields)
        interfaces = (new if i is old else i for i in self._spaces[where].interfaces)
        self.set_space(where, interfaces=tuple(interfaces))
        return new

    def add_interface(self, where: str, name: str, kind: str) -> Interface:
        space = self._spaces[where]
        index = max((i.index for i in space.interfaces), default=0) + 1
        bridge = Bridge() if kind == "bridge" else None
        made = Interface(index, name, kind, self._free_mac(), bridge=bridge)
        self.set_space(where, interfaces=(*space.interfaces, made))
        return made

    def _free_mac(self) -> str:
        taken = {i.mac for space in self._spaces.values() for i in space.interfaces}
        numbers = (f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}" for n in range(1 << 16))
        return next(mac for mac in numbers if mac not in taken)

    def drop_interface(self, where: str, name: str) -> None:
        """Remove an interface, the other end of its cable, and every route over them."""
        gone = self.interface(where, name)
        far = self.peer(gone)
        self._drop_end(where, gone.index)
        if far:
            self._drop_end(far[0], far[1].index)

    def _drop_end(self, where: str, index: int) -> None:
        gone, space = self.interface(where, index), self._spaces[where]
        left = (i for i in space.interfaces if i.index != index)
        freed = (replace(i, master=None, port=None) if i.master == index else i for i in left)
        sysctls = tuple(line for line in space.sysctls if f".conf.{gone.name}." not in line[0])
        self.set_space(where, interfaces=tuple(freed), sysctls=sysctls)
        self.keep_routes(where, lambda route: route.interface != index)

    def peer(self, interface: Interface) -> tuple[str, Interface] | None:
        """Where the other end of a cable is."""
        space = self._spaces.get(interface.peer_namespace or "")
        far = space.interface(interface.peer_index) if space else None
        return (space.name, far) if space and far else None

    def add_route(self, where: str, route: Route) -> None:
        space = self._spaces[where]
        if route not in space.routes:
            self.set_space(where, routes=(*space.routes, route))

    def keep_routes(self, where: str, wanted: Callable[[Route], bool]) -> None:
        """Remove the routes that aren't wanted."""
        self.set_space(where, routes=tuple(filter(wanted, self._spaces[where].routes)))


def _own(space: Namespace) -> set[tuple[str, int]]:
    """The addresses that are a namespace's own, each with the index of its interface."""
    return {
        (address.ip, interface.index)
        for interface in space.interfaces
        for address in interface.addresses
        if address.family == 4 or (interface.up and not address.dadfailed)
    }
