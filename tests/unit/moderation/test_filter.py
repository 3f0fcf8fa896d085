"""The filter tells advertising from conversation, says why, and takes no longer for hostile texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.moderation.filter import opinion, score
from broadsheet.moderation.filter.features import MAX_TEXT, features_of, plain, words_about
from broadsheet.moderation.filter.model import Own, data_of, model_of, number_of, shipped
from broadsheet.moderation.filter.samples import (
    SamplesUnreadable,
    area_under_curve,
    precision_at_recall,
    read_samples,
)
from broadsheet.moderation.lessons import learned

SPAM = [
    "Check out my new channel and subscribe, I will subscribe back!!!",
    "Congratulations! You have won a £1000 prize. Call 09061701461 to claim now.",
    "Earn $5000 a week working from home, visit http://quick-money.example.com today",
    "FREE followers!! Click here: www.followers.example.com",
    "Hey guys please visit my page and follow me on instagram",
]
CONVERSATION = [
    "The council voted nine to four, so the budget was never in doubt.",
    "I disagree with the second paragraph: the bridge was closed in 1998, not 1999.",
    "Thanks for the correction.",
    "Who pays for the repairs if the tunnel floods again?",
    "My grandmother crossed that bridge every day for forty years.",
]


@pytest.mark.parametrize("text", SPAM)
def test_advertising_is_held(text):
    assert score(text) > 0.9


@pytest.mark.parametrize("text", CONVERSATION)
def test_conversation_is_not(text):
    assert score(text) < 0.5


def test_reasons_are_the_strongest_signs():
    found = opinion("Check out my channel https://a.example.com and https://b.example.com")
    links = opinion("https://a.example.com/x https://b.example.com/y")

    assert len(found.reasons) == 3
    assert "points to the writer’s own things" in found.reasons
    assert links.reasons[:2] == ["has a link", "has 2 links"]


def test_words_that_have_nothing_to_do_with_the_story_weigh():
    text = "Wonderful weather makes people happy everywhere today"

    assert score(text, story="The council voted on the bridge.") > score(text)
    assert score(text, story="Wonderful weather was reported.") == score(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "<" * 16_000, "a" * 16_000, "1" * 16_000, "@a." * 5_000, "a-." * 5_000,
             "&amp;" * 5_000, "http://" * 2_000, "\u200b" * 9_000, "я" * 9_000, "!" * 9_000]
)  # fmt: skip
def test_hostile_texts_are_judged(text):
    began = time.process_time()
    assert 0 <= score(text) <= 1
    # A pattern that goes wrong takes minutes.
    assert time.process_time() - began < 5


@given(st.text())
def test_any_text_has_a_probability(text):
    assert 0 <= score(text) <= 1


def test_what_is_looked_at_is_bounded():
    assert len(plain("word " * 50_000)) <= MAX_TEXT + 1
    assert plain("One<br />two &amp; &#39;three&#39;") == "One\ntwo & 'three'"


def test_words_of_a_story():
    assert words_about("The council voted.", "Bridges") == {"council", "voted", "bridges"}


def test_model_is_the_same_when_it_was_stored():
    model = shipped()
    text = features_of(SPAM[0])

    assert model_of(data_of(model)).sum_of(text) == pytest.approx(model.sum_of(text), abs=0.01)


def numbers(text):
    return [number_of(gram) for gram in features_of(text).words]


def test_what_was_taught_changes_the_opinion():
    texts = {False: CONVERSATION, True: [f"{each} zorblax tonic" for each in CONVERSATION]}
    own = learned(
        [(spam, -2.0, numbers(text)) for spam, each in texts.items() for text in each] * 4
    )
    said = opinion("Ask your doctor for zorblax tonic, it is good for the council.", own=own)
    before = opinion("Ask your doctor for zorblax tonic, it is good for the council.")

    assert said.probability > before.probability + 0.2
    assert any("zorblax" in each for each in said.reasons)
    assert score(CONVERSATION[0], own=own) < 0.5


def test_nothing_is_believed_of_one_kind_alone():
    assert learned([(True, -2.0, [1, 2])] * 50) == Own(lessons=50)


def test_area_under_the_curve():
    assert area_under_curve([0.1, 0.2, 0.8, 0.9], [False, False, True, True]) == 1
    assert area_under_curve([0.5, 0.5], [False, True]) == 0.5
    assert area_under_curve([0.9, 0.1, 0.8], [False, True, True]) == 0
    assert area_under_curve([1.0], [True]) != area_under_curve([1.0], [True])


def test_precision_where_most_is_found():
    scores = [0.9, 0.8, 0.7, 0.6]

    assert precision_at_recall(scores, [True, False, True, False], 1.0) == (2 / 3, 0.7)
    assert precision_at_recall(scores, [True, False, True, False], 0.5) == (1.0, 0.9)


FILES = [
    ('CONTENT,CLASS\n"Two\nlines",1\nham,0\n', ["Two\nlines", "ham"]),
    ("\ufeffid,text,label\n1,Hello,spam\n2,Bye,ham\n", ["Hello", "Bye"]),
    ('spam\tWin now\nham\tSee "you\n', ["Win now", 'See "you']),
]


@pytest.mark.parametrize(("written", "texts"), FILES)
def test_labelled_files_are_read(tmp_path, written, texts):
    path = tmp_path / "samples"
    path.write_text(written, "utf-8")

    assert read_samples(path) == (texts, [True, False])


@pytest.mark.parametrize(
    "written", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"\x1f\x8b\x08x", b"text,label\nx,?\n"]
)
def test_other_files_are_named(tmp_path, written):
    path = tmp_path / "samples"
    path.write_bytes(written)

    with pytest.raises(SamplesUnreadable, match="samples"):
        read_samples(path)
