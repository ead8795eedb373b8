"""The part of `Lab` that reaches out and is reached: NAT, published ports, cables, filters, the world outside."""

from __future__ import annotations

from abc import ABC, abstractmethod

from .core.actions import Action, Operation
from .core.errors import NslabError
from .core.network import Network


class Reaching(ABC):
    """What needs more than one bridge."""

    sandboxed: bool

    @abstractmethod
    def snapshot(self, *, volatile: bool = False) -> Network:
        """The lab as it is now."""

    @abstractmethod
    def _do(self, actions: tuple[Action, ...]) -> Operation:
        """Carry a plan out, all or nothing."""

    def nat(self, bridge: str) -> Operation:
        """Let the namespaces on a bridge reach what the host reaches (`nslab_kernel.core.nat.nat`)."""
        from .core import nat

        return self._do(nat.nat(self.snapshot(), bridge))

    def nat_off(self, bridge: str) -> Operation:
        """Take back what `nat` did for a bridge."""
        from .core import nat

        return self._do(nat.nat_off(self.snapshot(), bridge))

    def publish(self, host_port: int, namespace: str, port: int, protocol: str = "tcp") -> Operation:
        """Make a port of a namespace reachable at the host's addresses (`nslab_kernel.core.publishing.publish`)."""
        from .core import publishing

        return self._do(publishing.publish(self.snapshot(volatile=True), host_port, namespace, port, protocol))

    def unpublish(self, host_port: int, protocol: str = "tcp") -> Operation:
        """Take a published port back."""
        from .core import publishing

        return self._do(publishing.withdraw(self.snapshot(), host_port, protocol))

    def connect(self, one: str, other: str, address: str, other_address: str) -> Operation:
        """Lay a cable straight between two namespaces (`nslab_kernel.core.joining.cable`)."""
        from .core import joining

        return self._do(joining.cable(self.snapshot(), one, other, (address, other_address)))

    def router(self, one: str, other: str, address: str, other_address: str, name: str = "router") -> Operation:
        """Put a router between two bridges (`nslab_kernel.core.joining.router`)."""
        from .core import joining

        return self._do(joining.router(self.snapshot(), one, other, (address, other_address), name))

    def address(self, namespace: str, interface: str, address: str) -> Operation:
        """Give an interface one more address."""
        from .core import joining

        return self._do(joining.address(self.snapshot(), namespace, interface, address))

    def route(self, namespace: str, destination: str, gateway: str) -> Operation:
        """Send a namespace's packets for a destination to a gateway (`nslab_kernel.core.joining.route`)."""
        from .core import joining

        return self._do(joining.route(self.snapshot(), namespace, destination, gateway))

    def dns(self, namespace: str, server: str) -> Operation:
        """Name the DNS server that programs of a namespace ask."""
        from .core import joining

        return self._do(joining.resolver(self.snapshot(), namespace, server))

    def firewall(
        self,
        namespace: str,
        hook: str,
        verdict: str,
        *,
        source: str = "",
        destination: str = "",
        tcp: int | None = None,
        udp: int | None = None,
    ) -> Operation:
        """Add a filter rule to a namespace (`nslab_kernel.core.walls.wall`)."""
        from .core.walls import Condition, wall

        return self._do(wall(self.snapshot(), namespace, hook, verdict, Condition(source, destination, tcp, udp)))

    def firewall_off(self, namespace: str) -> Operation:
        """Remove the filter rules that `firewall` added to a namespace."""
        from .core.walls import walls_off

        return self._do(walls_off(self.snapshot(), namespace))

    def internet(self) -> Operation:
        """Give the host an uplink to a world outside, with servers that answer (`nslab_kernel.core.outside`).

        Raises
        ------
        NslabError
            In host mode: a real machine has a real uplink.
        """
        from .core import outside
        from .linux.outside import start_servers

        self._refuse_real_machine()
        done = self._do(outside.internet(self.snapshot()))
        try:
            start_servers()
        except BaseException:
            self.internet_off()
            raise
        return done

    def uplink(self) -> Operation:
        """Join the host to the network of the machine that the lab runs on (`nslab_kernel.core.uplink`).

        Programs in the lab can then connect to whatever the machine reaches, its own services included.

        Raises
        ------
        NslabError
            In host mode, and where the machine lacks pasta or ``/dev/net/tun``.
        """
        from .core import uplink

        self._refuse_real_machine()
        return self._do(uplink.uplink(self.snapshot()))

    def internet_off(self) -> Operation:
        """Take the world outside away, made up or real."""
        from .core import outside, uplink
        from .linux import inhabitants

        network = self.snapshot()
        if outside.is_real(network):
            return self._do(uplink.uplink_off(network))
        return self._do(outside.internet_off(network, inhabitants.remains(network)))

    def _refuse_real_machine(self) -> None:
        if not self.sandboxed:
            raise NslabError(
                "This is a real machine, which has an uplink of its own.",
                "Open a notebook with the kernel nslab, which has a host of its own.",
            )
