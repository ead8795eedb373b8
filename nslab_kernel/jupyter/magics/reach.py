"""Magics that reach out and are reached: NAT, published ports, cables, filters, the world outside."""

from __future__ import annotations

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from ...core.errors import NslabError
from ...core.operations.internet import SHARED_HOST_ADDRESS
from ...core.operations.pasta_command import ADDRESS, INTERFACE, MACHINE, RESOLVER
from ...core.translation import _
from ..display import show_commands
from ..messages import say
from ..parsing import NslabMagics, parse

_OPENED = _(
    "{interface} ({address}) leads into this machine's own network, by IPv4:\n"
    "programs in the lab reach whatever this machine reaches, and appear there with its address;\n"
    "{machine} is this machine itself, the services on its loopback included; {resolver} asks its DNS server.\n"
    "Nobody outside reaches the lab. `%netns_internet --off` ends it, and so does the end of the lab.",
    interface=INTERFACE,
    address=ADDRESS,
    machine=MACHINE,
    resolver=RESOLVER,
)

_MADE_UP = _(
    "All of it is made up and answers in this lab alone. So do 8.8.8.8, 8.8.4.4 and 1.1.1.1 (ping and DNS), "
    "google.com, github.com and example.com (http and https), and ifconfig.me and icanhazip.com "
    "(they say your address)."
)

_SHARED = _(
    "The host's IPv4 address is {address}, shared address space (RFC 6598). The provider translates it to its own, "
    "which `curl ifconfig.me` shows; nobody outside can begin a connection to the host, whatever port you publish. "
    "IPv6 is as it was.",
    address=SHARED_HOST_ADDRESS,
)


@magics_class
class ReachingMagics(NslabMagics):
    """Each prints the equivalent commands."""

    @magic_arguments()
    @argument("--real", action="store_true", help="Join the lab to the network of this machine instead.")
    @argument("--cgnat", action="store_true", help="The provider shares its IPv4 address: carrier-grade NAT.")
    @argument("--off", action="store_true", help="Take it away again.")
    @argument("--commands", action="store_true", help="Print the equivalent commands.")
    @line_magic
    def netns_internet(self, line: str) -> None:
        """Give the host an uplink to a world outside: a provider, a web server, a DNS server, another customer.

        It is part of the lab, works offline, and has documentation addresses (RFC 5737, RFC 3849).
        With ``--cgnat`` the host's IPv4 address is none that the world knows, as at mobile providers (RFC 6598).
        With ``--real`` programs in the lab connect to whatever this machine reaches, its own services included.

        Examples
        --------
        ``%netns_internet``
        ``%netns_internet --cgnat``
        ``%netns_internet --real``
        ``%netns_internet --off``
        """
        wanted = parse(self.netns_internet, line)
        if wanted.cgnat and (wanted.real or wanted.off):
            raise NslabError(
                _("Only the provider of the simulated internet can share its address."),
                _("Write `%netns_internet --cgnat`."),
            )
        if wanted.off:
            done = self.lab.internet_off()
        else:
            done = self.lab.uplink() if wanted.real else self.lab.internet(cgnat=wanted.cgnat)
        if wanted.commands:
            show_commands(done.commands)
        elif not wanted.off:
            if wanted.real:
                say(_OPENED)
            else:
                print(_servers())
                say(_MADE_UP)
                if wanted.cgnat:
                    say(_SHARED)

    @magic_arguments()
    @argument("bridge", help="A bridge of the host with an address.")
    @argument("--off", action="store_true", help="Take it back.")
    @line_magic
    def netns_nat(self, line: str) -> None:
        """Let the namespaces on a bridge reach the world: default routes, forwarding, masquerade.

        IPv6 addresses are routed, not translated.

        Examples
        --------
        ``%netns_nat mydocker0``
        ``%netns_nat mydocker0 --off``
        """
        wanted = parse(self.netns_nat, line)
        show_commands((self.lab.nat_off if wanted.off else self.lab.nat)(wanted.bridge).commands)

    @magic_arguments()
    @argument("host_port", type=int, help="The port of the host.")
    @argument("goal", nargs="?", metavar="namespace:port", help="Where it leads.")
    @argument("--udp", action="store_true", help="A UDP port instead of TCP.")
    @argument("--off", action="store_true", help="Take it back.")
    @line_magic
    def netns_publish(self, line: str) -> None:
        """Make a port of a namespace reachable at the host's addresses, as ``docker run -p`` does.

        Examples
        --------
        ``%netns_publish 80 ns1:8080``
        ``%netns_publish 80 --off``
        """
        wanted = parse(self.netns_publish, line)
        protocol = "udp" if wanted.udp else "tcp"
        if wanted.off:
            show_commands(self.lab.unpublish(wanted.host_port, protocol).commands)
            return
        namespace, _colon, port = (wanted.goal or "").rpartition(":")
        if not namespace or not (port.isascii() and port.isdigit()):
            raise NslabError(
                _(
                    '"{goal}" doesn\'t say where port {host_port} is to lead.',
                    goal=wanted.goal or "",
                    host_port=wanted.host_port,
                ),
                _("Write `%netns_publish {host_port} ns1:8080`.", host_port=wanted.host_port),
            )
        show_commands(self.lab.publish(wanted.host_port, namespace, int(port), protocol).commands)

    @magic_arguments()
    @argument("one", help="A namespace, or a bridge of the host.")
    @argument("other", help="Another namespace, or another bridge.")
    @argument("address", help="The address of the first end, or of the router on the first bridge.")
    @argument("other_address", help="The address of the second.")
    @argument("--router", metavar="NAME", default="router", help="Between bridges: what to call the router.")
    @line_magic
    def netns_connect(self, line: str) -> None:
        """Connect two namespaces directly, or put a router between two bridges.

        Examples
        --------
        ``%netns_connect ns1 ns2 10.9.0.1/30 10.9.0.2/30``
        ``%netns_connect mydocker0 mydocker1 172.16.0.254/16 172.17.0.254/16 --router r1``
        """
        wanted = parse(self.netns_connect, line)
        host = self.lab.snapshot().host
        ends = [host.interface(name) for name in (wanted.one, wanted.other)]
        pair = (wanted.one, wanted.other, wanted.address, wanted.other_address)
        if all(end is not None and end.kind == "bridge" for end in ends):
            show_commands(self.lab.router(*pair, wanted.router).commands)
        else:
            show_commands(self.lab.connect(*pair).commands)

    @magic_arguments()
    @argument("namespace", help="A namespace, or host.")
    @argument("interface", help="Its interface.")
    @argument("address", help="The address with its prefix length.")
    @line_magic
    def netns_address(self, line: str) -> None:
        """Give an interface one more address.

        Examples
        --------
        ``%netns_address host mydocker0 172.16.0.1/16``
        """
        wanted = parse(self.netns_address, line)
        show_commands(self.lab.address(wanted.namespace, wanted.interface, wanted.address).commands)

    @magic_arguments()
    @argument("namespace", help="A namespace, or host.")
    @argument("destination", help="A subnet, or default.")
    @argument("gateway", help="The neighbour that passes its packets on.")
    @line_magic
    def netns_route(self, line: str) -> None:
        """Send a namespace's packets for a destination to a gateway.

        Examples
        --------
        ``%netns_route ns1 default 172.16.0.1``
        ``%netns_route ns1 10.1.0.0/16 172.16.0.254``
        """
        wanted = parse(self.netns_route, line)
        show_commands(self.lab.route(wanted.namespace, wanted.destination, wanted.gateway).commands)

    @magic_arguments()
    @argument("namespace", help="A namespace.")
    @argument("server", nargs="?", default="203.0.113.53", help="The DNS server's address.")
    @line_magic
    def netns_dns(self, line: str) -> None:
        """Name the DNS server that programs of a namespace ask; by default that of ``%netns_internet``.

        Examples
        --------
        ``%netns_dns ns1``
        ``%netns_dns ns1 203.0.113.53``
        """
        wanted = parse(self.netns_dns, line)
        show_commands(self.lab.dns(wanted.namespace, wanted.server).commands)

    @magic_arguments()
    @argument("namespace", help="Whose packets are judged: a namespace, or host.")
    @argument("hook", nargs="?", default="", help="input, forward or output.")
    @argument("verdict", nargs="?", default="", help="accept, drop or reject.")
    @argument(
        "--from", dest="source", default="", metavar="X", help="Only packets from this namespace, address or subnet."
    )
    @argument("--to", dest="destination", default="", metavar="X", help="Only packets to it.")
    @argument("--tcp", type=int, metavar="PORT", help="Only TCP packets to this port.")
    @argument("--udp", type=int, metavar="PORT", help="Only UDP packets to this port.")
    @argument("--off", action="store_true", help="Remove the rules that this magic added.")
    @line_magic
    def netns_firewall(self, line: str) -> None:
        """Add a filter rule to a namespace.

        Examples
        --------
        ``%netns_firewall host forward drop --from ns2``
        ``%netns_firewall ns1 input reject --tcp 8080``
        ``%netns_firewall host --off``
        """
        wanted = parse(self.netns_firewall, line)
        if wanted.off:
            show_commands(self.lab.firewall_off(wanted.namespace).commands)
            return
        done = self.lab.firewall(
            wanted.namespace,
            wanted.hook,
            wanted.verdict,
            source=wanted.source,
            destination=wanted.destination,
            tcp=wanted.tcp,
            udp=wanted.udp,
        )
        show_commands(done.commands)


def _servers() -> str:
    """Who is there to be talked to in the made-up world outside."""
    from ...core.operations.internet import SERVERS

    lines = []
    for server in SERVERS:
        v4, v6 = (cidr.partition("/")[0] for cidr in server.addresses)
        lines.append(f"{server.namespace:10} {v4:14} {v6:18} {server.name}")
    return "\n".join(lines)
