"""What an eye would find wrong with a page: one thing on another, something cut, a word broken."""

from playwright.sync_api import Page

_LOOK = r"""() => {
    const found = new Set();
    const called = (one) => (one.getAttribute("aria-label") || one.innerText || one.name || one.tagName)
        .trim().replace(/\s+/g, " ").slice(0, 50);
    const seen = (one) => {
        const box = one.getBoundingClientRect();
        return one.checkVisibility({visibilityProperty: true}) && box.width > 1 && box.height > 1;
    };
    const pressable = "a[href], button, summary, select, textarea, input:not([type=hidden])";
    for (const one of document.querySelectorAll(pressable)) {
        if (!seen(one)) continue;
        one.scrollIntoView({block: "center", inline: "nearest"});
        const box = one.tagName === "A" ? one.getClientRects()[0] : one.getBoundingClientRect();
        if (box.bottom < 0) continue;  // a link to skip to the content waits above the page
        const x = box.left + box.width / 2, y = box.top + box.height / 2;
        const there = document.elementFromPoint(x, y);
        if (!there) { found.add(`nobody reaches ${called(one)}`); continue; }
        const label = there.closest("label");
        const own = one.contains(there) || there.contains(one) || (label && label.control === one);
        if (!own) found.add(`${called(there)} lies on ${called(one)}`);
    }
    for (const one of document.querySelectorAll("body *")) {
        const style = getComputedStyle(one);
        if (style.overflowX === "visible" || style.position === "absolute" || !seen(one)) continue;
        if (/^(INPUT|SELECT|TEXTAREA)$/.test(one.tagName) || style.textOverflow === "ellipsis") continue;
        if (one.matches(".pin")) continue;  // its input is wider than the six boxes on purpose
        if (one.clientWidth > 40 && one.scrollWidth > one.clientWidth + 2)
            found.add(`${one.className || one.tagName} cuts ${one.scrollWidth} to ${one.clientWidth}`);
    }
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
        const text = texts.currentNode, parent = text.parentElement;
        if (!seen(parent)) continue;
        const card = parent.closest("thead") ? null : parent.closest(".card");
        range.selectNodeContents(text);
        const edge = card ? card.getBoundingClientRect().right + 1 : Infinity;
        if (text.data.trim() && [...range.getClientRects()].some((box) => box.right > edge))
            found.add(`${text.data.trim().slice(0, 50)} leaves its card`);
        if (parent.closest("code, pre")) continue;
        for (const word of text.data.matchAll(/\p{L}{5,}/gu)) {
            if (word[0] === word[0].toUpperCase()) continue;  // a reference is no word
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
            if (lines.size > 1) found.add(`the word ${word[0]} is broken`);
        }
    }
    if (innerWidth <= 640) {
        for (const cell of document.querySelectorAll("table .rows > tr > *"))
            if (seen(cell) && getComputedStyle(cell).paddingLeft !== "0px")
                found.add(`${called(cell)} stands apart in its card`);
        for (const row of document.querySelectorAll("table .rows > tr"))
            if (seen(row) && getComputedStyle(row).display !== "grid")
                found.add(`a row is no card: ${called(row)}`);
    }
    scrollTo(0, 0);
    return [...found];
}"""


def seen_wrong(page: Page) -> list[str]:
    """Return what lies on what, what is cut or leaves its card, which word or row is broken."""
    found: list[str] = page.evaluate(_LOOK)
    return found
