"""From the bytes of a saved file to its text: unpacked, decoded, and told apart from other files."""

from __future__ import annotations

import codecs
import re
import zlib
from dataclasses import dataclass

import charset_normalizer

from broadsheet.transfer.capture.model import CaptureUnreadable

# Saved pages with everything inlined reach some 10 MiB; beyond this it is not a page.
LARGEST_SOURCE = 32 * 1024 * 1024  # bytes, after unpacking
_DECLARATION_REACH = 4096  # bytes; browsers look for the charset in the first 1024
_DETECTION_REACH = 65536  # bytes

_OTHER_FILES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"bplist00", "a Safari web archive"),
    (b"WARC/", "a WARC archive"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x7fELF", "a program"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# Pages that declare Latin-1 or ASCII mean Windows-1252; the WHATWG encoding standard says so too.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
_OPENING = re.compile(r"<!doctype\s+([\w:-]+)|<([a-z][\w:.-]*)", re.IGNORECASE)
_HTML_TAG = re.compile(
    r"<(?:html|head|body|div|p|article|section|main|table|ul|ol|h[1-6]|span|a|base|meta|title)\b",
    re.IGNORECASE,
)
_XML_ROOTS = {"rss", "feed", "rdf:rdf", "opml", "urlset", "sitemapindex", "svg", "plist"}


@dataclass(frozen=True)
class Source:
    """The text of a saved file and whether it is markup."""

    text: str
    is_markup: bool
    warnings: tuple[str, ...] = ()


def open_source(data: bytes) -> Source:
    """Unpack and decode a saved file, or say what it is instead of a page."""
    data = _unpacked(data)
    if not data.strip(b"\x00 \t\r\n\f\v"):
        raise CaptureUnreadable("The file is empty.")
    for start, what in _OTHER_FILES:
        if data.startswith(start):
            raise CaptureUnreadable(f"The file is {what}, not a saved page.")
    text, warnings = _decoded(data)
    if _looks_binary(text):
        raise CaptureUnreadable(
            "The file is neither HTML nor text: its first part holds control characters."
        )
    if re.match(
        r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,20}?content-type:\s*multipart/", text, re.I
    ):
        raise CaptureUnreadable(
            "The file is an MHTML archive; save the page as HTML and import that file."
        )
    return Source(text, _is_markup(text), warnings)


def _unpacked(data: bytes) -> bytes:
    """Undo gzip, to a bound, so that a small file cannot fill the memory."""
    for _layer in range(2):
        if not data.startswith(b"\x1f\x8b"):
            break
        decompressor = zlib.decompressobj(wbits=31)
        try:
            data = decompressor.decompress(data, LARGEST_SOURCE + 1)
        except zlib.error as error:
            raise CaptureUnreadable(f"The gzip file is damaged: {error}.") from error
        if not decompressor.eof and len(data) <= LARGEST_SOURCE:
            raise CaptureUnreadable("The gzip file is cut off before its end.")
    if len(data) > LARGEST_SOURCE:
        raise CaptureUnreadable(
            f"The file is larger than {LARGEST_SOURCE // 1024 // 1024} MiB, too large for a page."
        )
    return data


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), ()
    if wide := _wide_encoding(data):
        return data.decode(wide, "replace"), ()
    declared = _declared_encoding(data)
    utf8 = _strict(data, "utf-8")
    if utf8 is not None:
        # Valid UTF-8 with letters beyond ASCII is never by chance another encoding.
        if declared and declared != "utf-8" and not data.isascii() and not _is_stateful(declared):
            return utf8, (f"The page declares {declared} but is UTF-8; it was read as UTF-8.",)
        if not (declared and _is_stateful(declared)):
            return utf8, ()
    if declared and declared != "utf-8":
        text = _strict(data, declared)
        if text is not None:
            return text, ()
        text = data.decode(declared, "replace")
        if text.count("\ufffd") <= max(20, len(text) // 1000):
            return text, (
                f"Some characters are not {declared}, as the page declares; they are lost.",
            )
    text = data.decode("utf-8", "replace")
    # A page cut in the middle of a letter, or with one foreign comment in it, is still UTF-8.
    wrong = text.count("\ufffd")
    beyond = sum(1 for byte in data[:_DETECTION_REACH] if byte >= 0x80)
    if declared == "utf-8" and wrong and wrong <= max(3, beyond // 10):
        return text, ("Some characters are not UTF-8, as the page declares; they are lost.",)
    return _detected(data, declared)


def _detected(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    best = charset_normalizer.from_bytes(data[:_DETECTION_REACH], steps=5).best()
    encoding = best.encoding if best is not None else "cp1252"
    # Where detection names a sibling of Latin-1 that agrees on these bytes, keep the common one.
    siblings = {"latin_1", "cp1250", "cp1252", "cp1254", "cp1257", "iso8859_15", "mac_roman"}
    if encoding in siblings and _strict(data, "cp1252") is not None:
        encoding = "cp1252"
    text = data.decode(encoding, "replace")
    said = f"The page declares {declared} but is not" if declared else "The page names no encoding"
    return text, (f"{said}; it was read as {encoding}.",)


def _declared_encoding(data: bytes) -> str | None:
    match = _DECLARED.search(data[:_DECLARATION_REACH])
    if match is None:
        return None
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii")).name
        # Codecs such as rot13 and hex are not encodings of text.
        "".encode(name)
    except (LookupError, UnicodeError):
        return None
    if name.startswith(("utf-16", "utf-32", "utf-8")):
        # A declaration that could be read byte by byte does not stand in UTF-16.
        return "utf-8"
    return _SUPERSETS.get(name, name)


def _is_stateful(encoding: str) -> bool:
    """Tell whether the encoding writes other letters with ASCII bytes, as ISO-2022-JP does."""
    return encoding.startswith(("iso2022", "hz", "utf-7"))


def _wide_encoding(data: bytes) -> str | None:
    """Recognize UTF-16 without a byte order mark by the zeros beside its ASCII letters."""
    head = data[:512]
    if len(head) < 16:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, ValueError):
        return None


def _looks_binary(text: str) -> bool:
    head = text[:8192]
    strange = sum(1 for letter in head if letter < " " and letter not in "\t\n\r\f\v\x1b\x00")
    lost = head.count("\ufffd") + head.count("\x00")
    return strange > len(head) * 0.02 or lost > len(head) * 0.1


def _is_markup(text: str) -> bool:
    start = _after_prologue(text)
    match = _OPENING.match(text, start)
    if match is None:
        # A snippet may begin with words; plain text talks about tags only now and then.
        return len(_HTML_TAG.findall(text[:20000])) >= 5
    root = (match[1] or match[2]).lower()
    is_xml = "<?xml" in text[:start].lower()
    is_html = match[1] is not None or bool(_HTML_TAG.match(text, start))
    if root in _XML_ROOTS or (is_xml and not is_html):
        raise CaptureUnreadable(f"The file is XML of the kind <{root}>, not a saved page.")
    return True


def _after_prologue(text: str) -> int:
    """Skip white space, comments and processing instructions at the front."""
    position = 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        if text.startswith("<!--", position):
            close, length = text.find("-->", position + 4), 3
        elif text.startswith("<?", position):
            close, length = text.find(">", position), 1
        else:
            return position
        if close < 0:
            return position
        position = close + length
