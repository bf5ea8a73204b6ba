import pytest
from trainyard_worker.squad_metric import exact, f1, normalize, score_row, summarize


def test_normalization():
    assert normalize("The  Quick, brown fox!") == "quick brown fox"
    assert normalize("an apple a day") == "apple day"
    # Punctuation goes first and leaves no space; articles only as whole words.
    assert normalize("U.S.A. theatre") == "usa theatre"
    assert normalize("well-known") == "wellknown"


@pytest.mark.parametrize(
    ("gold", "predicted", "em", "score"),
    [
        ("the Eiffel Tower", "Eiffel tower.", 1, 1.0),
        ("Eiffel Tower", "tower", 0, 2 / 3),
        ("in the city of Paris", "Paris", 0, 0.4),
        ("one two three", "one two four", 0, 2 / 3),
        ("one one two", "one two two", 0, 2 / 3),
        ("Paris", "London", 0, 0.0),
        ("", "", 1, 1.0),
        ("", "something", 0, 0.0),
        ("the", "a", 1, 1.0),
    ],
)
def test_hand_computed(gold, predicted, em, score):
    assert exact(gold, predicted) == em
    assert f1(gold, predicted) == pytest.approx(score)


def test_the_best_of_several_answers_counts():
    assert score_row(["Paris, France", "Paris"], "paris") == (1.0, 1.0)
    assert score_row([], "") == (1.0, 1.0)
    assert score_row([], "Paris") == (0.0, 0.0)


def test_groups_only_where_there_are_unanswerable_questions():
    scores = [(1.0, 1.0), (0.0, 0.5), (1.0, 1.0), (0.0, 0.0)]
    assert summarize(scores, [True] * 4) == {"exact": 50.0, "f1": 62.5, "total": 4}
    split = summarize(scores, [True, True, False, False])
    assert split["HasAns_f1"] == 75.0 and split["HasAns_total"] == 2
    assert split["NoAns_exact"] == 50.0 and split["NoAns_f1"] == 50.0
