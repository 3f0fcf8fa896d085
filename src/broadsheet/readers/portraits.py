"""Pictures that readers give of themselves: small, square, stored anew without anything else in them.

What is uploaded is decoded under bounds and never kept: neither its bytes nor its metadata. One with
nothing uploaded has initials on a color, drawn by us.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import unicodedata
import warnings

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.html import format_html
from PIL import Image, ImageOps, UnidentifiedImageError

from broadsheet import clock
from broadsheet.record.pictures import FORMATS

MAX_BYTES = 4 * 1024 * 1024
"""A photograph of a phone has less; forms of the paper with a picture may have as much."""
MAX_PIXELS = 40_000_000
"""Refused before decoding; 120 MB of memory while it is decoded."""
MAX_SIDE = 16_384
SIDE = 256
"""Pixels of what is stored, twice of what is shown."""
FOLDER = "readers"
"""Served to everybody."""
HIDDEN = "readers-hidden"
"""Served to nobody: pictures of readers whose profile is not public."""
_COLORS = ("8b1a1a", "1d6b45", "1f4e79", "6b4a14", "5b2a6b", "345c5c", "7a3b12", "3f3f72")


class PortraitUnreadable(ValueError):
    """The file cannot be used; the message is for whoever chose it."""


def store_portrait(data: bytes, *, is_public: bool) -> str:
    """Store a picture and return its name. Raises :class:`PortraitUnreadable`.

    The name is chance: it tells nothing of the picture, and the same picture given again has another
    address, so that one that was taken back is not found by who knows it.
    """
    return _stored(_encoded(_decoded(data)), is_public=is_public)


def _stored(encoded: bytes, *, is_public: bool) -> str:
    name = clock.random_bytes(16).hex()
    default_storage.save(portrait_path(name, is_public=is_public), ContentFile(encoded))
    return name


def moved_portrait(name: str, *, is_public: bool) -> str:
    """Store a picture again where everybody may see it, or nobody, and return its new name; the one
    before is left to be deleted. Nothing for one that is gone."""
    try:
        return _stored(portrait_bytes(name, is_public=not is_public), is_public=is_public)
    except FileNotFoundError:
        return ""


def portrait_bytes(name: str, *, is_public: bool) -> bytes:
    """Return a stored picture, a WebP. Raises :class:`FileNotFoundError`."""
    with default_storage.open(portrait_path(name, is_public=is_public)) as file:
        return bytes(file.read())


def delete_portrait(name: str) -> None:
    """Delete a stored picture, whoever could see it; one that is gone already is no fault."""
    for is_public in (True, False):
        with contextlib.suppress(FileNotFoundError):
            default_storage.delete(portrait_path(name, is_public=is_public))


def portrait_path(name: str, *, is_public: bool) -> str:
    return f"{FOLDER if is_public else HIDDEN}/{name}.webp"


def _decoded(data: bytes) -> Image.Image:
    if not data:
        raise PortraitUnreadable("Please choose a picture first.")
    if len(data) > MAX_BYTES:
        raise PortraitUnreadable(
            f"This file has {len(data) / 1024**2:.1f} megabytes; a picture can have"
            f" {MAX_BYTES // 1024**2}."
        )
    try:
        with warnings.catch_warnings():
            # Metadata may be wrong: none of it is kept.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
            if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
                raise PortraitUnreadable(
                    f"This picture has {image.width} × {image.height} pixels, which is too large."
                )
            # A photograph is decoded at a fraction of its size, which JPEG can do.
            image.draft("RGB", (2 * SIDE, 2 * SIDE))
            image.load()
            return ImageOps.exif_transpose(image)
    except UnidentifiedImageError as error:
        raise PortraitUnreadable(
            "This is not a picture that we can read. Please choose a JPEG, PNG, WebP, GIF or AVIF."
        ) from error
    except PortraitUnreadable:
        raise
    # Decoders raise nearly anything on damaged bytes; each of them means the same to the reader.
    except Exception as error:
        raise PortraitUnreadable(
            "This picture is damaged or not complete. Please choose another one."
        ) from error


def _encoded(image: Image.Image) -> bytes:
    square = ImageOps.fit(image.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", square.size, "white")
    ground.paste(square, mask=square.getchannel("A"))
    target = io.BytesIO()
    # Made from pixels alone: nothing that came with the file goes into it.
    ground.save(target, "WEBP", quality=82, method=4)
    return target.getvalue()


def initials(name: str) -> str:
    """Return the first letters of the first and the last word; ``?`` where there is none."""
    letters = [
        next((each for each in word if unicodedata.category(each)[0] in "LN"), "")
        for word in name.split()
    ]
    found = [each for each in letters if each]
    return "".join(dict.fromkeys((found[:1] + found[-1:]) if len(found) > 1 else found[:1])) or "?"


def initials_svg(name: str) -> str:
    """Return a picture with the initials of a name, on a color that the name has for good."""
    digest = hashlib.blake2b(name.encode(), digest_size=2).digest()
    color = _COLORS[int.from_bytes(digest) % len(_COLORS)]
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        '<rect width="64" height="64" fill="#{}"/><text x="32" y="41" text-anchor="middle"'
        ' font-family="sans-serif" font-size="26" fill="#fff">{}</text></svg>',
        color,
        initials(name).upper()[:2],
    )
