from __future__ import annotations

from itertools import combinations

import pytest

from nslab_kernel.core.network import HOST, Network
from nslab_kernel.picture import Mark, draw
from nslab_kernel.picture.scene import Box, Group, Line, Scene, Text
from tests.picture.labs import gallery, outside_world, random_lab, rich
from tests.picture.literal import Draft, seed

Extent = tuple[float, float, float, float]
_SLACK = 0.5  # CSS pixels
_SOLID = ("tag", "mark", "socket")


def _overlap(one: Extent, other: Extent) -> bool:
    return (
        one[0] < other[2] - _SLACK
        and other[0] < one[2] - _SLACK
        and one[1] < other[3] - _SLACK
        and other[1] < one[3] - _SLACK
    )


def _within(inner: Extent, outer: Extent) -> bool:
    return (
        inner[0] >= outer[0] - _SLACK
        and inner[1] >= outer[1] - _SLACK
        and inner[2] <= outer[2] + _SLACK
        and inner[3] <= outer[3] + _SLACK
    )


def _texts(scene: Scene) -> list[Text]:
    return [item for group in scene.groups for item in group.items if isinstance(item, Text)]


def _boxes(scene: Scene, *styles: str) -> list[Extent]:
    return [
        (box.x, box.y, box.x + box.width, box.y + box.height)
        for group in scene.groups
        for box in group.items
        if isinstance(box, Box) and box.style.startswith(styles)
    ]


def _segments(scene: Scene, prefix: str) -> list[Extent]:
    lines = [
        item
        for group in scene.groups
        for item in group.items
        if isinstance(item, Line) and item.style.startswith(prefix)
    ]
    return [
        (min(x1, x2) - 1, min(y1, y2) - 1, max(x1, x2) + 1, max(y1, y2) + 1)
        for line in lines
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False)
    ]


def _frames(scene: Scene) -> list[Extent]:
    """The walls of rooms and the edges of switches and notes, the host's excepted."""
    return [
        (box.x, box.y, box.x + box.width, box.y + box.height)
        for group in scene.groups
        if group.layer != "ground"
        for box in group.items
        if isinstance(box, Box) and box.style in ("frame", "ghost", "note", "note drop", "note nat")
    ] + _boxes(scene, "switch")


def faults(scene: Scene) -> list[str]:
    """Texts on another text, on a socket, a tag, a mark or a cable; what is cut off; rooms that overlap."""
    canvas = (0.0, 0.0, scene.width, scene.height)
    texts, frames, solid = _texts(scene), _frames(scene), _boxes(scene, *_SOLID)
    cables = [segment for style in ("cable", "bundle", "plug") for segment in _segments(scene, style)]
    found = [f"{text} is cut off" for text in texts if not _within(text.extent, canvas)]
    found += [f"{frame} is cut off" for frame in frames if not _within(frame, canvas)]
    found += [f"{a} lies on {b}" for a, b in combinations(texts, 2) if _overlap(a.extent, b.extent)]
    found += [f"{a} overlaps {b}" for a, b in combinations(frames, 2) if _overlap(a, b)]
    for text in texts:
        extent = text.extent
        found += [f"{text} is crossed by a cable at {cable}" for cable in cables if _overlap(extent, cable)]
        found += [f"{text} is hidden by {box}" for box in solid if _overlap(extent, box) and not _within(extent, box)]
        if not text.style.endswith(" text"):  # a tag sits on a frame
            found += [f"{text} runs out of {f}" for f in frames if _overlap(extent, f) and not _within(extent, f)]
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("mac", [False, True])
@pytest.mark.parametrize("name", gallery())
def test_nothing_overlaps_and_nothing_is_cut_off(name: str, mac: bool, language: str) -> None:
    network, before = gallery()[name]
    assert faults(draw(network, before=before, mac=mac, language=language).scene) == []


@pytest.mark.parametrize("number", range(120))
def test_nothing_overlaps_in_random_labs_of_1_to_40_namespaces(number: int) -> None:
    before, after = random_lab(number)
    assert faults(draw(after, before=before, language=("en", "zh")[number % 2], mac=number % 3 == 0).scene) == []
    assert faults(draw(before).scene) == []


@pytest.mark.parametrize("count", range(1, 41))
def test_nothing_overlaps_for_1_to_40_namespaces_on_one_bridge(count: int) -> None:
    assert faults(draw(seed(count).network(), before=seed(count - 1).network()).scene) == []
