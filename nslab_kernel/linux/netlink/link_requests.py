"""Links, addresses, neighbours, and the settings of interfaces, bridges and ports (ip-link(8), bridge(8))."""

from __future__ import annotations

import socket
import struct

from ...core.operations.actions import (
    PORT_STATES,
    AddBridge,
    AddNeighbour,
    AddVeth,
    DeleteAddress,
    DeleteForwarding,
    DeleteNeighbour,
    DeleteQdisc,
    DeleteTrafficFilter,
    SetBridge,
    SetDown,
    SetLink,
    SetPort,
)
from .. import processes
from . import encode
from .dump import HEADER, attribute
from .encode import (
    IFLA_INFO_DATA,
    IFLA_INFO_KIND,
    IFLA_LINKINFO,
    LINK,
    NDA_DST,
    NEIGHBOUR,
    RTM_DELNEIGH,
    RTM_NEWLINK,
    RTM_NEWNEIGH,
    RTM_SETLINK,
)
from .handles import Doors
from .socket import NLM_F_CREATE

_NLM_F_REPLACE = 0x100
_IFLA_ADDRESS, _IFLA_MTU, _IFLA_PROTINFO = 1, 4, 12
_NESTED = 0x8000
_IFF_NOARP = 0x80
_BRIDGE = {"forward_delay": 1, "stp_state": 5}  # IFLA_BR_*, of 32 bits
_PORT = {
    "state": 1,
    "hairpin": 4,
    "learning": 8,
    "flood": 9,
    "mcast_flood": 27,
    "bcast_flood": 30,
    "isolated": 33,
    "locked": 39,
}  # IFLA_BRPORT_*, of 8 bits
_NDA_LLADDR = 2
_NTF_MASTER = 4
_NUD_PERMANENT = 0x80


def add_bridge(action: AddBridge, doors: Doors) -> None:
    doors.socket(action.namespace).send([encode.bridge(action.name)])


def add_veth(action: AddVeth, doors: Doors) -> None:
    far = doors.file(action.peer_namespace)
    doors.socket(action.namespace).send([encode.veth(action.name, action.peer, far)])


def set_down(action: SetDown, doors: Doors) -> None:
    door = doors.socket(action.namespace)
    door.send([encode.set_up(door.index(action.name), up=False)])


def delete_address(action: DeleteAddress, doors: Doors) -> None:
    door = doors.socket(action.namespace)
    door.send([encode.delete_address(door.index(action.interface), action.cidr)])


def set_link(action: SetLink, doors: Doors) -> None:
    index = doors.socket(action.namespace).index(action.name)
    flags = mask = 0
    body = b""
    match action.setting:
        case "arp":
            flags, mask = (_IFF_NOARP if action.value == "off" else 0), _IFF_NOARP
        case "mtu":
            body = attribute(_IFLA_MTU, struct.pack("=I", int(action.value)))
        case "address":
            body = attribute(_IFLA_ADDRESS, _mac(action.value))
    message = LINK.pack(0, 0, index, flags, mask) + body
    _send(doors, action.namespace, RTM_NEWLINK, message)


def set_bridge(action: SetBridge, doors: Doors) -> None:
    index = doors.socket(action.namespace).index(action.name)
    setting = attribute(_BRIDGE[action.setting], struct.pack("=I", int(action.value)))
    kind = attribute(IFLA_INFO_KIND, b"bridge") + attribute(IFLA_INFO_DATA, setting)
    _send(doors, action.namespace, RTM_NEWLINK, LINK.pack(0, 0, index, 0, 0) + attribute(IFLA_LINKINFO, kind))


def set_port(action: SetPort, doors: Doors) -> None:
    index = doors.socket(action.namespace).index(action.name)
    value = PORT_STATES.index(action.value) if action.setting == "state" else action.value == "on"
    setting = attribute(_PORT[action.setting], bytes([value]))
    message = LINK.pack(socket.AF_BRIDGE, 0, index, 0, 0) + attribute(_IFLA_PROTINFO | _NESTED, setting)
    _send(doors, action.namespace, RTM_SETLINK, message)


def add_neighbour(action: AddNeighbour, doors: Doors) -> None:
    index = doors.socket(action.namespace).index(action.interface)
    family = socket.AF_INET6 if ":" in action.ip else socket.AF_INET
    body = NEIGHBOUR.pack(family, index, _NUD_PERMANENT, 0, 0)
    body += attribute(NDA_DST, socket.inet_pton(family, action.ip)) + attribute(_NDA_LLADDR, _mac(action.mac))
    _send(doors, action.namespace, RTM_NEWNEIGH, body, NLM_F_CREATE | _NLM_F_REPLACE)


def delete_forwarding(action: DeleteForwarding, doors: Doors) -> None:
    index = doors.socket(action.namespace).index(action.interface)
    body = NEIGHBOUR.pack(socket.AF_BRIDGE, index, 0, _NTF_MASTER, 0) + attribute(_NDA_LLADDR, _mac(action.mac))
    _send(doors, action.namespace, RTM_DELNEIGH, body)


def delete_qdisc(action: DeleteQdisc | DeleteTrafficFilter, doors: Doors) -> None:
    doors.enter(action.namespace)
    words = action.command().split()
    start = words.index("filter" if isinstance(action, DeleteTrafficFilter) else "qdisc")
    processes.output_of("tc", *words[start:])


def delete_neighbour(action: DeleteNeighbour, doors: Doors) -> None:
    door = doors.socket(action.namespace)
    door.send([encode.delete_neighbour(door.index(action.interface), action.ip)])


def _send(doors: Doors, namespace: str, kind: int, body: bytes, flags: int = 0) -> None:
    doors.socket(namespace).send([HEADER.pack(HEADER.size + len(body), kind, flags, 0, 0) + body])


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
