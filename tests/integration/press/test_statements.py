"""Statements that travel together: in their order, all or none, and only where there is a way."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from broadsheet.record.models import Section
from broadsheet.record.rows import insert_rows, update_rows
from broadsheet.statements import answers, planned, together

pytestmark = pytest.mark.django_db
FIELDS = ("slug", "name", "description", "position", "is_listed")


def add(slug: str) -> None:
    insert_rows(Section, FIELDS, [(slug, slug.title(), "100 % sure; really", 0, True)])


@transaction.atomic
def add_together(slugs: list[str]) -> None:
    with together():
        for slug in slugs:
            add(slug)


def test_statements_are_run_in_their_order(django_assert_num_queries):
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 3), together():
        add("city")
        add("region")
        update_rows(Section, ["name"], ["slug"], [("Town", "city"), ("Land", "region")])

    assert list(Section.objects.values_list("slug", "name", "description")) == [
        ("city", "Town", "100 % sure; really"),
        ("region", "Land", "100 % sure; really"),
    ]


def test_block_within_a_block_joins_it(django_assert_num_queries):
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2), together():
        add("city")
        with together():
            add("region")

    assert Section.objects.count() == 2


def test_nothing_is_run_where_the_block_fails():
    with pytest.raises(AttributeError):
        add_together(["city", None])
    add("region")

    assert list(Section.objects.values_list("slug", flat=True)) == ["region"]


def test_one_that_fails_takes_the_others_back():
    with pytest.raises(IntegrityError):
        add_together(["city", "city"])

    assert not Section.objects.exists()


FOUND = "SELECT name FROM record_section WHERE slug = %s OR position > %s ORDER BY name"


def found(slug: str | None, position: int) -> list[str]:
    [rows] = answers([(planned(FOUND, ["text", "int"]), [slug, position])])
    return [name for (name,) in rows]


def test_planned_statement_answers_as_the_statement_does():
    add("city")
    add("region")

    assert found("city", 5) == ["City"]
    assert found("it's; DROP TABLE $1 %s", -1) == ["City", "Region"]
    assert found(None, 5) == []


def test_planned_statement_outlives_a_transaction_that_was_taken_back():
    with transaction.atomic():
        assert found("city", 5) == []
        transaction.set_rollback(True)
    add("city")

    assert found("city", 5) == ["City"]


@pytest.mark.django_db(transaction=True)
def test_planned_statement_is_planned_again_by_a_new_connection():
    assert found("city", 5) == []
    connection.close()

    assert found("city", 5) == []


def test_planned_statement_sees_what_was_changed_about_its_table():
    assert found("city", 5) == []
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX section_for_this_test ON record_section (slug, position)")
    add("city")

    assert found("city", 5) == ["City"]
