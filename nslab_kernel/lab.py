"""The one object behind every magic and widget: a network of namespaces, as Python calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from .core.actions import Action, AddNamespace, DeleteNamespace, Operation
from .core.language import language_of
from .core.network import Network
from .lab_breaking import Breaking
from .lab_reaching import Reaching

if TYPE_CHECKING:
    import networkx

    from .core.diagnosis import Diagnosis
    from .core.judging import Verdict
    from .core.pings import PingTable
    from .linux.counters import Counters
    from .linux.processes import Process, Result
    from .linux.reading import Reader
    from .linux.watch import Watch
    from .picture import Mark, Picture

T = TypeVar("T")


class Lab(Reaching, Breaking):
    """The network that this process's kernel sees, to look at and to build.

    A lab holds no state of its own: whatever it says is read from the kernel at that moment.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``, for pictures and words; by default what the environment asks for
        (`nslab_kernel.core.language.language_of`).

    Attributes
    ----------
    sandboxed
        Whether the host is a lab's own. Otherwise it is a real machine (*host mode*): what is made there is marked, and
        nothing else is ever removed.
    """

    def __init__(self, language: str | None = None) -> None:
        self.language = language or language_of(os.environ)
        self.sandboxed = os.environ.get("NSLAB") == "1"
        self._reader: Reader | None = None

    def snapshot(self, *, volatile: bool = False) -> Network:
        """The lab as it is now.

        Parameters
        ----------
        volatile
            Whether to read who listens on which port, which neighbours are known, and kernel parameters that change
            without an event, too.
        """
        return self._reading().read(volatile=volatile)

    def close(self) -> None:
        """Let go of the handles that reading keeps; the network stays as it is."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    # looking

    def graph(self) -> networkx.MultiGraph:
        """The lab as a graph; `nslab_kernel.picture.graph` documents its attributes."""
        from .picture import graph

        return graph(self.snapshot())

    def picture(
        self,
        network: Network | None = None,
        *,
        before: Network | None = None,
        of: str | None = None,
        mac: bool = False,
        marks: Sequence[Mark] = (),
        columns: int | None = None,
    ) -> Picture:
        """A picture of the lab.

        Parameters
        ----------
        network
            The snapshot to draw; by default the lab as it is now.
        before
            An earlier snapshot: what has changed since then stands out.
        of
            A namespace or a bridge of the host, to be shown alone with its neighbourhood.
        mac
            Whether to show MAC addresses.
        marks
            Places to point at.
        columns
            How many namespaces stand side by side, by default three: fewer where there is little width.
        """
        from .picture import draw

        shown = network or self.snapshot()
        return draw(shown, before=before, language=self.language, mac=mac, of=of, marks=marks, columns=columns)

    def check(self, claims: str) -> tuple[Verdict, ...]:
        """Try out claims about the lab, with real packets where a claim is about reaching something.

        Parameters
        ----------
        claims
            One claim a line, such as ``ns1 can ping 172.16.1.2``; `nslab_kernel.core.claims.FORMS` has them all.

        Raises
        ------
        NslabError
            If a line is no claim; then nothing is tried.
        """
        from .core.claims import parse
        from .core.judging import judge, probes
        from .linux.checking import probe_all

        wanted, network = parse(claims), self.snapshot()
        answers = probe_all(probe for claim in wanted for probe in probes(claim, network))
        return tuple(judge(claim, network, answers, self.language) for claim in wanted)

    def why(self, source: str, destination: str, tcp: int | None = None, udp: int | None = None) -> Diagnosis:
        """Why a packet doesn't arrive, or by which way it does; nothing is sent (`nslab_kernel.core.diagnosis.why`).

        Parameters
        ----------
        source
            The namespace that sends; ``"host"`` for the host.
        destination
            A namespace, an address or a name, which is looked up as the source would.
        tcp, udp
            The port to be reached; without either, it is a ping.

        Examples
        --------
        >>> print(Lab().why("ns1", "ns2", tcp=80))  # doctest: +SKIP
        """
        from .core import diagnosis
        from .linux import lookup

        return diagnosis.why(
            self.snapshot(volatile=True),
            source,
            destination,
            tcp=tcp,
            udp=udp,
            language=self.language,
            resolve=partial(lookup.addresses, source),
            servers=lookup.servers(source),
        )

    # building

    def bridge(self, name: str, *addresses: str) -> Operation:
        """Make a bridge in the host and bring it up, with addresses if any are given.

        Parameters
        ----------
        name
            The bridge's name, such as ``mydocker0``.
        addresses
            IPv4 or IPv6 addresses with their prefix length, such as ``172.16.0.1/16``.
        """
        from .core import plans

        return self._do(plans.bridge(self.snapshot(), name, addresses))

    def attach(self, bridge: str, namespace: str, *addresses: str) -> Operation:
        """Make a namespace and plug it into a bridge by a veth pair, all or nothing.

        What the tutorial's ``add-ns-to-br.sh`` does: ``veth-NAMESPACE`` becomes a port of the
        bridge, ``eth00-NAMESPACE`` gets the addresses, and both are brought up.

        Parameters
        ----------
        bridge
            A bridge of the host.
        namespace
            The name of the namespace to make.
        addresses
            IPv4 or IPv6 addresses with their prefix length, such as ``172.16.1.1/16``.
        """
        return self.attach_many(bridge, {namespace: addresses})

    def attach_many(self, bridge: str, namespaces: Mapping[str, str | tuple[str, ...]]) -> Operation:
        """Make many namespaces and plug each into a bridge, all or nothing (see `attach`).

        Parameters
        ----------
        bridge
            A bridge of the host.
        namespaces
            The namespaces to make, each with its address or addresses.
        """
        from .core import plans

        wanted = {name: (given,) if isinstance(given, str) else tuple(given) for name, given in namespaces.items()}
        return self._do(plans.attach(self.snapshot(), bridge, wanted))

    def detach(self, namespace: str) -> Operation:
        """Remove a namespace, the veth pairs that lead into it, and the processes that run in it."""
        from .core import plans, publishing, walls
        from .linux import inhabitants

        network = self.snapshot()
        left = inhabitants.remains(network).get(namespace, plans.Remains())
        planned = plans.detach(network, namespace, left)
        place = plans.find_namespace(network, namespace)
        return self._do((*publishing.withdraw_all(network, place), *walls.withdraw_all(network, place), *planned))

    def reset(self) -> Operation:
        """Give a bare host back: no namespaces, no interfaces but ``lo``, no rules, default settings.

        In host mode it removes only what the lab has made (see `nslab_kernel.core.host_mode`).
        """
        from .core import host_mode, plans
        from .core.joining import UnsetResolver
        from .core.network import HOST
        from .linux import inhabitants, namespaces, resolvers, rulesets, settings

        self.exercise = None
        if not self.sandboxed:
            network = self.snapshot()
            return self._do(host_mode.reset(network, inhabitants.remains(network)))
        network = self._reading().outline()
        own = settings.departures([HOST], of_interfaces=False)[HOST]
        firewall = namespaces.entered(namespaces.host(), rulesets.has_tables)
        resolver = (UnsetResolver(),) if resolvers.is_set() else ()
        return self._do((*plans.reset(network, inhabitants.remains(network), own, firewall=firewall), *resolver))

    def script(self) -> str:
        """A plain shell script that builds the present network from nothing on any Linux."""
        from .core.script import script
        from .linux import details

        network = self.snapshot()
        return script(network, details.read(network))

    def ping_all(self, *namespaces: str) -> PingTable:
        """Who reaches whom: every namespace pings every other at once.

        Parameters
        ----------
        namespaces
            Which ones; by default all but the host. ``"host"`` may be named.
        """
        from .core import pings, plans
        from .linux import pinging

        network = self.snapshot()
        for name in namespaces:
            plans.find_namespace(network, name)
        return pinging.ping_all(network, namespaces or pings.default_names(network))

    def _reading(self) -> Reader:
        if self._reader is None:
            from .linux.reading import Reader

            self._reader = Reader()
        return self._reader

    def _do(self, actions: tuple[Action, ...]) -> Operation:
        from .linux import netlink

        planned = actions if self.sandboxed else self._guarded(actions)
        coming_or_going = sum(isinstance(action, (AddNamespace, DeleteNamespace)) for action in planned)
        with self._reading().unheard(coming_or_going):
            netlink.apply(planned)
        return Operation(planned)

    def _guarded(self, actions: tuple[Action, ...]) -> tuple[Action, ...]:
        from .core import guard, host_mode
        from .linux import inhabitants

        client = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
        around = guard.Surroundings(frozenset(inhabitants.with_files()), client.partition("%")[0])
        return host_mode.guarded(self.snapshot(), actions, around)

    # running

    def run(
        self,
        namespace: str,
        command: str,
        *,
        timeout: float | None = None,
        on_output: Callable[[str, str], None] | None = None,
    ) -> Result:
        """Run shell lines in a namespace; see `nslab_kernel.linux.processes.run`.

        Parameters
        ----------
        namespace
            Where to run; ``"host"`` for the host.
        command
            Shell lines, as in a ``%%bash`` cell.
        timeout
            Seconds after which the whole process group is ended; None waits for ever.
        on_output
            Called with ``"stdout"`` or ``"stderr"`` and each piece of output as it comes.
        """
        from .linux import processes

        return processes.run(namespace, command, timeout=timeout, on_output=on_output)

    def start(self, namespace: str, command: str, *, keep_output: bool = False) -> Process:
        """Start shell lines in a namespace and go on; see `nslab_kernel.linux.processes.start`.

        Parameters
        ----------
        namespace
            Where to run; ``"host"`` for the host.
        command
            Shell lines, as in a ``%%bash`` cell.
        keep_output
            Whether the process's ``stdout`` and ``stderr`` can be read; otherwise its output is thrown away.
        """
        from .linux import processes

        return processes.start(namespace, command, keep_output=keep_output)

    def inside(self, namespace: str, call: Callable[[], T]) -> T:
        """What ``call`` returns when it is called in a namespace; the sockets that it opens stay there.

        It runs in a thread of its own: this one never changes its namespace.

        Examples
        --------
        >>> server = Lab().inside("ns1", lambda: socket.create_server(("172.16.1.1", 8080)))  # doctest: +SKIP
        """
        from .linux import namespaces

        return namespaces.entered(namespaces.find(namespace), call)

    def counters(self, namespace: str) -> dict[str, Counters]:
        """What has gone through each interface of a namespace, by the interface's name."""
        from .linux import counters

        return counters.read(namespace)

    def watch(self, callback: Callable[[], None]) -> Watch:
        """Call ``callback`` after each change of the network, whoever made it, until ``.close()``."""
        from .linux.watch import Watch

        return Watch(callback)
