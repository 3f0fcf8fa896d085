"""The kinds of block that an editor can put into a story's body."""

from __future__ import annotations

from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

TEXT_FEATURES = [
    "bold",
    "italic",
    "link",
    "h2",
    "h3",
    "ul",
    "ol",
    "code",
    "strikethrough",
    "superscript",
    "subscript",
]
INLINE_FEATURES = ["bold", "italic", "link", "code"]


class QuotationBlock(blocks.StructBlock):
    quotation = blocks.RichTextBlock(features=INLINE_FEATURES)
    speaker = blocks.CharBlock(required=False, max_length=120)
    role = blocks.CharBlock(
        required=False, max_length=200, help_text="Who the speaker is, and where it was said."
    )

    class Meta:
        icon = "openquote"


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(required=False)
    source = blocks.URLBlock(
        required=False, help_text="Of an imported picture that is kept elsewhere."
    )
    alt = blocks.CharBlock(
        required=False,
        max_length=400,
        label="Alternative text",
        help_text="What the picture shows, for those who do not see it; empty if it only decorates.",
    )
    caption = blocks.CharBlock(required=False, max_length=400)
    credit = blocks.CharBlock(required=False, max_length=200)

    class Meta:
        icon = "image"


class EmbedBlock(blocks.StructBlock):
    url = blocks.URLBlock(help_text="A page elsewhere. Videos of YouTube and Vimeo can be played.")
    title = blocks.CharBlock(max_length=300, help_text="What readers will find there.")

    class Meta:
        icon = "media"


class ListBlock(blocks.StructBlock):
    ordered = blocks.BooleanBlock(required=False, label="Numbered")
    items = blocks.ListBlock(blocks.RichTextBlock(features=INLINE_FEATURES))

    class Meta:
        icon = "list-ul"


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=200)
    level = blocks.ChoiceBlock(choices=[("2", "Heading"), ("3", "Smaller heading")], default="2")

    class Meta:
        icon = "title"


class StoryBody(blocks.StreamBlock):
    text = blocks.RichTextBlock(features=TEXT_FEATURES)
    heading = HeadingBlock()
    quotation = QuotationBlock()
    image = PictureBlock()
    embed = EmbedBlock()
    list = ListBlock()
