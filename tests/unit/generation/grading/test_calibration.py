import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingsError
from generation.grading.calibration import Calibration, Weighed, packaged, parsed
from generation.grading.features import NAMES

TABLE = """
[words]
intercept = 0.5
[words.features]
passage = { center = 0.4, scale = 0.2, weight = 1.0 }
[nearness]
intercept = 0
[nearness.features]
"""


def test_a_probability_is_the_logistic_of_what_the_features_add() -> None:
    # 0.5 + 1.0 * (0.8 - 0.4) / 0.2 = 2.5; 1 / (1 + e^-2.5) = 0.924
    assert parsed(TABLE).words.probability({"passage": 0.8}) == pytest.approx(0.924, abs=0.001)


def test_a_feature_that_is_missing_adds_nothing() -> None:
    assert parsed(TABLE).words.probability({}) == parsed(TABLE).words.probability({"passage": 0.4})


@given(st.floats(-1e6, 1e6))
def test_whatever_the_features_it_is_a_probability(value: float) -> None:
    found = Calibration(0.0, {"passage": Weighed(0.0, 0.001, 5.0)}).probability({"passage": value})

    assert 0 <= found <= 1


@pytest.mark.parametrize(
    "text", ["not toml", "[words]\nintercept = 1", TABLE.replace("scale = 0.2", "scale = 0"), TABLE + "x = 3"]
)
def test_a_table_that_cannot_be_read_says_what_it_needs(text: str) -> None:
    with pytest.raises(SettingsError, match="intercept"):
        parsed(text)


def test_the_packaged_tables_weigh_features_that_there_are() -> None:
    used = packaged().words.weighed.keys() | packaged().nearness.weighed.keys()

    assert used
    assert used <= set(NAMES)


@pytest.mark.parametrize("name", ["words", "nearness"])
def test_a_nearer_passage_never_makes_an_answer_less_probable(name: str) -> None:
    table = getattr(packaged(), name)

    assert "sentence" in table.weighed
    assert all(
        table.weighed[feature].weight > 0 for feature in {"sentence", "passage"} & table.weighed.keys()
    )
