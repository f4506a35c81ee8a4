"""A guide written as Markdown, as part of a page.

Only what our guides use: headings, paragraphs, lists, tables, bold, code, links.
"""

import re

from markupsafe import Markup, escape

_BOLD, _CODE = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_ITEM = re.compile(r"(?:-|\d+\.) +")
# Not the space that keeps a figure together, as `str.split` would.
_GAP = re.compile(r"[ \n]+")


def as_page(text: str) -> Markup:
    """Return the HTML of a guide; its own first heading becomes one below that of the page."""
    found = [_block(block.splitlines()) for block in re.split(r"\n\s*\n", text.strip())]
    return Markup("\n").join(found)


def _block(lines: list[str]) -> Markup:
    if lines[0].startswith("#"):
        level = min(len(lines[0]) - len(lines[0].lstrip("#")) + 1, 3)
        heading = Markup("<h{0}>{1}</h{0}>").format(level, _inline(lines[0].lstrip("# ")))
        return heading + (_block(lines[1:]) if lines[1:] else "")
    if lines[0].startswith("|"):
        return _table(lines)
    if _ITEM.match(lines[0]):
        return _list(lines)
    for number, line in enumerate(lines):
        if _ITEM.match(line):
            return _block(lines[:number]) + _list(lines[number:])
    return Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _list(lines: list[str]) -> Markup:
    items: list[str] = []
    for line in lines:
        if _ITEM.match(line):
            items.append(_ITEM.sub("", line, count=1))
        else:
            items[-1] += " " + line.strip()
    tag = "ul" if lines[0].startswith("-") else "ol"
    whole = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in items)
    return Markup("<{0}>{1}</{0}>").format(tag, whole)


def _table(lines: list[str]) -> Markup:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            _inline(row[0]),
            Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in row[1:]),
        )
        for row in rows[2:]
    )
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(_inline(cell)) for cell in rows[0]
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)


def _inline(text: str) -> Markup:
    said = str(escape(_LINK.sub(r"\1", _GAP.sub(" ", text))))
    said = _BOLD.sub(r"<strong>\1</strong>", said)
    return Markup(_CODE.sub(r"<code>\1</code>", said))  # noqa: S704 - it was escaped before
