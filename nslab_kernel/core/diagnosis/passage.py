"""A packet's passage through one namespace: netfilter's hooks, translation included."""

from __future__ import annotations

from ..firewall import Chain
from ..network import Interface, Namespace
from .addresses import parsed, usable
from .conditions import Sight
from .filtering import Decision, decide, filter_by, refusal
from .findings import Place
from .packet import Packet
from .routing import source_to_masquerade
from .tracking import Connection, End
from .walk import Cause, StoppedError, Walk

_NAT = {
    "prerouting": ("destination", -100),
    "output": ("destination", -100),
    "postrouting": ("source", 100),
    "input": ("source", 100),
}  # which end is translated there, and at what priority
_LOOPBACK = {4: "127.0.0.1", 6: "::1"}


class Passage:
    """A packet on its way through one namespace, from hook to hook.

    Parameters
    ----------
    packet
        The packet as it comes in, or as a program sends it. Translation replaces it.
    """

    def __init__(self, walk: Walk, here: Namespace, packet: Packet) -> None:
        self.packet = packet
        self._destination = packet.destination
        self._walk = walk
        self._here = here
        self._track = walk.connections.track(here, packet)

    @property
    def redirected(self) -> bool:
        """Whether it has another destination now than when it came in."""
        return self.packet.destination != self._destination

    def hook(self, name: str, iif: Interface | None = None, oif: Interface | None = None, gateway: str = "") -> Packet:
        """Take the packet through one hook.

        Parameters
        ----------
        gateway
            The next hop, by which masquerade chooses its address.

        Raises
        ------
        StoppedError
            Where a rule or a policy drops it.
        """
        chains = self._here.firewall.base_chains(name, self.packet.family)
        filters = [chain for chain in chains if chain.kind != "nat"]
        end, turn = _NAT.get(name, ("", 0))
        filter_by(self._walk, name, (c for c in filters if c.priority < turn), self._sight(iif, oif))
        if end:
            self._translate(name, [chain for chain in chains if chain.kind == "nat"], iif, oif, gateway)
        filter_by(self._walk, name, (c for c in filters if c.priority >= turn), self._sight(iif, oif))
        return self.packet

    def _sight(self, iif: Interface | None, oif: Interface | None) -> Sight:
        return Sight(self._here, self.packet, iif.name if iif else "", oif.name if oif else "", self._track.state)

    def _translate(
        self, name: str, chains: list[Chain], iif: Interface | None, oif: Interface | None, gateway: str
    ) -> None:
        connection = self._track.connection
        if connection is None:
            return
        if not self._track.back and name not in connection.decided:
            connection.decided.add(name)
            self._decide(name, chains, iif, oif, gateway, connection)
        end = _NAT[name][0]
        before = self.packet
        self.packet = self._track.translated(before, end)
        if self.packet != before:
            facts = {"before": before.end(end), "after": self.packet.end(end)}
            self._walk.step(f"translated-{end}", self._here, oif or iif, **facts)

    def _decide(
        self,
        name: str,
        chains: list[Chain],
        iif: Interface | None,
        oif: Interface | None,
        gateway: str,
        connection: Connection,
    ) -> None:
        for chain in chains:
            decision = decide(self._walk, chain, self._sight(iif, oif))
            if decision.kind in ("drop", "reject"):
                raise StoppedError(refusal(self._here, name, decision, self.packet))
            if decision.kind in ("masquerade", "snat"):
                connection.source = self._new_source(decision, oif, gateway)
                return
            if decision.kind in ("dnat", "redirect"):
                connection.destination = self._new_destination(name, decision, iif)
                return

    def _new_source(self, decision: Decision, oif: Interface | None, gateway: str) -> End:
        assert decision.rule
        ip = decision.rule.verdict.target
        if decision.kind == "masquerade" and oif:
            ip = source_to_masquerade(self._here, oif, gateway or self.packet.destination)
            if not ip:
                place = Place(self._here.name, oif.name)
                raise StoppedError(Cause("nothing-to-masquerade-as", place, {"rule": decision.rule.text}))
        return self._end(decision, ip or self.packet.source, self.packet.source_port)

    def _new_destination(self, name: str, decision: Decision, iif: Interface | None) -> End:
        assert decision.rule
        ip = decision.rule.verdict.target
        if decision.kind == "redirect":
            own = usable(iif, self.packet.family) if iif and name == "prerouting" else []
            ip = own[0].ip if own else _LOOPBACK[self.packet.family]
        return self._end(decision, ip or self.packet.destination, self.packet.destination_port)

    def _end(self, decision: Decision, ip: str, port: int) -> End:
        """The address and port that a rule puts in; ranges aren't evaluated."""
        assert decision.rule
        wanted = decision.rule.verdict.port
        try:
            return str(parsed(ip)), int(wanted) if wanted else port
        except ValueError:
            raise self._walk.lost("unread-nat", Place(self._here.name), rule=decision.rule.text) from None
