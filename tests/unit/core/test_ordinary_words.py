"""The words that are seldom names."""

from core.ordinary_words import ordinary_words


def test_the_list_holds_common_words_in_lower_case() -> None:
    words = ordinary_words()
    assert {"customer", "maintenance", "target"} <= words
    assert not {"berlin", "kowalczyk"} & words
    assert all(word == word.lower() and word.strip() == word for word in words)
