"""The public's pages by address, and what holds for every one of them."""

from xml.etree.ElementTree import Element

import html5lib

# Where DEPARTMENT and CARD stand, a row of the test is put.
COMPARING = [
    "/targets/",
    "/projects/",
    "/areas/",
    "/areas/9/",
    "/themes/9.9/",
    "/departments/",
    "/departments/DEPARTMENT/",
    "/scorecards/",
    "/scorecards/CARD/",
    "/updates/",
    "/glossary/",
    "/method/",
    "/data/",
    "/accessibility/",
    "/about/",
    "/api/v1/docs",
]


def well_formed(response, language: str) -> Element:
    """Return the page's tree, sure that it is HTML with one heading, a title, its language and no id twice."""
    assert response.status_code == 200
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    tree = parser.parse(response.content.decode())
    assert parser.errors == []
    assert len(tree.findall(".//h1")) == 1
    assert tree.find(".//title").text.strip()
    assert tree.get("lang") == ("en" if language == "en" else "zh-Hans")
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    return tree


def body(response) -> bytes:
    """Return what was sent, also in pieces."""
    return b"".join(response.streaming_content) if response.streaming else response.content
