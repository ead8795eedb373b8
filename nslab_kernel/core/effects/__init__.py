"""What the kernel does by itself when a network is changed; `Action.effect` calls it.

A diagnosis looks past the first obstacle by asking what a fix would change, and a fault is chosen by what it
would stop. How close this comes to what a kernel does is tested with one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..model.network import Network
from .sketch import Sketch

if TYPE_CHECKING:
    from ..operations.actions import Action


def after(network: Network, actions: Iterable[Action]) -> Network:
    """The network as it will be when actions have been carried out.

    Only what the kernel derives at once is in it: an address has its connected route, an interface its carrier.
    What takes time (duplicate address detection, a spanning tree) is taken for settled.

    Raises
    ------
    LookupError
        Where an action names something that isn't there, or does what no `Network` shows.
    """
    sketch = Sketch(network)
    for action in actions:
        action.effect(sketch)
    return sketch.network()
