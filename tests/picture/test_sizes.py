"""Pictures of every size, of what is there, has come, has changed and is gone."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from nslab_kernel.core.model.network import Network
from nslab_kernel.picture import draw
from nslab_kernel.picture.scene import Scene
from nslab_kernel.picture.style import STYLES

from .literal import Draft


def _network(count: int, change: Callable[[Draft, str], object] | None = None) -> Network:
    draft = Draft().bridge("mydocker0", "172.16.0.1/16")
    for number in range(count):
        name = f"n{number}"
        draft.attach("mydocker0", name, f"172.16.1.{number + 1}/16")
        if change:
            change(draft, name)
    return draft.network()


def _mixed(draft: Draft, name: str) -> object:
    return draft.down(name, f"eth00-{name}") if int(name[1:]) % 2 else None


CASES: dict[str, Callable[[int], tuple[Network, Network | None]]] = {
    "there": lambda count: (_network(count), None),
    "added": lambda count: (_network(count), _network(0)),
    "removed": lambda count: (_network(0), _network(count)),
    "replaced, as by a reset and a new start": lambda count: (Draft().network(), _network(count)),
    "half removed": lambda count: (_network(count // 2), _network(count)),
    "down inside": lambda count: (_network(count, lambda d, n: d.down(n, f"eth00-{n}")), _network(count)),
    "some down": lambda count: (_network(count, _mixed), _network(count)),
    "another address": lambda count: (
        _network(count, lambda d, n: d.set(n, f"eth00-{n}", addresses=())),
        _network(count),
    ),
    "the host end down": lambda count: (_network(count, lambda d, n: d.down("host", f"veth-{n}")), _network(count)),
}


@pytest.mark.parametrize("count", [1, 2, 5, 9, 12, 13, 14, 25, 60])
@pytest.mark.parametrize("case", CASES)
def test_everything_drawn_has_a_style_and_a_well_formed_page(case: str, count: int) -> None:
    now, before = CASES[case](count)
    picture = draw(now, before=before)
    assert _styles(picture.scene) <= STYLES.keys()
    ElementTree.fromstring(picture.svg())


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("count", [13])
def test_matplotlib_draws_it_too(case: str, count: int) -> None:
    now, before = CASES[case](count)
    assert draw(now, before=before).png(dpi=20).startswith(b"\x89PNG")


def _styles(scene: Scene) -> set[str]:
    return {primitive.style for group in scene.groups for primitive in group.items}


def _large() -> dict[str, tuple[Network, Network | None]]:
    many, wide = Draft().bridge("br0"), Draft("wide")
    for number in range(1000):
        many.attach("br0", f"n{number}", f"10.0.{number // 250}.{number % 250 + 1}/16")
        wide.put("wide", f"d{number}", "dummy", [f"10.1.{number // 250}.{number % 250 + 1}/32"])
    alone = Draft().bridge("br0")
    for number in range(1000):
        alone.put("host", f"p{number}", "veth")
    return {
        "namespaces": (many.network(), None),
        "removed namespaces": (Draft().network(), many.network()),
        "interfaces in one namespace": (wide.network(), Draft().network()),
        "interfaces in the host": (alone.network(), None),
    }


@pytest.mark.parametrize(
    "name", ["namespaces", "removed namespaces", "interfaces in one namespace", "interfaces in the host"]
)
def test_an_output_has_a_bound_and_says_what_is_folded(name: str) -> None:
    now, before = _large()[name]
    data, _ = draw(now, before=before)._repr_mimebundle_()
    assert sum(map(len, data.values())) <= 300_000
    assert "--save network.svg" in data["text/html"]
    assert "--save network.svg" in data["text/plain"]
    ElementTree.fromstring("".join(data["text/html"].partition("</svg>")[:2]))


def test_what_changed_is_kept_where_an_output_is_folded() -> None:
    before = _network(200)
    changed = _network(200, lambda draft, name: draft.down(name, f"eth00-{name}") if name == "n150" else None)
    data, _ = draw(changed, before=before)._repr_mimebundle_()
    assert "n150" in data["text/html"]
    assert "n151" not in data["text/html"]


def test_small_outputs_are_whole() -> None:
    data, _ = draw(_network(40))._repr_mimebundle_()
    assert "folded" not in data["text/plain"]
