"""Drawing the pages of a PDF as pictures of ours: only points can be blacked out for good."""

from collections.abc import Iterator

import pypdfium2 as pdfium
from PIL import Image

from reintegration.papers.content import pictures
from reintegration.papers.content.kinds import MOST_PAGES, Part, Refusal, Unfit
from reintegration.papers.content.pictures import LONGEST


def pages(content: bytes) -> Iterator[Part]:
    """Yield each page as a picture, as it looks with its notes and filled fields; raise Unfit."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError:
        raise Unfit(Refusal.BROKEN) from None
    with document:
        if len(document) > MOST_PAGES:
            raise Unfit(Refusal.TOO_MANY_PAGES)
        document.init_forms()
        for number in range(len(document)):
            yield pictures.kept(_drawn(document, number))


def _drawn(document: pdfium.PdfDocument, number: int) -> Image.Image:
    try:
        page = document[number]
        longest = max(page.get_size())
        if longest <= 0:
            raise Unfit(Refusal.BROKEN)
        picture: Image.Image = page.render(scale=LONGEST / longest).to_pil()
    except pdfium.PdfiumError:
        raise Unfit(Refusal.BROKEN) from None
    return picture.convert("RGB")
