"""What the head of a page says: its meta elements, title, language and own address."""

from __future__ import annotations

import re

from broadsheet.transfer.capture.html.addresses import unwrapped
from broadsheet.transfer.capture.html.linked import LinkedData, text_in
from broadsheet.transfer.capture.html.page import Node, Page

_SAVED_FROM = re.compile(r"saved from url=\(\d+\)\s*(https?://\S+)", re.IGNORECASE)
_ARCHIVE_REMARK = re.compile(
    r"^\s*URL:\s*(https?://\S+)|Page saved with SingleFile\s+url:\s*(https?://\S+)", re.I | re.M
)


class PageMeta:
    """The head of a page; the first of several meta elements of one name counts."""

    def __init__(self, page: Page, linked: LinkedData):
        self._values: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self.title = ""
        self.base = ""
        root = page.nodes[0]
        for node in page.nodes:
            if node.tag == "meta":
                self._add_meta(node)
            elif node.tag == "link":
                for relation in node.get("rel").lower().split():
                    self._links.setdefault(relation, node.get("href"))
            elif node.tag == "base":
                self.base = self.base or node.get("href")
            elif node.tag == "title" and not self.title and not _is_in_svg(node):
                self.title = page.text(node)
        self.address = self._address(page, linked)
        self.site_name = self._site_name(linked)
        self.language = self._language(root, linked)

    def _add_meta(self, node: Node) -> None:
        value = " ".join(node.get("content").split())
        if not value:
            return
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := node.get(attribute).lower():
                self._values.setdefault(name, value)

    def get(self, name: str) -> str:
        return self._values.get(name, "")

    def _address(self, page: Page, linked: LinkedData) -> str:
        story = linked.story or {}
        main = story.get("mainEntityOfPage")
        if isinstance(main, dict):
            main = main.get("@id") or main.get("url")
        bookmark = next(
            (
                node.get("href")
                for node in page.nodes
                if node.tag == "a"
                and ("bookmark" in node.get("rel").lower().split() or "u-url" in node.classes)
            ),
            "",
        )
        remarks = [
            next(group for group in match.groups() if group)
            for remark in page.remarks
            if (match := _SAVED_FROM.search(remark) or _ARCHIVE_REMARK.search(remark))
        ]
        for value in (
            self._links.get("canonical", ""),
            self.get("og:url"),
            text_in(story.get("url")),
            text_in(main),
            *remarks,
            self._links.get("shortlink", ""),
            bookmark,
        ):
            address = unwrapped(value.strip())
            if re.match(r"https?://[^\s/]", address):
                return address
        return ""

    def _site_name(self, linked: LinkedData) -> str:
        publisher = linked.resolve((linked.story or {}).get("publisher")) or {}
        return (
            self.get("og:site_name")
            or text_in(publisher.get("name"))
            or self.get("application-name")
        )

    def _language(self, root: Node, linked: LinkedData) -> str:
        told = (
            root.get("lang"),
            root.get("xml:lang"),
            self.get("content-language"),
            text_in((linked.story or {}).get("inLanguage")),
            self.get("og:locale"),
        )
        for value in told:
            value = value.replace("_", "-").split(",")[0].strip()
            if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", value):
                return value
        return ""


def _is_in_svg(node: Node) -> bool:
    return any(one.tag == "svg" for one, _step in zip(node.ancestors(), range(10), strict=False))
