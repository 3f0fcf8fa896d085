"""Pictures that the record keeps."""

from __future__ import annotations

import lxml.html
import pytest
from django.core.files.storage import default_storage
from PIL import Image
from tests import factories
from tests.shared_fixtures import shared_files

from broadsheet.record.pictures import PictureUnreadable, store_picture
from broadsheet.record.rendering import picture_html


def test_picture_is_kept_in_widths_up_to_its_own():
    picture = store_picture(factories.picture_bytes(900, 600))

    assert (picture.width, picture.height, picture.widths) == (900, 600, (480, 800, 900))
    assert all(default_storage.exists(picture.path(width)) for width in picture.widths)
    assert default_storage.exists(picture.preview_path)


def test_large_picture_is_kept_at_the_largest_width():
    assert store_picture(factories.picture_bytes(4000, 1000)).widths == (480, 800, 1200, 1600)


def test_same_picture_is_stored_once():
    data = factories.picture_bytes()

    assert store_picture(data) == store_picture(data)


def test_picture_that_came_out_of_the_record_stays_the_one_it_was():
    picture = store_picture(factories.picture_bytes())

    assert store_picture(picture.original()) == picture


@pytest.mark.parametrize("data", [b"", b"no picture", factories.picture_bytes()[:200]])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(PictureUnreadable):
        store_picture(data)


def test_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(PictureUnreadable, match="pixels"):
        store_picture(factories.picture_bytes(9000, 9000))


@pytest.mark.parametrize("path", shared_files("fixtures/bad-input/images/*"), ids=lambda p: p.name)
def test_hostile_picture_is_kept_or_refused(path):
    try:
        picture = store_picture(path.read_bytes())
    except PictureUnreadable:
        return
    assert default_storage.exists(picture.path(picture.widths[0]))


def test_kept_files_are_webp_in_the_width_that_srcset_says():
    picture = store_picture(factories.picture_bytes(900, 600))

    for width in picture.widths:
        with default_storage.open(picture.path(width)) as file, Image.open(file) as image:
            assert (image.format, image.width) == ("WEBP", width)
        assert f"{default_storage.url(picture.path(width))} {width}w" in picture.srcset


@pytest.mark.parametrize(
    ("eager", "attributes"),
    [(False, {"loading": "lazy", "decoding": "async"}), (True, {"fetchpriority": "high"})],
)
def test_picture_on_a_page_has_its_place_before_it_comes(eager, attributes):
    """The browser chooses a size, keeps the place free, and fetches what is not seen yet later."""
    picture = store_picture(factories.picture_bytes(900, 600))

    html = picture_html(picture, alt="A bridge", sizes="100vw", eager=eager)

    [image] = lxml.html.fromstring(html).xpath("//img | self::img")
    assert dict(image.attrib) == {
        "src": picture.url(800),
        "srcset": picture.srcset,
        "sizes": "100vw",
        "width": "900",
        "height": "600",
        "alt": "A bridge",
        **attributes,
    }
