"""Causes in words: what the command says, and why it matters."""

from __future__ import annotations

from ..translation import Message, _

WORDS: dict[str, tuple[Message, Message]] = {
    "unknown-name": (
        _("no address for {name}"),
        _("There is no namespace called {name}, and {where} finds no address for that name to send a packet to."),
    ),
    "no-interface": (
        _("nothing but lo"),
        _("{Where} has no interface by which a packet could come or go."),
    ),
    "not-connected": (
        _("no way to {owner}"),
        _("No cable, bridge or tunnel leads from {where} to {owner}, which has {ip}, not even over routers."),
    ),
    "interface-down": (
        _("{interface} is DOWN"),
        _("An interface that is down neither sends nor receives."),
    ),
    "bridge-down": (
        _("{interface} is DOWN"),
        _("A bridge that is down doesn't forward frames."),
    ),
    "lo-down": (
        _("lo is DOWN"),
        _("What a namespace sends to its own addresses goes through lo."),
    ),
    "no-carrier": (
        _("{interface} has NO-CARRIER"),
        _("The other end of the cable is down or missing."),
    ),
    "no-address": (
        _("{interface} has no IPv{family} address"),
        _("Without an address on {interface}, {where} has no route to that subnet, and nobody can answer it."),
    ),
    "ipv6-off": (
        _("disable_ipv6 is 1"),
        _("IPv6 is switched off on {interface}, so it has no IPv6 address at all."),
    ),
    "tentative": (
        _("{ip} is tentative"),
        _("A new IPv6 address is used only after a second or two, when no other node has claimed it."),
    ),
    "duplicate-detected": (
        _("{ip} is dadfailed"),
        _("An IPv6 address that another node has already ({others}) is not used."),
    ),
    "duplicate-address": (
        _("{ip} is in several places: {others}"),
        _("The first to answer for {ip} gets the packets that are meant for the other."),
    ),
    "no-link-local": (
        _("{interface} has no link-local address"),
        _("IPv6 looks for neighbours from a link-local address, and {interface} has none."),
    ),
    "not-made-up": (
        _("{ip} isn't part of the simulated internet"),
        _("The internet of this lab is simulated and has no {ip}: the provider answers that it is unreachable."),
    ),
    "no-route": (
        _("no route to {ip}"),
        _("{Where} has no route that fits {ip}, not even a default one, so it doesn't send the packet."),
    ),
    "refusing-route": (
        _("{route}"),
        _("This route rejects the packet instead of forwarding it."),
    ),
    "refusing-rule": (
        _("rule {priority} says {refusal}"),
        _("The routing policy rejects the packet before any routing table is consulted."),
    ),
    "wrong-gateway": (
        _("nobody answers for {ip} on {interface}"),
        _("The route sends the packet to a gateway that isn't there."),
    ),
    "no-gateway": (
        _("{route}"),
        _("This route names no gateway, so {where} looks for {ip} on the link itself, where nobody has it."),
    ),
    "gateway-no-router": (
        _("the way to {ip} goes through {gateway}"),
        _("{gateway} has only one interface and can't forward the packet: the route names the wrong gateway."),
    ),
    "routing-loop": (
        _("by {interface}, again and again"),
        _("The routers send the packet in a circle."),
    ),
    "prefix-too-narrow": (
        _("{address}"),
        _("By this prefix length {ip} is not on the link, although it is: {where} looks for a router instead."),
    ),
    "prefix-too-wide": (
        _("{address}"),
        _("By this prefix length {ip} is on the link, although it is elsewhere: {where} asks the link and no router."),
    ),
    "other-subnet": (
        _("{address}"),
        _("The others on this link are in {subnet}, so this address is in the wrong subnet."),
    ),
    "unplugged": (
        _("{interface} has no master"),
        _("The cable of {owner} isn't plugged into a bridge, so nothing that it sends goes any further."),
    ),
    "other-bridge": (
        _("{interface} has master {bridge}"),
        _("The others in {subnet} are on {right}: two bridges are two links, even with the same subnet."),
    ),
    "address-on-port": (
        _("{interface} has an address, and is a port of {bridge}"),
        _("What comes in by a bridge port goes to the bridge: addresses belong on the bridge, not on its port."),
    ),
    "nobody-has-it": (
        _("FAILED, or nothing"),
        _("Nobody on the link of {interface} has the address {ip}, so nobody answers for it."),
    ),
    "no-owner": (
        _("{ip} is not among them"),
        _("The packet for {ip} reaches {where}, which isn't a router and doesn't have this address; nobody has."),
    ),
    "arp-off": (
        _("NOARP"),
        _("With ARP switched off, {interface} neither sends nor answers ARP requests."),
    ),
    "arp-ignored": (
        _("arp_ignore is {mode}"),
        _("{Where} doesn't answer ARP requests for {ip} on {interface}."),
    ),
    "wrong-neighbour": (
        _("{ip} has lladdr {mac}"),
        _("The packet goes to this MAC address, which isn't that of {ip}: the neighbour entry is wrong."),
    ),
    "port-blocked": (
        _("{interface} is {state}"),
        _("A port in state {state} (STP is {stp}) passes no frames; with STP it forwards {seconds} s after coming up."),
    ),
    "ports-isolated": (
        _("isolated on"),
        _("Isolated ports of one bridge don't reach each other: {other} is isolated, too."),
    ),
    "port-deaf": (
        _("learning off, flood off"),
        _("{bridge} doesn't know who is behind {interface}, and may not flood frames to it."),
    ),
    "no-hairpin": (
        _("hairpin off"),
        _("The packet would have to leave by {interface}, where it came in; only hairpin mode allows that."),
    ),
    "too-big": (
        _("mtu {mtu}"),
        _("The packet has {length} bytes, more than {interface} accepts, and bridges don't fragment packets."),
    ),
    "filtered-by-policy": (
        _("no rule matches; policy {verdict} in chain {chain}"),
        _("This chain silently drops what no rule lets through."),
    ),
    "filtered-by-rule": (
        _("{rule}"),
        _("This firewall rule in chain {chain} matches the packet; its verdict is {verdict}."),
    ),
    "bridged-filtered-by-policy": (
        _("no rule matches; policy {verdict} in chain {chain}"),
        _("With {setting}=1, frames that {interface} bridges pass the IP firewall, too, whose chain drops them."),
    ),
    "bridged-filtered-by-rule": (
        _("{rule}"),
        _("With {setting}=1, frames that {interface} bridges pass the IP firewall, whose rule here says {verdict}."),
    ),
    "not-forwarding": (
        _("{setting} = 0"),
        _("{Where} receives a packet for {ip}, which isn't its own, and doesn't forward it: it is no router."),
    ),
    "link-local-only": (
        _("from a link-local address"),
        _("A link-local address is valid on its own link only, so no router forwards the packet."),
    ),
    "rp-filter": (
        _("rp_filter is {mode}"),
        _("{Where} would answer {ip} by {other}, not by {interface}, so it treats the source as forged."),
    ),
    "rp-filter-no-way": (
        _("no route to {ip}"),
        _("With rp_filter={mode}, {where} drops packets from {ip}, since it has no route back to it."),
    ),
    "martian-source": (
        _("{ip} is local"),
        _("The packet claims to come from {where} itself, yet it arrives by {interface}."),
    ),
    "private-source": (
        _("no route to {ip}"),
        _("{ip} is a private address: nobody outside has a route back, so a router must masquerade it."),
    ),
    "nothing-to-masquerade-as": (
        _("no address"),
        _("The rule `{rule}` replaces the source by an address of {interface}, which has none."),
    ),
    "echo-ignored": (
        _("{setting} = 1"),
        _("{Where} receives the ping but is configured not to reply."),
    ),
    "no-listener": (
        _("nothing on port {port}"),
        _("The packet reaches {where}, but no program listens there on {protocol} port {port}."),
    ),
    "listens-elsewhere": (
        _("port {port} only on {others}"),
        _("A program listens on this port, but on {others} only, which isn't {ip}."),
    ),
    "answer-elsewhere": (
        _("{ip} is here"),
        _("The answer to {source} arrives here, because this namespace has that address, too."),
    ),
    "answer-from-elsewhere": (
        _("the answer comes from {other}"),
        _("The question went to {asked}; its answer bypasses the address translation, so nobody recognises it."),
    ),
    "port-locked": (
        _("locked on"),
        _("A locked port drops frames from {mac}, which {bridge} has no forwarding entry for at that port."),
    ),
    "no-broadcasts": (
        _("{setting} off"),
        _("{bridge} sends no broadcasts to {interface}, so ARP requests don't get there."),
    ),
    "wrong-forwarding": (
        _("{mac} is behind {interface}"),
        _(
            "This entry sends the frames for {mac} to {interface}, where nobody has that address, and stays when "
            "the owner sends a frame by another port."
        ),
    ),
    "local-forwarding": (
        _("{mac} is permanent"),
        _(
            "A permanent entry marks the address as {bridge}'s own: it keeps the frames for it and sends them to no "
            "port; an entry that leads to a port is `static`."
        ),
    ),
    "same-mac": (
        _("{mac} is behind {other}"),
        _("Two interfaces have this MAC address: {bridge} learns it at one port, and the other gets nothing."),
    ),
    "filtered-by-tc": (
        _("{what}"),
        _("This filter drops what passes the {side} of {interface}."),
    ),
    "dropped-by-queue": (
        _("{what}"),
        _("This queueing discipline drops packets that leave {interface}."),
    ),
    "no-remote": (
        _("no remote for {mac}"),
        _("{interface} knows no remote to send this frame to, so the frame goes nowhere."),
    ),
    "other-vxlan": (
        _("id {id}, port {port}"),
        _("None of the remotes ({remotes}) has a vxlan with this id and UDP port, so its packets are dropped there."),
    ),
    "localnet": (
        _("{setting} = 0"),
        _("{ip} is valid on lo only: {where} neither sends it by {interface} nor accepts it there."),
    ),
    "ttl-exceeded": (
        _("TTL 1"),
        _("Each router lowers the TTL that {origin} set ({ttl}) by one, and at {where} it is used up."),
    ),
    "pmtu-black-hole": (
        _("mtu {mtu}"),
        _("The packet has {length} bytes and mustn't be fragmented; the ICMP error never gets back ({why})."),
    ),
    "no-local-route": (
        _("{ip} is not in table local"),
        _("{Where} has the address {ip}, but the local route by which it accepts packets for it is gone."),
    ),
}
