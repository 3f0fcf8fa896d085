"""From an image at the desk to the picture that the record keeps."""

from __future__ import annotations

from wagtail.images.models import AbstractImage

from broadsheet.record.actions import EditionRefused
from broadsheet.record.pictures import Picture, PictureUnreadable, store_picture


def recorded_picture(image: AbstractImage) -> Picture:
    """Return the record's copy of an image, kept whatever happens to the image at the desk.

    Making it takes seconds for a large image; it is made once. Raises ``EditionRefused`` for an image
    that cannot be kept.
    """
    try:
        with image.open_file() as file:
            return store_picture(file.read())
    except (PictureUnreadable, OSError) as error:
        raise EditionRefused(f"The image “{image.title}” cannot be published: {error}.") from error
