"""Printed dates are read in many wordings; what can mean two days is not."""

from __future__ import annotations

import datetime as dt

import pytest

from broadsheet.transfer.capture.dates import day_order, find_date, read_machine_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 11th Feb 11 10:26 am with 12 Comments", "2011-02-11T10:26:00"),
        ("26 abril 2022 a las 14:02", "2022-04-26T14:02:00"),
        ("Juli 30, 2013 um 2:33 pm", "2013-07-30T14:33:00"),
        ("8. April 2019 @ 11:38", "2019-04-08T11:38:00"),
        ("3. November 2023 um 20:14 Uhr", "2023-11-03T20:14:00"),
        ("27.05.2019 um 13:18 Uhr", "2019-05-27T13:18:00"),
        ("June 28, 2015 at 10:25 pm", "2015-06-28T22:25:00"),
        ("Friday, February 11, 2011 5:26 AM", "2011-02-11T05:26:00"),
        ("Sat Mar 05, 2011 9:12 pm", "2011-03-05T21:12:00"),
        ("le 5 août 2012 à 20h14", "2012-08-05T20:14:00"),
        ("12 de marzo de 2014, 9:05", "2014-03-12T09:05:00"),
        ("14 мая 2015 в 16:20", "2015-05-14T16:20:00"),
        ("2011年2月11日 下午3:20", "2011-02-11T15:20:00"),
        ("2011-02-11 23:05:09 +0100", "2011-02-11T23:05:09+01:00"),
        ("2011-02-11T23:05:09Z", "2011-02-11T23:05:09+00:00"),
        ("10:26 am on 11 February 2011", "2011-02-11T10:26:00"),
        ("12:05 am, 1 May 2010", "2010-05-01T00:05:00"),
        ("1 May 2010 at 9pm", "2010-05-01T21:00:00"),
        ("25/12/2013 10:00", "2013-12-25T10:00:00"),
        ("12/25/2013 10:00", "2013-12-25T10:00:00"),
        ("04/04/2013 10:00", "2013-04-04T10:00:00"),
        ("December 2nd, 1998, 7:01 a.m.", "1998-12-02T07:01:00"),
    ],
)
def test_date_with_time(text: str, expected: str) -> None:
    found = find_date(text)

    assert found is not None
    assert found.at is not None
    assert (found.at.isoformat(), found.is_day_only) == (expected, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("May 3rd, 2010", "2010-05-03"),
        ("3/5/2010 — no, 13/5/2010", None),
        ("11.02.11", "2011-02-11"),
    ],
)
def test_day_without_time(text: str, expected: str | None) -> None:
    found = find_date(text)

    assert found is not None
    assert (found.at and found.at.date().isoformat()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2 weeks ago",
        "Feb 11 at 10:26",
        "version 2.10.11.12",
        "31 February 2011",
        "may 4 people",
        "",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert find_date(text) is None


def test_figures_that_mean_two_days_are_not_read() -> None:
    found = find_date("03/04/2011 10:00")

    assert found is not None
    assert found.at is None


def test_figures_are_read_in_the_order_that_the_page_proves() -> None:
    order = day_order(["03/04/2011", "25/04/2011"])

    found = find_date("03/04/2011 10:00", order=order)

    assert found is not None
    assert found.at == dt.datetime(2011, 4, 3, 10)


def test_page_that_contradicts_itself_proves_no_order() -> None:
    assert day_order(["25/04/2011", "04/25/2011"]) is None


@pytest.mark.parametrize("text", ["comment_date", "P1D", "12", "20110211", "x" * 50])
def test_what_machines_do_not_mean(text: str) -> None:
    found = read_machine_date(text)

    assert found is None or found.at is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 11 Feb 2011 10:26:00 +0000", "2011-02-11T10:26:00+00:00"),
        ("2011-02-11 10:26:00", "2011-02-11T10:26:00"),
        ("2011/02/11 10:26", "2011-02-11T10:26:00"),
        ("May 3, 2019 5:55 pm", None),
    ],
)
def test_machine_date(text: str, expected: str | None) -> None:
    found = read_machine_date(text)

    assert (found.at.isoformat() if found and found.at else None) == expected


def test_machine_date_keeps_its_offset() -> None:
    found = read_machine_date("2020-08-15T09:35:53-07:00")

    assert found is not None
    assert found.at is not None
    assert found.at.utcoffset() == dt.timedelta(hours=-7)


def test_machine_day_has_no_time() -> None:
    found = read_machine_date("2020-12-24")

    assert found is not None
    assert found.is_day_only
