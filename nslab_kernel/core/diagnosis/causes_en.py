"""Causes in English: what the command says, and why it matters."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "unknown-name": (
        "no address for {name}",
        "There is no namespace called {name}, and {where} finds no address for that name to send a packet to.",
    ),
    "no-interface": ("nothing but lo", "{Where} has no cable by which a packet could come or go."),
    "not-connected": (
        "no way to {owner}",
        "No cable, bridge or tunnel leads from {where} to {owner}, which has {ip}, not even over other namespaces.",
    ),
    "interface-down": (
        "{interface} is DOWN",
        "An interface that is down neither sends nor receives.",
    ),
    "bridge-down": ("{interface} is DOWN", "A bridge that is down hands no frame from one port to another."),
    "lo-down": ("lo is DOWN", "What a namespace sends to its own addresses goes through lo."),
    "no-carrier": ("{interface} has NO-CARRIER", "Nobody is at the other end of the cable."),
    "no-address": (
        "{interface} has no IPv{family} address",
        "Without an address on {interface}, {where} has no route to that subnet, and nobody can answer it.",
    ),
    "ipv6-off": ("disable_ipv6 is 1", "IPv6 is switched off on {interface}, so it has no IPv6 address at all."),
    "tentative": (
        "{ip} is tentative",
        "A new IPv6 address is used only after a second or two, when no other node has claimed it.",
    ),
    "duplicate-detected": (
        "{ip} is dadfailed",
        "An IPv6 address that another node has already ({others}) is not used.",
    ),
    "duplicate-address": (
        "{ip} is in several places: {others}",
        "Whoever answers first for {ip} gets the packets that are meant for the other.",
    ),
    "no-link-local": (
        "{interface} has no link-local address",
        "IPv6 looks for neighbours from a link-local address, and there is none.",
    ),
    "not-made-up": (
        "{ip} isn't part of the made-up internet",
        "The internet of this lab is made up and has no {ip}: the provider answers that it is unreachable.",
    ),
    "no-route": (
        "no route to {ip}",
        "{Where} has no route that fits {ip}, not even a default one, so it doesn't send the packet.",
    ),
    "refusing-route": ("{route}", "This route forbids the packet instead of leading it somewhere."),
    "refusing-rule": (
        "rule {priority} says {refusal}",
        "The routing policy forbids the packet before any routing table is asked.",
    ),
    "wrong-gateway": (
        "nobody answers for {ip} on {interface}",
        "The route sends the packet to a gateway that isn't there.",
    ),
    "gateway-no-router": (
        "the way to {ip} goes through {gateway}",
        "{gateway} has one interface only and can't pass the packet on: the route names the wrong gateway.",
    ),
    "routing-loop": ("by {interface}, again and again", "The routers send the packet round in a circle."),
    "prefix-too-narrow": (
        "{address}",
        "By this prefix length {ip} is not on the link, although it is: {where} looks for a router instead.",
    ),
    "prefix-too-wide": (
        "{address}",
        "By this prefix length {ip} is on the link, although it is elsewhere: {where} asks the link and no router.",
    ),
    "other-subnet": ("{address}", "The others on this link are in {subnet}, so this address is in the wrong subnet."),
    "unplugged": (
        "{interface} has no master",
        "The cable of {owner} isn't plugged into a bridge, so nothing that it sends goes any further.",
    ),
    "other-bridge": (
        "{interface} has master {bridge}",
        "The others in {subnet} are on {right}: two bridges are two links, even with the same subnet.",
    ),
    "address-on-port": (
        "{interface} has an address, and is a port of {bridge}",
        "What comes in by a bridge port goes to the bridge: addresses belong on the bridge, not on its port.",
    ),
    "nobody-has-it": (
        "FAILED, or nothing",
        "Nobody on the link of {interface} has the address {ip}, so nobody answers for it.",
    ),
    "no-owner": (
        "{ip} is not among them",
        "The packet for {ip} gets to {where}, which is no router and hasn't got this address, as nobody has.",
    ),
    "arp-off": ("NOARP", "With ARP switched off, {interface} neither asks for MAC addresses nor tells its own."),
    "arp-ignored": (
        "arp_ignore is {mode}",
        "{Where} doesn't answer who asks for the MAC address of {ip} on {interface}.",
    ),
    "wrong-neighbour": (
        "{ip} has lladdr {mac}",
        "The packet goes to this MAC address, which is not that of {ip}: what is remembered of the neighbour is wrong.",
    ),
    "port-blocked": (
        "{interface} is {state}",
        "A port in state {state} (STP is {stp}) passes no frames; with STP it may do so {seconds} s after it came up.",
    ),
    "ports-isolated": ("isolated on", "Isolated ports of one bridge don't reach each other: {other} is isolated, too."),
    "port-deaf": (
        "learning off, flood off",
        "{bridge} doesn't know who is behind {interface}, and may not try it with frames for unknown addresses.",
    ),
    "no-hairpin": (
        "hairpin off",
        "The packet would have to leave {interface} by which it came in, and a port does so in hairpin mode only.",
    ),
    "too-big": (
        "mtu {mtu}",
        "The packet has {length} bytes, more than {interface} takes, and bridges don't cut packets up.",
    ),
    "filtered-by-policy": (
        "no rule takes it; policy {verdict} in chain {chain}",
        "What no rule lets through, this chain drops, without a word to the sender.",
    ),
    "filtered-by-rule": ("{rule}", "This firewall rule in chain {chain} is about the packet, and says {verdict}."),
    "bridged-filtered-by-policy": (
        "no rule takes it; policy {verdict} in chain {chain}",
        "With {setting}=1, frames that {interface} bridges pass the IP firewall, too, whose chain drops them.",
    ),
    "bridged-filtered-by-rule": (
        "{rule}",
        "With {setting}=1, frames that {interface} bridges pass the IP firewall, too, where this rule says {verdict}.",
    ),
    "not-forwarding": (
        "{setting} = 0",
        "{Where} gets a packet for {ip}, which isn't its own, and passes nothing on: it is no router.",
    ),
    "link-local-only": (
        "from a link-local address",
        "A link-local address is good on its own link only, so no router passes the packet on.",
    ),
    "rp-filter": (
        "rp_filter is {mode}",
        "{Where} would answer {ip} by {other}, not by {interface}, and so takes the packet for a forged one.",
    ),
    "rp-filter-no-way": (
        "no route to {ip}",
        "With rp_filter={mode}, {where} drops a packet from {ip} unseen, since it couldn't answer it.",
    ),
    "martian-source": (
        "{ip} is local",
        "The packet says that it comes from {where} itself, and yet it comes in by {interface}.",
    ),
    "private-source": (
        "no route to {ip}",
        "{ip} is a private address: nobody outside knows the way back, so a router must masquerade it.",
    ),
    "nothing-to-masquerade-as": (
        "no address",
        "The rule `{rule}` wants an address of {interface} to put in the source's place, and it has none.",
    ),
    "echo-ignored": ("{setting} = 1", "{Where} gets the ping and doesn't answer, as it is told."),
    "no-listener": (
        "nothing on port {port}",
        "The packet gets to {where}, and no program listens there on {protocol} port {port}.",
    ),
    "listens-elsewhere": (
        "port {port} only on {others}",
        "A program listens on this port, but on {others} only, which isn't {ip}.",
    ),
    "answer-elsewhere": (
        "{ip} is here",
        "The answer to {source} arrives here, since this namespace has the address, too.",
    ),
    "answer-from-elsewhere": (
        "the answer comes from {other}",
        "The question went to {asked}: the answer doesn't pass where that was translated, and nobody knows it.",
    ),
    "port-locked": (
        "locked on",
        "A locked port drops frames from {mac}, which the forwarding table of {bridge} doesn't have behind it.",
    ),
    "no-broadcasts": (
        "{setting} off",
        "{bridge} sends no frames for everybody to {interface}, so the question for a neighbour doesn't get there.",
    ),
    "wrong-forwarding": (
        "{mac} is behind {interface}",
        (
            "This entry sends the frames for {mac} to {interface}, where nobody has that address, and stays when "
            "the owner sends a frame by another port."
        ),
    ),
    "local-forwarding": (
        "{mac} is permanent",
        (
            "A permanent entry says that the address is {bridge}'s own, which keeps the frames for it and sends them "
            "to no port: an entry that is to lead to one is `static`."
        ),
    ),
    "same-mac": (
        "{mac} is behind {other}",
        "Two interfaces have this MAC address: {bridge} learns it at one port, and the other gets nothing.",
    ),
    "filtered-by-tc": ("{what}", "This filter drops what passes the {side} of {interface}."),
    "dropped-by-queue": ("{what}", "This queueing discipline drops packets that leave {interface}."),
    "no-remote": (
        "no remote for {mac}",
        "{interface} knows no other end to send this frame to, so the frame goes nowhere.",
    ),
    "other-vxlan": (
        "id {id}, port {port}",
        "None of the other ends ({remotes}) has a vxlan with this id and UDP port, so its packets are dropped there.",
    ),
    "localnet": (
        "{setting} = 0",
        "{ip} is an address for lo alone: {where} neither sends it out of {interface} nor takes it in there.",
    ),
    "ttl-exceeded": (
        "TTL 1",
        "Each router takes one from the TTL that {origin} gave the packet ({ttl}), and {where} has none left to take.",
    ),
    "pmtu-black-hole": (
        "mtu {mtu}",
        "The packet has {length} bytes and mustn't be cut; the sender never gets the ICMP error that says so ({why}).",
    ),
    "no-local-route": (
        "{ip} is not in table local",
        "{Where} has the address {ip}, but the route that makes it take packets for it is gone.",
    ),
}
