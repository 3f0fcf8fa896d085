"""Pictures that the record keeps: stored by their content, never changed, so editions print for ever.

A picture is decoded once, turned as its EXIF says, freed of metadata, and written as WebP in a few
widths plus one JPEG for previews elsewhere, under ``pictures/`` of the default storage. The name is
the SHA-256 of the original bytes, so storing the same picture twice stores it once.
"""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

WIDTHS = (480, 800, 1200, 1600)
"""Pixels; phone, phone at double density, column, and lead on a desk."""
MAX_PIXELS = 60_000_000
"""More is refused before it is decoded: about 180 MB of memory, above any camera in use."""
MAX_HEIGHT = 8_000
"""Pixels; taller ones are made smaller, for WebP ends at 16,383."""
MAX_BYTES = 30 * 1024 * 1024
PREVIEW_WIDTH = 1200
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


class PictureUnreadable(ValueError):
    """The bytes are not a picture that can be kept; the message says why."""


@dataclass(frozen=True)
class Picture:
    """A stored picture: ``digest`` is its name, ``width`` and ``height`` are pixels of the largest."""

    digest: str
    width: int
    height: int
    widths: tuple[int, ...]

    def path(self, width: int) -> str:
        return f"pictures/{self.digest[:2]}/{self.digest}-{width}.webp"

    def original(self) -> bytes:
        """Return the largest file that is kept."""
        with default_storage.open(self.path(max(self.widths))) as file:
            return bytes(file.read())

    @property
    def preview_path(self) -> str:
        return f"pictures/{self.digest[:2]}/{self.digest}-preview.jpg"

    def url(self, width: int) -> str:
        """Return the address of the narrowest stored file at least ``width`` pixels wide."""
        fitting = [stored for stored in self.widths if stored >= width]
        return default_storage.url(self.path(min(fitting) if fitting else max(self.widths)))

    @property
    def preview_url(self) -> str:
        return default_storage.url(self.preview_path)

    @property
    def srcset(self) -> str:
        return ", ".join(f"{default_storage.url(self.path(w))} {w}w" for w in self.widths)

    def to_data(self) -> dict[str, Any]:
        return {**asdict(self), "widths": list(self.widths)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "widths": tuple(data["widths"])})


def store_picture(data: bytes) -> Picture:
    """Keep a picture given as the bytes of a JPEG, PNG, WebP, GIF or AVIF file.

    Raises :class:`PictureUnreadable` for what is no picture, too large, or damaged.
    """
    if len(data) > MAX_BYTES:
        raise PictureUnreadable(f"the file has {len(data)} bytes; the limit is {MAX_BYTES}")
    digest = hashlib.sha256(data).hexdigest()
    if stored := _stored(digest):
        return stored
    image = _decode(data)
    widths = tuple(width for width in WIDTHS if width < image.width)
    if image.width <= WIDTHS[-1]:
        widths = (*widths, image.width)
    largest = widths[-1]
    picture = Picture(
        digest=digest,
        width=largest,
        height=max(1, round(image.height * largest / image.width)),
        widths=widths,
    )
    for width in widths:
        encoded = _encoded(image, width, "WEBP", quality=80, method=4)
        _store(picture.path(width), encoded)
    _store(
        picture.preview_path,
        _encoded(_flattened(image), min(PREVIEW_WIDTH, image.width), "JPEG", quality=82),
    )
    # Written last: who finds a note finds all files of the picture. The largest file leads to the same
    # picture, so one that came out of the record and is published again stays the one it was.
    for name in (hashlib.sha256(encoded).hexdigest(), digest):
        _store(_note_path(name), json.dumps(picture.to_data()).encode())
    return picture


def delete_picture(picture: Picture) -> None:
    """Delete all files of a picture; the same one can be stored again. Nothing may show it any more."""
    try:
        names = {picture.digest, hashlib.sha256(picture.original()).hexdigest()}
    except FileNotFoundError:
        names = {picture.digest}
    # The notes first: without them nobody takes the picture for one that is there.
    for name in names:
        default_storage.delete(_note_path(name))
    for width in picture.widths:
        default_storage.delete(picture.path(width))
    default_storage.delete(picture.preview_path)


def _note_path(digest: str) -> str:
    return f"pictures/{digest[:2]}/{digest}.json"


def _stored(digest: str) -> Picture | None:
    """Return the picture of that name if all of it is there."""
    path = _note_path(digest)
    if not default_storage.exists(path):
        return None
    with default_storage.open(path) as note:
        return Picture.from_data(json.load(note))


def _decode(data: bytes) -> Image.Image:
    """Decode to RGB or RGBA, upright; only the first frame of a moving picture is kept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise PictureUnreadable(
                    f"{image.width} × {image.height} pixels are more than {MAX_PIXELS}"
                )
            image.load()
            image = ImageOps.exif_transpose(image)
    except UnidentifiedImageError as error:
        raise PictureUnreadable(f"not a picture in one of: {', '.join(FORMATS)}") from error
    except PictureUnreadable:
        raise
    # Decoders raise nearly anything on damaged bytes; each of them means the same to the caller.
    except Exception as error:
        raise PictureUnreadable(f"the picture is damaged: {error}") from error
    if image.height > MAX_HEIGHT:
        width = max(1, round(image.width * MAX_HEIGHT / image.height))
        image = image.resize((width, MAX_HEIGHT), Image.Resampling.LANCZOS)
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _flattened(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _encoded(image: Image.Image, width: int, file_format: str, **options: Any) -> bytes:
    height = max(1, round(image.height * width / image.width))
    scaled = (
        image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)
    )
    target = io.BytesIO()
    scaled.save(target, file_format, **options)
    return target.getvalue()


def _store(path: str, data: bytes) -> None:
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(data))
