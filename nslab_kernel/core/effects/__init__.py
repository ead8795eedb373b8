"""What actions do to a network, told without a kernel.

A diagnosis looks past the first obstacle by asking what a cure would change, and a fault is chosen by what it
would stop. How close this comes to what a kernel does is tested with one.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..model.network import Network
from ..operations.actions import Action
from . import addressing, firewalls, links, settings  # noqa: F401  (they register what they know)
from .register import take
from .sketch import Sketch


def after(network: Network, actions: Iterable[Action]) -> Network:
    """The network as it will be when actions have been carried out.

    Only what the kernel derives at once is told: an address has its connected route, an interface its carrier.
    What takes time (duplicate address detection, a spanning tree) is taken for settled.

    Raises
    ------
    LookupError
        Where an action names something that isn't there.
    TypeError
        For an action whose effect isn't known.
    """
    sketch = Sketch(network)
    for action in actions:
        take(action, sketch)
    return sketch.network()
