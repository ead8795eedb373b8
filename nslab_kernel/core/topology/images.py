"""Which images' programs a machine can have as packages, and which it can't."""

from __future__ import annotations

from ..translation import _

# The last part of an image's name, without its tag.
_PLAIN = frozenset(
    {"base", "bind", "alpine", "alpine-host", "busybox", "debian", "ubuntu", "network-multitool", "netshoot", "nginx"}
    | {"nginx-light", "haproxy", "iperf3", "bird", "dnsmasq"}
)
_SUITES = {"frr": "frr", "frrouting": "frr", "quagga": "quagga"}
_VIEWERS = frozenset({"wireshark"})


class Images:
    """The images of a lab's nodes."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}

    def add(self, node: str, image: str) -> None:
        self._of[node] = image

    @property
    def left_out(self) -> frozenset[str]:
        """The nodes that only look at packets."""
        return frozenset(node for node, image in self._of.items() if _last(image) in _VIEWERS)

    def suite(self, node: str) -> str:
        """The routing suite of a node's image, or nothing."""
        return _SUITES.get(_last(self._of.get(node, "")), "")

    def refused(self) -> list[str]:
        """A sentence for each image whose programs can't be had."""
        known = _PLAIN | _SUITES.keys() | _VIEWERS
        nodes: dict[str, list[str]] = {}
        for node, image in self._of.items():
            if _last(image) not in known:
                nodes.setdefault(image, []).append(node)
        return [
            _("the image {image} ({nodes}) has programs that nslab doesn't know", image=image, nodes=", ".join(named))
            for image, named in nodes.items()
        ]

    def notes(self) -> list[str]:
        """What is done in another way than by the image."""
        notes: list[str] = [
            _("{node} is left out: `%netns_trace --save FILE.pcapng` writes packets for Wireshark", node=node)
            for node in sorted(self.left_out)
        ]
        if any(_SUITES.get(_last(image)) == "quagga" for image in self._of.values()):
            notes.append(_("FRR, Quagga's successor, runs Quagga's configuration"))
        return notes


def _last(image: str) -> str:
    return image.rpartition("/")[2].partition(":")[0].partition("@")[0].lower()
