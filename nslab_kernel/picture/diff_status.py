"""What became of each thing, looked up by its name."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.model.diff import Change

_OF_THE_NAMESPACE = ("namespace", "route", "rule", "chain", "policy", "policy rule", "neighbour", "sysctl", "hostname")


class Fates:
    """``new``, ``changed``, ``moved``, ``removed``, or nothing.

    Parameters
    ----------
    changes
        Everything that was done.
    """

    def __init__(self, changes: Iterable[Change]) -> None:
        self._namespaces: dict[str, str] = {}
        self._interfaces: dict[tuple[str, str], str] = {}
        self._cables: set[tuple[str, str]] = set()
        self._addresses: set[tuple[str, str, str]] = set()
        self._removed: set[tuple[str, str]] = set()
        self._removed_addresses: dict[tuple[str, str], list[str]] = {}
        for change in changes:
            self._note(change)

    def _note(self, change: Change) -> None:
        key = (change.namespace, change.name)
        if change.what == "namespace":
            # One made again under its old name is new: added comes after removed.
            self._namespaces[change.name] = "new" if change.verb == "added" else "removed"
        elif change.what == "interface":
            if change.verb == "removed":
                self._removed.add(key)
            else:
                self._interfaces[key] = {"added": "new", "moved": "moved"}[change.verb]
        elif change.what not in _OF_THE_NAMESPACE:
            self._interfaces.setdefault(key, "changed")
        if change.what in ("state", "port"):
            self._cables.add(key)
        if change.what == "address" and change.verb == "added":
            self._addresses.add((*key, change.after))
        elif change.what == "address":
            self._removed_addresses.setdefault(key, []).append(change.before)

    def namespace(self, name: str) -> str:
        """Of a namespace."""
        return self._namespaces.get(name, "")

    def interface(self, namespace: str, name: str) -> str:
        """Of an interface that is still there."""
        return self._interfaces.get((namespace, name), "")

    def cable(self, namespace: str, name: str) -> bool:
        """Whether the cable at an interface leads elsewhere now, or went dead or alive."""
        return (namespace, name) in self._cables

    def removed(self, namespace: str, name: str) -> bool:
        """Whether an interface of this name was removed from the namespace."""
        return (namespace, name) in self._removed

    def address(self, namespace: str, interface: str, cidr: str) -> str:
        """Of an address that is still there."""
        new = (namespace, interface, cidr) in self._addresses and self.interface(namespace, interface) != "new"
        return "new" if new else ""

    def removed_addresses(self, namespace: str, interface: str) -> list[str]:
        """The addresses that an interface has lost."""
        return self._removed_addresses.get((namespace, interface), [])
