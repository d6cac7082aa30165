"""XML from strangers, and what arXiv says in a feed that tells an error. Pure."""

from __future__ import annotations

from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"


def xml(content: bytes) -> ElementTree.Element | None:
    """The root of a whole XML document, or None; one with a document type is a web page or an attack."""
    parser = ElementTree.XMLParser(target=_Plain())  # noqa: S314 (no document type, so nothing to expand)
    try:
        parser.feed(content)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):  # the last for encodings that nobody knows
        return None
    return root if isinstance(root, ElementTree.Element) else None


class _Plain(ElementTree.TreeBuilder):
    def doctype(self, *_: object) -> None:
        raise ValueError


def refusal(feed: ElementTree.Element | None) -> str:
    """What arXiv says in a feed that tells an error, or nothing."""
    for entry in feed.findall(f"{ATOM}entry") if feed is not None else ():
        if "/api/errors" in entry.findtext(f"{ATOM}id", ""):
            return " ".join(entry.findtext(f"{ATOM}summary", "").split()) or "no reason given"
    return ""
