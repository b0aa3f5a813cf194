"""An edited document is embedded again only where it changed, and what is deleted serves nobody."""

from core.config import ChunkSettings
from ingest.chunk.structure import StructureChunker
from tests.fakes.embedder import FakeEmbedder
from tests.unit.ingest.world import World


def paragraphs(count: int) -> list[str]:
    return [f"paragraph {number} speaks of machine {number * 7}" for number in range(count)]


def dense_by_text(world: World) -> dict[str, tuple[float, ...]]:
    return {point.text: point.dense for point in world.index.points.values()}


async def embedded_by_sync(world: World) -> int:
    before = world.embedder.passage_count
    await world.sync()
    return world.embedder.passage_count - before


async def test_edit_of_one_paragraph_among_a_hundred_embeds_only_that_one(world: World) -> None:
    rows = paragraphs(100)
    world.write("a.txt", "\n\n".join(rows))
    assert await embedded_by_sync(world) == 100
    rows[50] = "something else entirely"
    world.write("a.txt", "\n\n".join(rows))
    assert await embedded_by_sync(world) == 1
    assert world.texts("a.txt") == rows
    expected = await FakeEmbedder().embed_passages([f"a\n{row}" for row in rows])
    assert [dense_by_text(world)[row] for row in rows] == expected


async def test_edit_with_the_real_chunker_embeds_at_most_three_of_a_hundred_chunks(world: World) -> None:
    world.chunker = StructureChunker(ChunkSettings(child_tokens=40), lambda text: len(text.split()))
    rows = [f"## Part {n}" if n % 6 == 0 else " ".join(f"w{n}x{k}" for k in range(30)) for n in range(120)]
    world.write("a.md", "\n\n".join(rows))
    assert await embedded_by_sync(world) == 100
    for position in (1, 56, 119):
        rows[position] = f"quite another and much longer paragraph {'of words ' * 14}{position}"
        world.write("a.md", "\n\n".join(rows))
        assert 1 <= await embedded_by_sync(world) <= 3


async def test_chunks_that_only_change_their_place_are_not_embedded(world: World) -> None:
    rows = paragraphs(5)
    world.write("a.txt", "\n\n".join(rows))
    await world.sync()
    world.write("a.txt", "\n\n".join(["a new beginning", *reversed(rows)]))
    assert await embedded_by_sync(world) == 1
    assert world.texts("a.txt") == ["a new beginning", *reversed(rows)]


async def test_equal_chunks_of_one_document_are_embedded_once(world: World) -> None:
    world.write("a.txt", "\n\n".join(["the same line"] * 4))
    assert await embedded_by_sync(world) == 1
    assert world.texts("a.txt") == ["the same line"] * 4


async def test_new_embedding_model_uses_no_vector_of_the_former(world: World) -> None:
    world.write("a.txt", "one\n\ntwo")
    await world.sync()
    world.embedder = FakeEmbedder(dimension=64)
    assert await embedded_by_sync(world) == 2
    assert {len(point.dense) for point in world.index.points.values()} == {64}


async def test_deleted_document_that_comes_back_is_embedded_anew(world: World) -> None:
    path = world.write("a.txt", "one\n\ntwo")
    await world.sync()
    path.unlink()
    await world.sync()
    assert world.index.points == {}
    world.write("a.txt", "one\n\ntwo")
    assert await embedded_by_sync(world) == 2


async def test_stage_of_embeddings_counts_what_was_computed(world: World) -> None:
    world.write("a.txt", "one\n\ntwo")
    await world.sync()
    world.write("a.txt", "one\n\nthree")
    stages = (await world.sync()).stages
    assert (stages["embeddings"].item_count, stages["vector_index"].item_count) == (1, 2)
