"""Show a message that was sent without what it can do: no scripts, no links, nothing loaded from elsewhere."""

import re

from lxml import html

DROPPED = (
    "script", "iframe", "frame", "object", "embed", "link", "meta", "base", "form", "input", "button", "style", "svg",
    "math", "audio", "video", "source", "template", "noscript",
)  # fmt: skip
KEPT = {"style", "colspan", "rowspan", "align", "valign", "width", "height", "dir", "lang", "alt", "src"}
# A link that lets in whoever has it, written out.
TOKENS = re.compile(r"(?:https?://)?[^\s<>\"']*(?:/my/collection/enter/|/c/)[^\s<>\"']+")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
HEAD = (
    f'<!DOCTYPE html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    '<meta name="viewport" content="width=device-width"></head><body style="margin:0">'
)


def harmless(text: str) -> str:
    """Return the HTML of a message as a document of its own that does nothing, asks for nothing and leads nowhere.

    >>> print(harmless('<p onclick="x()">Pay <a href="https://x.example/my/collection/enter/abc">here</a></p>')[-48:])
    <p>Pay <span>here</span></p></div></body></html>
    >>> "blue" in harmless('<a href="https://x.example" style="color: white; background: blue">Pay</a>')
    False
    >>> "abc" in harmless("<p>See https://x.example/c/12-abc</p>"), "enter" in harmless("x /my/collection/enter/abc")
    (False, False)
    >>> any(f"<{name}" in harmless(f"<{name} src='x'>1</{name}>").split("<body")[1] for name in DROPPED)
    False
    >>> "example" in harmless('<img src="https://x.example/1.png"><p style="background: url(//x.example)">1</p>')
    False
    """
    root = html.fragment_fromstring(text or "", create_parent="div")
    for node in list(root.iter()):
        if node is root:
            continue
        if not isinstance(node.tag, str) or node.tag in DROPPED:
            _drop(node)
            continue
        if node.tag == "a":
            # What leads nowhere does not look as if it did.
            node.tag = "span"
            node.attrib.pop("style", None)
        for name in list(node.attrib):
            if name not in KEPT or not _is_plain(name, node.attrib[name]):
                del node.attrib[name]
    for node in root.iter():
        node.text, node.tail = _hide(node.text), _hide(node.tail)
    return f"{HEAD}{html.tostring(root, encoding='unicode')}</body></html>"


def _drop(node):
    """Take out an element with what is in it; a comment has no text of ours either."""
    parent = node.getparent()
    if parent is not None:
        node.drop_tree()


def _is_plain(name: str, value: str) -> bool:
    if name == "src":
        return value.startswith("data:image/")
    return name != "style" or not re.search(r"url\s*\(|expression|@import|\\", value, re.IGNORECASE)


def _hide(text: str | None) -> str | None:
    return TOKENS.sub("…", text) if text else text
