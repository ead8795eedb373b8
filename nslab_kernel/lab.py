"""The one object behind every magic and widget: a network of namespaces, as Python calls."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import partial, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from .core.calls import checked
from .core.errors import Interruption, NslabError
from .core.journeys.packets import ACK, SYN
from .core.language import language_of
from .core.model.network import Network
from .core.operations.actions import Action, AddNamespace, DeleteNamespace, Operation
from .core.translation import Message, _, joined

if TYPE_CHECKING:
    import networkx

    from .core.checks.evaluate import Verdict
    from .core.checks.pings import PingTable
    from .core.diagnosis import Diagnosis
    from .core.faults.exercise import Attempt, Exercise
    from .core.journeys.explain import Story
    from .core.journeys.trace import Trace
    from .core.topology.model import Topology
    from .linux.counters import Counters
    from .linux.interrupts import Held
    from .linux.opening import Startup
    from .linux.processes import Process, Result
    from .linux.reading import Reader
    from .linux.tracing import Capture
    from .linux.watch import Watch
    from .picture import Mark, Picture
    from .picture.trace import TraceReport

P = ParamSpec("P")
T = TypeVar("T")

_USUAL_TTL, _SMALL = 64, 576  # of packets that a prediction is compared with; any link carries 576 bytes (RFC 791)
_MOST_SEEDS = 100_000  # few enough digits to be dictated


def _uninterrupted(operation: Callable[P, T]) -> Callable[P, T]:
    """Hold interrupts back for an operation as a whole, then raise one that says how it went."""

    @wraps(operation)
    def call(*arguments: P.args, **named: P.kwargs) -> T:
        lab = arguments[0]
        assert isinstance(lab, Lab)
        lab.interruption = ""
        try:
            from .linux.interrupts import held

            with held():
                return operation(*arguments, **named)
        except Interruption:
            raise
        except KeyboardInterrupt:
            raise Interruption(lab.interruption or _("Interrupted. Nothing was changed.")) from None

    return call


@checked
class Lab:
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
    exercise
        The break that is going on (`break_`), or None.
    on_wait
        Called with a sentence where something takes longer than half a second and isn't done yet, or None.
    last_trace
        What `trace` found last, or None.
    interruption
        What is to be said of an interrupt that comes after the last operation: that this one was done.
    """

    def __init__(self, language: str | None = None) -> None:
        self.language = language or language_of(os.environ)
        self.sandboxed = os.environ.get("NSLAB") == "1"
        self.exercise: Exercise | None = None
        self.on_wait: Callable[[str], None] | None = None
        self.last_trace: TraceReport | None = None
        self.interruption = ""
        self._carried_out = False
        self._reader: Reader | None = None
        self._planned_for: Network | None = None

    def snapshot(self, *, volatile: bool = False) -> Network:
        """The lab as it is now.

        Parameters
        ----------
        volatile
            Whether to read who listens on which port, which neighbours are known, and kernel parameters that change
            without an event, too.
        """
        network = self._reading().read(volatile=volatile)
        self._planned_for = network
        return network

    def close(self) -> None:
        """Let go of the handles that reading keeps; the network stays as it is."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    # looking

    def graph(self, before: Network | None = None) -> networkx.MultiGraph:
        """The lab as a graph, from which the picture is drawn; `nslab_kernel.picture.graph` documents its attributes.

        Parameters
        ----------
        before
            An earlier snapshot: each node and cable then has what became of it as its ``status``.
        """
        from .picture import graph

        return graph(self.snapshot(), before)

    def picture(
        self,
        network: Network | None = None,
        *,
        before: Network | None = None,
        of: str | None = None,
        mac: bool = False,
        marks: Sequence[Mark] = (),
        columns: int | None = None,
        facts: bool = False,
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
            How many namespaces stand side by side; by default as many as make it wider than high.
        facts
            Whether to show facts alone, and not what is still missing.
        """
        from .picture import draw

        shown = network or self.snapshot()
        return draw(
            shown, before=before, language=self.language, mac=mac, of=of, marks=marks, columns=columns, facts=facts
        )

    def check(self, claims: str) -> tuple[Verdict, ...]:
        """Try out claims about the lab, with real packets where a claim is about reaching something.

        Parameters
        ----------
        claims
            One claim a line, such as ``ns1 can ping 172.16.1.2``; `nslab_kernel.core.checks.parse.FORMS` has them all.

        Raises
        ------
        NslabError
            If a line is no claim; then nothing is tried.
        """
        from .core.checks.evaluate import judge, probes
        from .core.checks.packet_claims import experiments
        from .core.checks.parse import PacketClaim, parse
        from .linux.checking import probe_all
        from .linux.observing import observe

        wanted, network = parse(claims), self.snapshot()
        answers = probe_all(
            (probe for claim in wanted for probe in probes(claim, network)), self.snapshot, self._on_wait
        )
        watched = [one for claim in wanted if isinstance(claim, PacketClaim) for one in experiments(claim, network)]
        observed = observe(watched, [namespace.name for namespace in network.everywhere])
        return tuple(judge(claim, network, answers, observed) for claim in wanted)

    def why(
        self, source: str, destination: str, tcp: int | None = None, udp: int | None = None, size: int = 0
    ) -> Diagnosis:
        """Why a packet doesn't arrive, or by which way it does; nothing is sent (`nslab_kernel.core.diagnosis.why`).

        Parameters
        ----------
        source
            The namespace that sends; ``"host"`` for the host.
        destination
            A namespace, an address or a name, which is looked up as the source would.
        tcp, udp
            The port to be reached; without either, it is a ping.
        size
            Bytes of data, as ``ping -s`` counts them; 0 for as few as usual.

        Examples
        --------
        >>> print(Lab().why("ns1", "ns2", tcp=80))  # doctest: +SKIP
        """
        from .core import diagnosis
        from .linux import resolvers

        found = diagnosis.why(
            self.snapshot(volatile=True),
            source,
            destination,
            tcp=tcp,
            udp=udp,
            size=size,
            resolve=partial(resolvers.lookup, source),
            servers=resolvers.nameservers(source),
        )
        return replace(found, language=self.language)

    def trace(
        self,
        namespace: str,
        command: str,
        *,
        timeout: float | None = None,
        on_output: Callable[[str, str], None] | None = None,
        **bounds: float,
    ) -> TraceReport:
        """Follow every packet while a command runs: where it was, which rule decided, what became of it.

        An interrupt ends the command; what was seen until then is in ``last_trace``.

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
        bounds
            ``packets``, ``size`` (bytes) and ``seconds`` at which recording ends while the command goes on; by default
            20,000 packets, counted at each interface, 32 MiB, 120 seconds.

        Raises
        ------
        NslabError
            If there is no such namespace, or packets can't be recorded here.

        Examples
        --------
        >>> print(Lab().trace("ns1", "ping -c 1 172.16.1.2").text())  # doctest: +SKIP
        """
        from .linux import namespaces, processes

        namespaces.find(namespace)
        capture = self.capture(**bounds)
        try:
            code = processes.run(namespace, command, timeout=timeout, on_output=on_output).returncode
        except NslabError:  # nothing ran
            capture.abandon()
            raise
        except BaseException:
            self.last_trace = self.traced(capture, namespace, command)
            raise
        self.last_trace = self.traced(capture, namespace, command, code)
        return self.last_trace

    def capture(self, **bounds: float) -> Capture:
        """Begin to record the packets of the whole lab, for `traced` to end; the bounds are those of `trace`."""
        from .linux.tracing import Capture

        return Capture(lambda volatile: self.snapshot(volatile=volatile), language=self.language, **bounds)  # type: ignore[arg-type]

    def traced(
        self,
        capture: Capture,
        namespace: str = "",
        command: str = "",
        code: int | None = None,
        way_predicted: Sequence[str] = (),
    ) -> TraceReport:
        """End a capture and explain what it saw.

        Parameters
        ----------
        capture
            What `capture` began.
        namespace, command, code
            What ran meanwhile, where, and its exit status.
        way_predicted
            The namespaces and bridges that somebody predicts for the first packet, in their order.
        """
        found = capture.stop(namespace, command)  # first: nothing that fails later leaves it open

        from .picture.trace import TraceReport

        values = {field.name: getattr(found, field.name) for field in fields(found)}
        values["way_predicted"] = tuple(way_predicted)
        predicted, agrees = self._predicted(found) if namespace else ("", None)
        return TraceReport(**values, returncode=code, predicted=predicted, agrees=agrees)

    def _predicted(self, trace: Trace) -> tuple[str, bool | None]:
        """What `why` says of a trace's main packet, and whether that is what happened."""
        from .core.diagnosis.findings import verdict

        story = trace.main
        if story is None or self.snapshot() != trace.before or story.packet.kind not in ("icmp", "tcp", "udp"):
            return "", None
        packet = story.packet
        if story.journey.namespace != trace.namespace or not _ordinary(story):
            return "", None
        ports = {packet.kind: packet.dport} if packet.kind != "icmp" else {}
        try:
            found = self.why(trace.namespace, packet.target, **ports)
        except NslabError:
            return "", None
        answer = story.answer
        answered = (answer is not None and not answer.outcome.lost) or (
            packet.kind == "udp" and story.unanswered is None
        )
        happened = answered and not story.outcome.lost
        return verdict(found), None if found.arrives is None else found.arrives == happened

    # building

    @_uninterrupted
    def bridge(self, name: str, *addresses: str) -> Operation:
        """Make a bridge in the host and bring it up, with addresses if any are given.

        Parameters
        ----------
        name
            The bridge's name, such as ``mydocker0``.
        addresses
            IPv4 or IPv6 addresses with their prefix length, such as ``172.16.0.1/16``.
        """
        from .core.operations import plans

        with self._operation(
            _("Interrupted after {name} was made.", name=name), _("Interrupted: {name} was not made.", name=name)
        ):
            return self._do(plans.bridge(self.snapshot(), name, addresses))

    @_uninterrupted
    def attach(self, bridge: str, namespace: str, *addresses: str) -> Operation:
        """Make a namespace and plug it into a bridge by a veth pair, all or nothing.

        What the tutorial's ``add-ns-to-br.sh`` does: ``veth-NAMESPACE`` becomes a port of the
        bridge, ``eth00-NAMESPACE`` gets the addresses, and both are brought up; ``lo`` is brought up as well.

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

    @_uninterrupted
    def attach_many(self, bridge: str, namespaces: Mapping[str, str | tuple[str, ...]]) -> Operation:
        """Make many namespaces and plug each into a bridge, all or nothing (see `attach`).

        Parameters
        ----------
        bridge
            A bridge of the host.
        namespaces
            The namespaces to make, each with its address or addresses.
        """
        from .core.operations import plans

        wanted = {name: (given,) if isinstance(given, str) else tuple(given) for name, given in namespaces.items()}
        with self._operation(
            _("Interrupted after {names} was attached.", names=_listed(wanted)),
            _("Interrupted: {names} was not attached.", names=_listed(wanted)),
        ):
            return self._do(plans.attach(self.snapshot(), bridge, wanted))

    @_uninterrupted
    def detach(self, namespace: str) -> Operation:
        """Remove a namespace, the veth pairs that lead into it, and the processes that run in it."""
        from .core.operations import filter_rules, plans, publish
        from .linux import namespace_processes

        with self._operation(
            _("Interrupted after {namespace} was detached.", namespace=namespace),
            _("Interrupted: {namespace} was not detached.", namespace=namespace),
        ):
            network = self.snapshot()
            left = namespace_processes.remains(network).get(namespace, plans.Remains())
            planned = plans.detach(network, namespace, left)
            place = plans.find_namespace(network, namespace)
            # The rules last: a namespace that stays keeps its published ports.
            rules = (*publish.withdraw_all(network, place), *filter_rules.withdraw_rules(network, place))
            return self._do((*planned, *rules))

    @_uninterrupted
    def reset(self) -> Operation:
        """Give a bare host back: no namespaces, no interfaces but ``lo``, no rules, default settings.

        In host mode it removes only what the lab has made (see `nslab_kernel.core.operations.host_mode`).
        """
        from .core.model.network import HOST
        from .core.operations import host_mode, plans
        from .core.operations.connect import UnsetResolver
        from .linux import namespace_processes, namespaces, nft, resolvers, sysctl

        with self._operation(_("Interrupted after the lab was reset."), _("Interrupted: the lab was not reset.")):
            if not self.sandboxed:
                network = self.snapshot()
                done = self._do(host_mode.reset(network, namespace_processes.remains(network)))
            else:
                self._planned_for = None
                network = self._reading().outline()
                own = sysctl.departures([HOST], of_interfaces=False)[HOST]
                firewall = namespaces.entered(namespaces.host(), nft.has_tables)
                resolver = (UnsetResolver(),) if resolvers.is_set() else ()
                bare = plans.reset(network, namespace_processes.remains(network), own, firewall=firewall)
                done = self._do((*bare, *resolver))
            self.exercise = None
            return done

    def script(self) -> str:
        """A plain shell script that builds the present network from nothing on any Linux."""
        from .core.script.script import script
        from .linux import script_details

        network = self.snapshot(volatile=True)  # proxy neighbours come without an event
        return script(network, script_details.read(network))

    def ping_all(self, *namespaces: str) -> PingTable:
        """Who reaches whom: every namespace pings every other at once.

        Parameters
        ----------
        namespaces
            Which ones; by default all but the host. ``"host"`` may be named.
        """
        from .core.checks import pings
        from .core.model.rest import pending
        from .core.operations import plans
        from .linux import pinging
        from .linux.settling import settle

        network = self.snapshot()
        for name in namespaces:
            plans.find_namespace(network, name)
        names = namespaces or pings.default_names(network)
        table = pinging.ping_all(network, names)
        silent = [ping for ping in table.pings if ping.reason == pings.NO_ANSWER]
        six = any(":" in ping.ip for ping in silent)
        if silent and pending(network, six=six):
            table = pinging.ping_all(settle(self.snapshot, self._on_wait, six=six), names)
        return table

    def _reading(self) -> Reader:
        if self._reader is None:
            from .linux.reading import Reader

            self._reader = Reader()
        return self._reader

    def _do(self, actions: tuple[Action, ...]) -> Operation:
        from .linux.netlink.apply import apply

        before = self._planned_for
        planned = actions if self.sandboxed else self._guarded(actions)
        coming_or_going = sum(isinstance(action, (AddNamespace, DeleteNamespace)) for action in planned)
        try:
            with self._reading().unheard(coming_or_going):
                apply(planned)
        except NslabError as error:
            raise self._with_what_changed(error, before) from None
        self._carried_out = True
        return Operation(planned)

    @contextmanager
    def _operation(self, done: str, undone: str) -> Iterator[Held]:
        """Hold interrupts back while an operation is planned and carried out.

        Parameters
        ----------
        done, undone
            What is to be said where an interrupt came: after it was done, or when it wasn't.
        """
        from .linux.interrupts import held

        self._carried_out = False
        try:
            with held() as pending:
                yield pending
                self.interruption = done
        except NslabError as error:
            self.interruption = joined(_("Interrupted."), error.message)
            raise
        except KeyboardInterrupt:
            raise Interruption(done if self._carried_out else undone) from None

    def _with_what_changed(self, error: NslabError, before: Network | None) -> NslabError:
        """The error with what a fresh reading says: whether it left everything as it was."""
        from .core.lessons.drift import comparable

        if before is None or comparable(self.snapshot()) != comparable(before):
            return error
        return type(error)(joined(error.message, _("Nothing was changed.")), error.cure)

    def _guarded(self, actions: tuple[Action, ...]) -> tuple[Action, ...]:
        from .core.operations import host_mode
        from .linux import namespace_processes

        client = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
        around = host_mode.MachineFacts(frozenset(namespace_processes.with_files()), client.partition("%")[0])
        return host_mode.guarded(self.snapshot(), actions, around)

    # labs of other programs

    def topology(self, path: str) -> Topology:
        """What a lab of Kathará's or containerlab's has, and what can't be built of it here; builds nothing.

        Parameters
        ----------
        path
            A folder with a ``lab.conf`` or with one ``NAME.clab.yml``, or such a file.

        Raises
        ------
        NslabError
            If there is no lab at that path.
        """
        from .linux import opening, topology_files

        folder, found = topology_files.read(path)
        missing, packages = topology_files.lacking(folder, found, opening.has_feature)
        return replace(found, refused=(*found.refused, *missing), packages=tuple(packages))

    def open(self, path: str, on_end: Callable[[Startup], None] | None = None) -> tuple[Topology, tuple[Startup, ...]]:
        """Build a lab of Kathará's or containerlab's, all or nothing, and run its nodes' shell lines.

        Parameters
        ----------
        path
            As for `topology`.
        on_end
            Called as the shell lines of each node have ended.

        Returns
        -------
        tuple[Topology, tuple[Startup, ...]]
            What was built, and how each node's shell lines ended: like the other programs it goes on where some fail.

        Raises
        ------
        NslabError
            Where something can't be built here, all of it named, or in host mode; then nothing was built.
        """
        from .core.topology import plan
        from .linux import opening, topology_files

        self._refuse_real_machine()
        found = self.topology(path)
        if found.refused:
            raise NslabError(
                joined(_("Nothing was built, as this can't be:"), *found.refused, separator="\n- "),
                _("This brings a part of it: `sudo apt install {packages}`", packages=" ".join(found.packages))
                if found.packages
                else "",
            )
        folder, _read = topology_files.read(path)
        done = _("Interrupted: {path} was not opened.", path=path)
        with self._operation(done, done):
            self._do(plan.build(self.snapshot(), found))
        try:
            opening.give_files(folder, found)
            return found, opening.start(found, on_end)
        except BaseException as error:
            with self._operation(done, done):
                self._close_topology(found)
            if isinstance(error, KeyboardInterrupt):
                raise Interruption(done) from None
            raise

    def _close_topology(self, found: Topology) -> None:
        from .core.topology import plan
        from .linux import namespace_processes

        network = self.snapshot()
        self._do(plan.clear(network, found, namespace_processes.remains(network)))

    # running

    def run(
        self,
        namespace: str,
        command: str | Sequence[str],
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
            Shell lines, as in a ``%%bash`` cell, or a command's words, which no shell sees.
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
        """Call ``callback`` after each change of the network, no matter who made it, until ``.close()``."""
        from .linux.watch import Watch

        return Watch(callback)

    # reaching out, and being reached

    @_uninterrupted
    def nat(self, bridge: str) -> Operation:
        """Let the namespaces on a bridge reach what the host reaches (`nslab_kernel.core.operations.nat.nat`)."""
        from .core.operations import nat

        with self._operation(
            _("Interrupted after NAT was switched on for {bridge}.", bridge=bridge),
            _("Interrupted: NAT was not switched on for {bridge}.", bridge=bridge),
        ):
            return self._do(nat.nat(self.snapshot(), bridge))

    @_uninterrupted
    def nat_off(self, bridge: str) -> Operation:
        """Take back what `nat` did for a bridge."""
        from .core.operations import nat

        with self._operation(
            _("Interrupted after NAT was switched off for {bridge}.", bridge=bridge),
            _("Interrupted: NAT was not switched off for {bridge}.", bridge=bridge),
        ):
            return self._do(nat.nat_off(self.snapshot(), bridge))

    @_uninterrupted
    def publish(self, host_port: int, namespace: str, port: int, protocol: str = "tcp") -> Operation:
        """Publish a port of a namespace at the host's addresses (`nslab_kernel.core.operations.publish.publish`)."""
        from .core.operations import publish

        with self._operation(
            _("Interrupted after port {host_port} was published.", host_port=host_port),
            _("Interrupted: port {host_port} was not published.", host_port=host_port),
        ):
            return self._do(publish.publish(self.snapshot(volatile=True), host_port, namespace, port, protocol))

    @_uninterrupted
    def unpublish(self, host_port: int, protocol: str = "tcp") -> Operation:
        """Take a published port back."""
        from .core.operations import publish

        with self._operation(
            _("Interrupted after port {host_port} was withdrawn.", host_port=host_port),
            _("Interrupted: port {host_port} was not withdrawn.", host_port=host_port),
        ):
            return self._do(publish.withdraw(self.snapshot(), host_port, protocol))

    @_uninterrupted
    def connect(self, one: str, other: str, address: str, other_address: str) -> Operation:
        """Lay a cable straight between two namespaces (`nslab_kernel.core.operations.connect.cable`)."""
        from .core.operations import connect

        with self._operation(
            _("Interrupted after {one} was connected to {other}.", one=one, other=other),
            _("Interrupted: {one} was not connected to {other}.", one=one, other=other),
        ):
            return self._do(connect.cable(self.snapshot(), one, other, (address, other_address)))

    @_uninterrupted
    def router(self, one: str, other: str, address: str, other_address: str, name: str = "router") -> Operation:
        """Put a router between two bridges (`nslab_kernel.core.operations.connect.router`)."""
        from .core.operations import connect

        with self._operation(
            _("Interrupted after {name} was made.", name=name), _("Interrupted: {name} was not made.", name=name)
        ):
            return self._do(connect.router(self.snapshot(), one, other, (address, other_address), name))

    @_uninterrupted
    def address(self, namespace: str, interface: str, address: str) -> Operation:
        """Give an interface one more address."""
        from .core.operations import connect

        with self._operation(
            _("Interrupted after {address} was added.", address=address),
            _("Interrupted: {address} was not added.", address=address),
        ):
            return self._do(connect.address(self.snapshot(), namespace, interface, address))

    @_uninterrupted
    def route(self, namespace: str, destination: str, gateway: str) -> Operation:
        """Send a namespace's packets for a destination to a gateway (`nslab_kernel.core.operations.connect.route`)."""
        from .core.operations import connect

        with self._operation(
            _("Interrupted after the route to {destination} was added.", destination=destination),
            _("Interrupted: the route to {destination} was not added.", destination=destination),
        ):
            return self._do(connect.route(self.snapshot(), namespace, destination, gateway))

    @_uninterrupted
    def dns(self, namespace: str, server: str) -> Operation:
        """Name the DNS server that programs of a namespace ask."""
        from .core.operations import connect

        with self._operation(
            _("Interrupted after the DNS server of {namespace} was set.", namespace=namespace),
            _("Interrupted: the DNS server of {namespace} was not set.", namespace=namespace),
        ):
            return self._do(connect.resolver(self.snapshot(), namespace, server))

    @_uninterrupted
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
        """Add a filter rule to a namespace (`nslab_kernel.core.operations.filter_rules.wall`)."""
        from .core.operations.filter_rules import Condition, add_rule

        with self._operation(
            _("Interrupted after a rule was added to {namespace}.", namespace=namespace),
            _("Interrupted: no rule was added to {namespace}.", namespace=namespace),
        ):
            condition = Condition(source, destination, tcp, udp)
            return self._do(add_rule(self.snapshot(), namespace, hook, verdict, condition))

    @_uninterrupted
    def firewall_off(self, namespace: str) -> Operation:
        """Remove the filter rules that `firewall` added to a namespace."""
        from .core.operations.filter_rules import remove_rules

        with self._operation(
            _("Interrupted after the rules were removed from {namespace}.", namespace=namespace),
            _("Interrupted: no rule was removed from {namespace}.", namespace=namespace),
        ):
            return self._do(remove_rules(self.snapshot(), namespace))

    @_uninterrupted
    def internet(self, *, cgnat: bool = False) -> Operation:
        """Give the host an uplink to an outside world whose servers answer (`nslab_kernel.core.operations.internet`).

        Parameters
        ----------
        cgnat
            Whether the provider shares its IPv4 address among customers, as mobile ones do: the host gets one of
            100.64.0.0/10 (RFC 6598), and nobody outside can begin a connection to it.

        Raises
        ------
        NslabError
            In host mode: a real machine has a real uplink.
        """
        from .core.operations import internet
        from .linux.internet_programs import start_servers

        self._refuse_real_machine()
        with self._operation(
            _("Interrupted after the internet was switched on."), _("Interrupted: the internet was not switched on.")
        ) as pending:
            done = self._do(internet.internet(self.snapshot(), cgnat=cgnat))
            try:
                start_servers(pending)
            except BaseException:
                self._internet_off()
                self._carried_out = False
                raise
            return done

    @_uninterrupted
    def uplink(self) -> Operation:
        """Join the host to the network of the machine that the lab runs on (`nslab_kernel.core.operations.uplink`).

        Programs in the lab can then connect to whatever the machine reaches, its own services included.

        Raises
        ------
        NslabError
            In host mode, and where the machine lacks pasta or ``/dev/net/tun``.
        """
        from .core.operations import uplink

        self._refuse_real_machine()
        with self._operation(
            _("Interrupted after the internet was switched on."), _("Interrupted: the internet was not switched on.")
        ):
            return self._do(uplink.uplink(self.snapshot()))

    @_uninterrupted
    def internet_off(self) -> Operation:
        """Take the world outside away, made up or real."""
        with self._operation(
            _("Interrupted after the internet was switched off."), _("Interrupted: the internet was not switched off.")
        ):
            return self._internet_off()

    def _internet_off(self) -> Operation:
        from .core.operations import internet, uplink
        from .linux import namespace_processes

        network = self.snapshot()
        if internet.is_real(network):
            return self._do(uplink.uplink_off(network))
        return self._do(internet.internet_off(network, namespace_processes.remains(network)))

    def _refuse_real_machine(self) -> None:
        if not self.sandboxed:
            raise NslabError(
                _("This is a real machine, which has an uplink of its own."),
                _("Open a notebook with the kernel nslab, which has a host of its own."),
            )

    # breaking on purpose

    def break_(self, level: int = 1, seed: int | None = None) -> Exercise:
        """Break the lab in a hidden place.

        Parameters
        ----------
        level
            1 for what a look at the picture shows, 2 for what takes a search, 3 for several things at once.
        seed
            What chance starts from: the same seed breaks the same lab in the same way.

        Raises
        ------
        NslabError
            Where nothing works yet, or something is broken already.
        """
        from .core.faults import breakable
        from .core.faults.exercise import Exercise
        from .linux import breaking

        self._refuse_breaking(level)
        network = self._read()
        wanted = breakable.pings(network)
        try:
            failed = {(ping.source, ping.ip) for ping in breaking.unanswered(self._read, wanted, self._on_wait)}
            working = tuple(ping for ping in wanted if (ping.source, ping.ip) not in failed)
            breakable.refuse_broken(network, working, wanted)
            number = random.randrange(_MOST_SEEDS) if seed is None else seed
            faults, failing = breaking.break_something(self._read, network, working, level, number, self._on_wait)
        except KeyboardInterrupt:
            raise Interruption(_("Interrupted: nothing was broken.")) from None
        self.exercise = Exercise(faults, level, number, working, failing, time.monotonic())
        return self.exercise

    def attempt(self) -> Attempt:
        """Try whether what was broken works again; with that the exercise ends."""
        from .linux import breaking

        exercise = self._going_on()
        attempt = exercise.attempt(breaking.unanswered(self._read, exercise.working, self._on_wait), time.monotonic())
        if attempt.fixed:
            self.exercise = None
        return attempt

    def hint(self) -> Message | None:
        """The next hint, more exact than the last; None where everything is fixed."""
        from .linux.settling import settle

        return self._going_on().hint(settle(self._read, self._on_wait))

    @_uninterrupted
    def unbreak(self) -> Operation:
        """Undo what was broken and isn't fixed yet; the exercise ends."""
        with self._operation(
            _("Interrupted after what was broken was put back."), _("Interrupted: what is broken was not put back.")
        ):
            done = self._do(self._going_on().repairs(self._read()))
            self.exercise = None
            return done

    def _on_wait(self, what: str, network: Network) -> None:
        from .core.waiting import words

        if self.on_wait:
            self.on_wait(words(what, network))

    def _read(self) -> Network:
        return self.snapshot(volatile=True)

    def _going_on(self) -> Exercise:
        if self.exercise is None:
            raise NslabError(_("Nothing has been broken."), _("`%netns_break` breaks something."))
        return self.exercise

    def _refuse_breaking(self, level: int) -> None:
        from .core.faults import LEVELS

        if not self.sandboxed:
            raise NslabError(
                _("This is a real machine, which nobody breaks on purpose."),
                _("Open a notebook with the kernel nslab, which has a host of its own."),
            )
        if level not in LEVELS:
            raise NslabError(_("There is no level {level}.", level=level), _("Levels are 1, 2 and 3."))
        if self.exercise is not None:
            raise NslabError(
                _("Something is broken already."), _("`%netns_check` tests it, `%netns_break --off` puts it back.")
            )


def _ordinary(story: Story) -> bool:
    """Whether a packet is as `Lab.why` assumes: small, not about to expire, from the interface's own address."""
    packet = story.packet
    if packet.kind == "tcp" and packet.flags & (SYN | ACK) != SYN:
        return False
    first = story.way[0].interface if story.way else None
    own = first is None or packet.source in {address.ip for address in first.addresses}
    return own and packet.ttl >= _USUAL_TTL and packet.size <= _SMALL


def _listed(names: Collection[str]) -> str:
    """Names as a sentence has them: the first, and how many more there are."""
    first, *others = names or ("nothing",)
    return _("{first} and {number} more", first=first, number=len(others)) if others else first
