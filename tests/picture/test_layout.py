from __future__ import annotations

from itertools import combinations

import pytest

from nslab_kernel.core.model.network import HOST, Network
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
        if text.style != "mark text":  # a mark lies on a cable
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


def _places(network: Network, before: Network | None = None) -> dict[str, tuple[float, float]]:
    """Where the upper left corner of each room's wall is."""
    scene = draw(network, before=before).scene
    return {
        group.id: (box.x, box.y)
        for group in scene.groups
        if group.kind == "namespace" and group.id != HOST
        for box in group.items
        if isinstance(box, Box) and box.style in ("frame", "ghost")
    }


@pytest.mark.parametrize("count", [1, 2, 4, 5, 7, 8, 12, 30])
def test_a_new_namespace_moves_no_other_sideways(count: int) -> None:
    earlier, later = _places(seed(count).network()), _places(seed(count + 1).network())
    for room, (x, _) in earlier.items():
        assert later[room][0] == x


@pytest.mark.parametrize("count", [1, 2, 4, 5, 10, 11])
def test_a_new_namespace_in_the_same_row_moves_nothing_at_all(count: int) -> None:
    earlier, later = _places(seed(count).network()), _places(seed(count + 1).network())
    assert {room: later[room] for room in earlier} == earlier


def test_the_first_note_moves_no_room() -> None:
    plain = seed(2)
    quiet = _places(plain.network())
    assert _places(plain.sysctl(HOST, "net.ipv4.ip_forward", "1").network()) == quiet


def test_bringing_the_bridge_up_moves_nothing() -> None:
    assert _places(seed(2, up=False).network()) == _places(seed(2).network())


def test_a_removed_namespace_is_a_ghost_in_its_old_slot() -> None:
    before = seed(3).network()
    after = seed(3).remove("ns2").network()
    assert _places(after, before)["ns2"] == _places(before)["ns2"]
    ghost = next(g for g in draw(after, before=before).scene.groups if g.id == "ns2" and g.kind == "namespace")
    assert ghost.fate == "removed"
    assert any(isinstance(item, Text) and item.text == "removed" for item in ghost.items)


@pytest.mark.parametrize("count", [2, 5, 8])
def test_one_removed_and_another_added_moves_nothing(count: int) -> None:
    draft = seed(count)
    before = draft.network()
    after = draft.remove(f"ns{count}").attach("mydocker0", f"ns{count + 1}", "172.16.1.99/16").network()
    here, there = _places(before), _places(after, before)
    if count % 3:  # else the new one begins a row
        assert all(there[room] == here[room] for room in here)
    assert all(there[room][0] == here[room][0] for room in here)


def test_ghosts_dont_make_rooms_shrink_to_lines_for_one_step() -> None:
    draft = seed(9)
    before = draft.network()
    after = draft.remove("ns9").attach("mydocker0", "ns10", "172.16.1.10/16").network()
    assert not any(group.kind == "bundle" for group in draw(after, before=before).scene.groups)


def test_the_picture_doesnt_depend_on_the_order_in_which_things_were_made() -> None:
    forwards = Draft().bridge("br0").bridge("br1").attach("br0", "a1").attach("br1", "b1").attach("br0", "a2")
    backwards = Draft().bridge("br0").bridge("br1").attach("br0", "a2").attach("br1", "b1").attach("br0", "a1")
    assert _places(forwards.network()) == _places(backwards.network())


def test_names_are_ordered_as_people_count() -> None:
    places = _places(seed(12).network())
    assert places["ns2"][1] == places["ns1"][1]
    assert places["ns10"][1] > places["ns9"][1]


def test_namespaces_stand_below_their_own_bridge() -> None:
    scene = draw(rich().network()).scene
    spans = {
        group.id: (box.x, box.x + box.width)
        for group in scene.groups
        if group.kind == "bridge"
        for box in group.items
        if isinstance(box, Box) and box.style.startswith("switch")
    }
    places = _places(rich().network())
    for room, bridge in {"a1": "host/br0", "a3": "host/br0", "b2": "host/br1"}.items():
        assert spans[bridge][0] < places[room][0] < spans[bridge][1]


def test_those_plugged_into_no_bridge_come_last() -> None:
    places = _places(rich().network())
    assert places["alone"][1] > max(places[room][1] for room in ("a1", "a2", "a3", "b1", "b2", "router"))


def test_the_outside_world_is_beside_the_host_and_the_way_to_it_is_straight() -> None:
    scene = draw(outside_world().network()).scene
    host = next(g.items[0] for g in scene.groups if g.id == HOST and g.layer == "ground")
    assert isinstance(host, Box)
    places = _places(outside_world().network())
    assert all(places[room][0] > host.x + host.width for room in ("provider", "web", "dns"))
    assert all(places[room][1] > host.y + host.height for room in ("ns1", "ns2"))
    (uplink,) = [g for g in scene.groups if g.kind == "cable" and "host/eth0" in g.id]
    assert len({y for line in uplink.items if isinstance(line, Line) for _, y in line.points}) == 1


@pytest.mark.parametrize("name", ["the first lesson, second namespace added", "the outside world"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lessons_picture_fits_half_a_laptops_notebook_with_letters_in_their_size(name: str, language: str) -> None:
    """At 1280x800 with a side panel a notebook's outputs are 848 pixels wide, and half of its height is 336."""
    network, before = gallery()[name]
    scene = draw(network, before=before, language=language).scene
    assert scene.width <= 848
    assert scene.height <= 336


def test_beside_the_world_outside_two_bridges_have_their_namespaces_in_one_row() -> None:
    draft = outside_world().bridge("vmbr0", "10.1.0.1/24").attach("vmbr0", "vm", "10.1.0.2/24")
    places = _places(draft.network())
    assert len({places[name][1] for name in ("ns1", "ns2", "vm")}) == 1


def test_default_routes_of_both_families_are_one_note_which_counts_them() -> None:
    draft = outside_world().route(HOST, "default", "2001:db8:2::1", "eth0")
    scene = draw(draft.network()).scene
    assert [text.text for text in _texts(scene) if "default" in text.text and "192.0.2.1" in text.text] == [
        "default → 192.0.2.1 +1"
    ]
    assert not any("2001:db8:2::1" in text.text for text in _texts(scene))
    assert any("2001:db8:2::1" in group.details for group in scene.groups)


def test_a_new_default_route_is_told_apart_from_the_old_one() -> None:
    before = outside_world()
    now = outside_world().route(HOST, "default", "2001:db8:2::1", "eth0")
    told = [text.text for text in _texts(draw(now.network(), before=before.network()).scene)]
    assert {"default → 192.0.2.1", "default → 2001:db8:2::1"} <= set(told)


def test_a_container_wired_to_the_provider_too_stays_inside() -> None:
    draft = outside_world().veth("ns1", "wan", "provider", "to-ns1")
    places = _places(draft.network())
    assert places["ns1"][1] > places["web"][1]
    assert faults(draw(draft.network()).scene) == []


def _cable(scene: Scene, one: str, other: str) -> Group:
    return next(g for g in scene.groups if g.kind == "cable" and set(g.id.split("~")) == {one, other})


def _end(group: Group) -> Extent:
    line = next(item for item in group.items if isinstance(item, Line) and item.style.startswith("cable "))
    return (*line.points[0], *line.points[-1])


def _socket(scene: Scene, name: str) -> tuple[float, float]:
    box = next(
        item
        for group in scene.groups
        if group.id == name
        for item in group.items
        if isinstance(item, Box) and item.style.startswith("socket")
    )
    return box.x + box.width / 2, box.y + box.height / 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("host/veth-a1", "a1/eth00-a1"),
        ("host/r-b", "router/eth1"),
        ("p1/left", "p2/right"),
    ],
)
def test_a_cable_joins_the_sockets_that_really_are_peers(one: str, other: str) -> None:
    scene = draw(rich().network()).scene
    ends = _end(_cable(scene, one, other))
    assert {ends[:2], ends[2:]} == {_socket(scene, one), _socket(scene, other)}


def test_peers_are_matched_by_their_ids_not_by_their_names() -> None:
    draft = Draft("ns1", "ns2").bridge("br0")
    draft.veth(HOST, "veth-ns2", "ns1", "eth00-ns2", master="br0").veth(HOST, "veth-ns1", "ns2", "x", master="br0")
    scene = draw(draft.network()).scene
    assert _cable(scene, "host/veth-ns2", "ns1/eth00-ns2")
    assert _cable(scene, "host/veth-ns1", "ns2/x")


def _glyph_lines(scene: Scene, name: str) -> int:
    group = next(g for g in scene.groups if g.id == name)
    return sum(1 for item in group.items if isinstance(item, Line) and item.style.startswith("glyph"))


def test_states_are_told_by_form_and_word() -> None:
    draft = seed(2).down("ns1", "eth00-ns1")
    scene = draw(draft.network()).scene
    words = {text.text for text in _texts(scene)}
    assert {"down", "no carrier", "up · carrier"} <= words
    assert _glyph_lines(scene, "ns1/eth00-ns1") == 2  # a cross
    assert _glyph_lines(scene, "host/veth-ns1") == 1  # a bar
    bar = next(i for g in scene.groups if g.id == "host/veth-ns1" for i in g.items if isinstance(i, Line))
    assert len({y for _, y in bar.points}) == 1
    cable = _cable(scene, "host/veth-ns1", "ns1/eth00-ns1")
    assert [item.style for item in cable.items] == ["cable down"]


def test_mac_addresses_are_shown_on_request_only() -> None:
    network = seed(1).network()
    mac = network.namespaces[0].interfaces[1].mac
    assert mac not in {text.text for text in _texts(draw(network).scene)}
    assert mac in {text.text for text in _texts(draw(network, mac=True).scene)}


def test_thirty_namespaces_have_one_line_each_and_bundled_cables() -> None:
    scene = draw(seed(30).network()).scene
    rooms = [g for g in scene.groups if g.kind == "namespace" and g.id != HOST]
    assert len(rooms) == 30
    for room in rooms:
        assert len({text.y for text in room.items if isinstance(text, Text)}) == 1
    assert sum(1 for g in scene.groups if g.kind == "bundle") == 4
    assert scene.width < 1100
    assert scene.height < 700


def test_marks_are_drawn_beside_what_they_mark_and_explained_below() -> None:
    marks = [
        Mark("ns2/eth00-ns2", "1"),
        Mark("host/veth-ns2", "2"),
        Mark("host/mydocker0", kind="cross", note="no power"),
    ]
    scene = draw(seed(2, up=False).network(), marks=marks).scene
    assert faults(scene) == []
    discs = [g for g in scene.groups if g.kind == "mark"]
    assert [g.details for g in discs] == ["", "", "no power"]
    x, y = _socket(scene, "ns2/eth00-ns2")
    disc = discs[0].items[0]
    assert isinstance(disc, Box)
    assert abs(disc.x + disc.width / 2 - x) < 25
    assert abs(disc.y + disc.height / 2 - y) < 25
    assert any("no power" in text.text for text in _texts(scene))


def test_between_two_ports_a_journey_goes_by_the_edge_of_their_switch_and_strikes_no_name() -> None:
    marks = [Mark("host/veth-ns1", "1"), Mark("host/veth-ns2", "2")]
    scene = draw(seed(2).network(), marks=marks).scene
    (line,) = next(group for group in scene.groups if group.kind == "journey").items
    assert isinstance(line, Line)
    edge = _socket(scene, "host/veth-ns1")[1]
    assert [y for _, y in line.points[1:3]] == [edge, edge]


def test_a_mark_on_what_isnt_in_the_picture_falls_back_to_its_namespace() -> None:
    scene = draw(seed(1).network(), marks=[Mark("ns1/gone", "1"), Mark("nowhere/at-all", "2")]).scene
    assert sum(1 for g in scene.groups if g.kind == "mark") == 1


@pytest.mark.parametrize("name", gallery())
def test_marks_hide_no_text(name: str) -> None:
    network, _ = gallery()[name]
    places = [f"{n.name}/{i.name}" for n in network.everywhere for i in n.interfaces if not i.is_loopback]
    for place in [*places, *(n.name for n in network.everywhere)]:
        assert faults(draw(network, marks=[Mark(place, "1")]).scene) == []


def _lit(scene: Scene) -> set[str]:
    """The texts that lie on a pill."""
    found = set()
    for group in scene.groups:
        for box, text in zip(group.items, group.items[1:], strict=False):
            if isinstance(box, Box) and box.style == "pill" and isinstance(text, Text):
                found.add(text.text)
    return found


def test_what_changed_in_a_room_is_lit_and_nothing_else() -> None:
    draft = seed(2)
    before = draft.network()
    draft.down("ns1", "eth00-ns1").route("ns2", "default", "172.16.0.1", "eth00-ns2")
    assert _lit(draw(draft.network(), before=before).scene) == {"down", "default → 172.16.0.1"}


def test_a_new_room_is_lit_as_a_whole() -> None:
    scene = draw(seed(2).network(), before=seed(1).network()).scene
    assert _lit(scene) == set()
    tags = [item.text for g in scene.groups for item in g.items if isinstance(item, Text) and item.font == "tag"]
    assert tags == ["new"]


@pytest.mark.parametrize("name", gallery())
def test_two_columns_are_narrower_and_leave_nothing_out(name: str) -> None:
    network, before = gallery()[name]
    wide, narrow = (draw(network, before=before, columns=columns).scene for columns in (3, 2))
    assert faults(narrow) == []
    assert {group.id for group in narrow.groups} >= {group.id for group in wide.groups if group.kind == "namespace"}
    bridges = [interface for interface in network.host.interfaces if interface.kind == "bridge"]
    assert narrow.width < wide.width or len(bridges) > 2


@pytest.mark.parametrize("number", range(120))
def test_nothing_overlaps_in_two_columns_either(number: int) -> None:
    before, after = random_lab(number)
    assert faults(draw(after, before=before, columns=2).scene) == []
