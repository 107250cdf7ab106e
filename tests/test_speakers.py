"""Speakers: pronouns, surnames and roles led back to the fullest name in the article."""

import pytest

from analysis.statements import extract_statements


def last_name(text):
    """Return whom the last statement of a text belongs to."""
    return extract_statements(text)[-1].speaker_name


REFERENCES = [
    # a surname, a title and a surname
    ("Envoy Anna Berg arrived. Berg said the plan was dead.", "Anna Berg"),
    ("Anna Berg, the envoy, arrived. Ms. Berg said the plan was dead.", "Anna Berg"),
    ("Foreign Minister Carl Holm arrived. Minister Holm said the plan was dead.", "Carl Holm"),
    # the name that comes later
    ("Berg said the plan was dead. It was the first time Anna Berg spoke.", "Anna Berg"),
    # pronouns agree with the person, and follow the last subject or speaker, not the last name
    ("Anna Berg met Carl Holm. She said the plan was dead.", "Anna Berg"),
    ("Anna Berg met Carl Holm. He said the plan was dead.", "Carl Holm"),
    ("John Berg said Carl Holm was late. He added that it was a pity.", "John Berg"),
    ("John Berg said it was late. Carl Holm left. He said the plan was dead.", "Carl Holm"),
    ("An aide said it was late. Asked whether it was dead, Carl Holm smiled. He said it was.", "Carl Holm"),
    # roles by what the article says of them
    ("Anna Berg, the Norwegian envoy, arrived. The envoy said the plan was dead.", "Anna Berg"),
    ("Norway's prime minister, Carl Holm, left. The prime minister said the plan was dead.", "Carl Holm"),
    ("Anna Berg is sure. The envoy said the plan was dead.", "Anna Berg"),
    ('"No," said Anna Berg, a 62-year-old teacher from Oslo. The 62-year-old said she would stay.', "Anna Berg"),
    ("US Secretary of State Anna Berg left. The secretary of state said the plan was dead.", "Anna Berg"),
    # the verb before the name
    ('Said Berg: "No comment."', "Berg"),
    ('Said Berg, the envoy: "No comment."', "Berg"),
    ('Anna Berg arrived. Said Berg: "No comment."', "Anna Berg"),
    ("The poet Said Berg arrived. Said Berg said the plan was dead.", "Said Berg"),
    # who
    ("He met Anna Berg, who said the plan was dead.", "Anna Berg"),
    # an apposition that names
    ("The chief prosecutor, Anna Berg, said the plan was dead.", "Anna Berg"),
    ("Anna Berg, who knew Carl Holm well, said the plan was dead.", "Anna Berg"),
    # bodies and people without a name keep their phrase
    ("The White House said the plan was dead.", "The White House"),
    ("A spokesman for Carl Holm said the plan was dead.", "A spokesman for Carl Holm"),
    ("Holm's envoy said the plan was dead.", "Holm's envoy"),
    ("Two officials who had seen it said the plan was dead.", "Two officials who had seen it"),
    # abbreviations that the article spells out
    ("The World Trade Union met. The WTU said the plan was dead.", "World Trade Union"),
]


@pytest.mark.parametrize(("text", "name"), REFERENCES)
def test_phrase_is_led_back_to_the_fullest_name(text, name):
    assert last_name(text) == name


def test_a_role_of_another_people_is_not_guessed():
    text = "Anna Berg and Carl Holm met John Lind. The Norwegian president said the plan was dead."
    assert last_name(text) == "The Norwegian president"


def test_two_persons_with_one_surname_are_told_apart_by_title():
    text = "Anna Berg and John Berg arrived. Mr. Berg said the plan was dead. Mrs. Berg said it was alive."
    assert [s.speaker_name for s in extract_statements(text)] == ["John Berg", "Anna Berg"]


def test_nobody_is_named():
    assert last_name('It was quiet.\n\n"We will never give up this land to anyone," read a sign.') == "a sign"
