"""Whose name a name is."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from tests import factories

from broadsheet.discussion.actions import CommentRefused, Draft, post_comment
from broadsheet.readers.actions import change_name, forget_names
from broadsheet.readers.models import Account, AccountName, NameKey, ReservedName
from broadsheet.readers.names import NameUnusable
from broadsheet.readers.protection import Belongs, NameTaken, check_name, is_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody(publication, author, editor, stranger):
    factories.topic("Steve Jobs")
    factories.topic("Apple", kind="organisation")
    ReservedName.objects.create(name="Grandma Duck")


@pytest.mark.parametrize(
    ("name", "belongs"),
    [
        ("Ann Lee", Belongs.AUTHOR),
        ("ann  lee", Belongs.AUTHOR),
        ("Аnn Lее", Belongs.AUTHOR),
        ("Ann\u200bLee", Belongs.AUTHOR),
        ("The real Ann Lee", Belongs.AUTHOR),
        ("Ann Lee ✓", Belongs.AUTHOR),
        ("Eve Editor", Belongs.STAFF),
        ("Sam Stranger", Belongs.ACCOUNT),
        ("SAM STRANGER", Belongs.ACCOUNT),
        ("Mr. Sam-Stranger", Belongs.ACCOUNT),
        ("The Test", Belongs.PUBLICATION),
        ("Editor", Belongs.ROLE),
        ("ЕDITOR", Belongs.ROLE),
        ("M0derator", Belongs.ROLE),
        ("Readers' editor", Belongs.ROLE),
        ("Zoe (Author)", Belongs.ROLE),
        ("Staff: Zoe", Belongs.ROLE),
        ("grandma duck", Belongs.ROLE),
        ("Steve Jobs", Belongs.TOPIC),
        ("Stеve J0bs", Belongs.TOPIC),
    ],
)
def test_name_of_somebody_is_nobody_elses(everybody, name, belongs):
    try:
        check_name(name)
    except NameTaken as taken:
        assert taken.belongs is belongs
    except NameUnusable as unusable:
        # What mixes alphabets in a word is refused before anybody asks whose it is.
        assert "mixes letters" in str(unusable)
    else:
        pytest.fail(f"{name} was taken")


@pytest.mark.parametrize(
    "name", ["Ann", "Ann Leeds", "Steve", "Apple", "Testa", "Sam", "Edith Orr", "李雷", "🐝"]
)
def test_other_names_are_free(everybody, name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "Ann Lee",
            "You cannot be called “Ann Lee” here: one of our authors has that name. If that is you,"
            " please sign in; if not, please choose another name.",
        ),
        (
            "St3ve Jobs",
            "Readers could take “St3ve Jobs” for “Steve Jobs” here: that is somebody whom our stories"
            " are about. If it is your name as well, please add something that tells you apart, such as"
            " where you live.",
        ),
        (
            "The Editor",
            "Readers could take “The Editor” for “editor” here: readers would think that you speak for"
            " the publication. Please choose another name.",
        ),
        ("Zoe, Staff", "“Staff” in a name looks like a mark that we give. Please leave it out."),
    ],
)
def test_refusal_says_why(everybody, name, says):
    with pytest.raises(NameTaken) as refusal:
        check_name(name)
    assert str(refusal.value) == says


def test_owner_has_the_name(everybody, author, stranger, editor):
    assert check_name("Ann Lee", account=author.account, author=author) == "Ann Lee"
    assert check_name("SAM STRANGER", account=stranger) == "SAM STRANGER"
    assert check_name("The Test", account=editor) == "The Test"
    with pytest.raises(NameTaken):
        check_name("Ann Lee", account=stranger)
    with pytest.raises(NameTaken):
        check_name("Editor", account=stranger)


def test_desk_makes_somebody_staff(publication, stranger):
    assert not is_staff(stranger)
    group = Group.objects.create(name="Sub-editors")
    group.permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )

    stranger.groups.add(group)

    assert is_staff(stranger)
    assert not is_staff(None)


def test_one_statement_whoever_has_names(everybody, django_assert_num_queries):
    for number in range(30):
        factories.account(f"r{number}@elsewhere.example", f"Reader number {number}")
    # Within a transaction what is kept in memory is loaded: one statement more.
    with django_assert_num_queries(2):
        check_name("Zoe")


def test_names_that_an_account_had_are_kept(publication, stranger):
    change_name(account=stranger, name="  Sam   Smith ")
    change_name(account=stranger, name="Sam Smith")
    changed = change_name(account=stranger, name="Samuel Smith")

    assert changed == "Samuel Smith"
    names = list(AccountName.objects.filter(account=stranger))
    assert [each.name for each in names] == ["Sam Stranger", "Sam Smith", "Samuel Smith"]
    assert names[0].valid_to == names[1].valid_from
    assert names[1].valid_to == names[2].valid_from
    assert names[2].valid_to is None
    # The earlier names are free again.
    assert check_name("Sam Stranger") == "Sam Stranger"


def test_name_changed_at_the_desk_is_kept_too(publication, stranger):
    account = Account.objects.get(pk=stranger.pk)
    account.name = "Sam Smith"
    account.save()
    account.is_active = False
    account.save()

    names = AccountName.objects.filter(account=stranger).values_list("name", flat=True)
    assert list(names) == ["Sam Stranger", "Sam Smith"]


@pytest.mark.parametrize("name", ["Ann Lee", "ANN LEE", "Ann_Lee"])
def test_account_cannot_take_anothers_name(publication, author, stranger, name):
    with pytest.raises(NameTaken):
        change_name(account=stranger, name=name)

    stranger.refresh_from_db()
    assert stranger.name == "Sam Stranger"


def test_name_taken_between_look_and_word_is_refused(publication, stranger, monkeypatch):
    other = factories.account("other@elsewhere.example", "Zoe Ham")
    monkeypatch.setattr("broadsheet.readers.actions.check_name", lambda name, **_: name)

    with pytest.raises(NameTaken):
        change_name(account=stranger, name="zoe ham")

    assert list(NameKey.objects.filter(account=other).values_list("key", flat=True))
    stranger.refresh_from_db()
    assert stranger.name == "Sam Stranger"


def test_forgotten_names_are_free(publication, stranger):
    change_name(account=stranger, name="Sam Smith")

    forget_names(account=stranger)

    assert (AccountName.objects.count(), NameKey.objects.count()) == (0, 0)
    assert check_name("Sam Smith") == "Sam Smith"


def test_guest_is_asked_for_another_name(publication, author):
    document = factories.story(authors=(author,))

    with pytest.raises(CommentRefused) as refusal:
        post_comment(document_id=document.pk, draft=Draft(text="Mine.", name="ann lee"))

    assert [error.field for error in refusal.value.errors] == ["name"]
    assert post_comment(document_id=document.pk, draft=Draft(text="Mine."), author=author).name


def test_account_without_a_name_has_no_other_right(publication, author):
    document = factories.story(authors=(author,))
    nameless = factories.account("n@elsewhere.example")

    with pytest.raises(CommentRefused):
        post_comment(
            document_id=document.pk, draft=Draft(text="Mine.", name="Ann Lee"), account=nameless
        )
