from ingest.chunk.blocks import Block, split_blocks
from ingest.chunk.sections import Section, merge_tiny, split_sections


def sections_of(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [shown(section, text) for section in split_sections(split_blocks(text))]


def merged(text: str, max_tokens: int) -> list[tuple[tuple[str, ...], str]]:
    def words(block: Block) -> int:
        return len(text[block.start : block.end].split())

    sections = merge_tiny(split_sections(split_blocks(text)), max_tokens=max_tokens, count=words, text=text)
    return [shown(section, text) for section in sections]


def shown(section: Section, text: str) -> tuple[tuple[str, ...], str]:
    return section.path, text[section.start : section.end]


def test_headings_without_text_open_the_section_below_them() -> None:
    assert sections_of("before\n\n# A\n\n## B\n\ntext\n\n# C") == [
        ((), "before"),
        (("A", "B"), "# A\n\n## B\n\ntext"),
        (("C",), "# C"),
    ]


def test_tiny_siblings_are_joined_under_what_their_paths_share() -> None:
    text = "# A\n## B\nfew\n## C\nwords"
    assert merged(text, 24) == [(("A",), text)]


def test_a_tiny_section_takes_in_its_subsection() -> None:
    assert merged("# A\nfew\n## B\nwords", 24) == [(("A",), "# A\nfew\n## B\nwords")]


def test_sections_that_do_not_fit_together_stay_apart() -> None:
    assert len(merged("# A\nfew\n## B\n" + "word " * 18, 20)) == 2


def test_a_section_that_is_not_tiny_stays_alone() -> None:
    assert len(merged("# A\n" + "word " * 8 + "\n## B\nfew", 20)) == 2


def test_sections_of_different_chapters_are_never_joined() -> None:
    assert len(merged("# A\n## B\nfew\n# C\n## D\nwords", 40)) == 2


def test_groups_of_tiny_siblings_stay_when_one_is_put_in_front() -> None:
    questions = [f"## Question {number}\n" + f"answer {number * 7} " * 3 for number in range(60)]
    before = {text for _, text in merged("\n".join(questions), 100)}
    after = {text for _, text in merged("\n".join(["## New one\nand its answer", *questions]), 100)}
    assert len(before) > 8
    assert len(after - before) <= 2
