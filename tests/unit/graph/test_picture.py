"""Pictures: files that viewers open, the same for the same graph, with the names that matter, whatever those are made of."""

import io
import re
import sys
from dataclasses import replace

import pytest
from PIL import Image

from core.access import AccessLabel
from core.errors import MissingExtraError
from core.graph import OCCURS_WITH, Community, Edge, Entity, EntityKind, Neighbourhood
from graph.picture import community_map, neighbourhood_picture
from graph.picture_layout import Area, circle_places, node_places, sunflower

KINDS = [kind for kind in EntityKind if kind is not EntityKind.VALUE]
AREA = Area(0, 0, 400, 300)


def star(count: int, name: str = "Name") -> Neighbourhood:
    entities = [
        Entity(
            f"k{number}", f"{name} {number}", KINDS[number % len(KINDS)], (), (f"k{number}",), number + 1, 1
        )
        for number in range(count)
    ]
    edges = [
        Edge("k0", OCCURS_WITH if number % 3 else "works_for", f"k{number}", 1.0 + number % 5, 1)
        for number in range(1, count)
    ]
    edges += [Edge(f"k{number}", "part_of", f"k{number - 1}", 1.0, 1) for number in range(2, count, 4)]
    return Neighbourhood("k0", tuple(entities), tuple(edges))


def texts(svg: bytes) -> list[str]:
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())]


@pytest.mark.parametrize("count", [1, 5])
def test_a_small_neighbourhood_names_everything(count: int):
    shown = texts(neighbourhood_picture(star(count), wanted="svg"))
    assert {f"Name {number}" for number in range(count)} <= set(shown)
    assert count == 1 or "works for" in shown
    assert "occurs with" not in shown


def test_a_large_neighbourhood_names_the_centre_and_as_many_as_there_is_room_for():
    shown = texts(neighbourhood_picture(star(200), wanted="svg"))
    names = [text for text in shown if text.startswith("Name")]
    assert "Name 0" in names
    assert 20 < len(names) < 200


def test_what_is_more_than_can_be_drawn_is_said_to_be():
    found = star(4)
    shown = texts(neighbourhood_picture(replace(found, is_cut=True), wanted="svg"))
    assert any("there are more" in text for text in shown)


def test_pictures_are_png_files_of_a_moderate_size():
    data = neighbourhood_picture(star(12))
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"
        assert image.width > image.height > 500
    assert len(data) < 300_000


def test_the_same_graph_gives_the_same_picture():
    assert neighbourhood_picture(star(8), wanted="svg") == neighbourhood_picture(star(8), wanted="svg")


def test_any_name_can_be_drawn():
    names = ["東京都", "שלום", "$x_1$ & <b>", "a\x00b\ud800", "😀 emoji", "x" * 500, "\n"]
    entities = [
        Entity(f"k{number}", name, EntityKind.TOPIC, (), (f"k{number}",), 1, 1)
        for number, name in enumerate(names)
    ]
    edges = [Edge("k0", "says_$x$", entity.key, 1.0, 1) for entity in entities[1:]]
    found = Neighbourhood("k0", tuple(entities), tuple(edges))
    assert neighbourhood_picture(found).startswith(b"\x89PNG")
    shown = texts(neighbourhood_picture(found, wanted="svg"))
    assert {"東京都", "שלום", "$x_1$ &amp; &lt;b&gt;", "x" * 33 + "…"} <= set(shown)


def test_the_map_names_the_first_member_of_every_community():
    communities = [community(letter, size) for letter, size in (("a", 12), ("b", 5), ("c", 3))]
    names = {key: f"Entity {key}" for one in communities for key in one.members}
    edges = [Edge("a0", "x", "b0", 1.0, 1), Edge("a0", "x", "a1", 1.0, 1), Edge("a0", "x", "unknown", 1.0, 1)]
    shown = texts(community_map(communities, names=names, edges=edges, wanted="svg"))
    assert {"Entity a0", "Entity b0", "Entity c0", "3 communities, 20 entities"} <= set(shown)


def test_members_without_a_name_are_not_drawn():
    shown = texts(community_map([community("a", 4)], names={"a1": "Known"}, wanted="svg"))
    assert "Known" in shown
    assert "1 communities, 1 entities" in shown


def test_a_map_of_nothing_says_so():
    assert "0 communities, 0 entities" in texts(community_map([], names={}, wanted="svg"))


def test_many_communities_are_cut_to_the_largest():
    communities = [community(f"c{number:02}", 3 + number % 4) for number in range(60)]
    names = {key: key for one in communities for key in one.members}
    shown = texts(community_map(communities, names=names, wanted="svg"))
    assert any(text.startswith("the 40 largest of 60") for text in shown)


def test_without_matplotlib_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "graph.picture_canvas", None)
    with pytest.raises(MissingExtraError, match=r"folio-kb\[plots\]"):
        neighbourhood_picture(star(2))


def test_nodes_lie_inside_the_area_and_apart():
    nodes = [f"n{number}" for number in range(30)]
    links = {("n0", node): 1.0 for node in nodes[1:]}
    places = node_places(nodes, links, area=AREA)
    assert len({(round(x), round(y)) for x, y in places.values()}) == 30
    assert all(0 <= x <= 400 and 0 <= y <= 300 for x, y in places.values())


def test_circles_do_not_overlap():
    radii = {f"c{number}": 1.0 + number % 3 for number in range(20)}
    places, factor = circle_places(radii, {("c0", "c1"): 2.0}, area=AREA)
    for one, (x, y) in places.items():
        for other, (other_x, other_y) in places.items():
            if one < other:
                distance = ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5
                assert distance >= (radii[one] + radii[other]) * factor * 0.99


def test_members_lie_in_their_circle():
    assert all(x**2 + y**2 <= 100 for x, y in sunflower(50, centre=(0, 0), radius=10))


def community(letter: str, size: int) -> Community:
    members = tuple(f"{letter}{number}" for number in range(size))
    return Community(letter, "default", AccessLabel(), 0, None, "", members)
