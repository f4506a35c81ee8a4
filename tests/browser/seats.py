"""A person at a browser: what they press and type, and what must hold of every page they see."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response, expect

from tests.browser.eyes import seen_wrong
from tests.sampling import is_drawn

PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds: the machine may be busy, a page that never comes still fails
_TRIES = 60
_COUNT = """
    const count = () => sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
    addEventListener("pointerdown", count, true);
    addEventListener("change", (one) => one.target.matches("select") && count(), true);
"""
_RESETS = 2  # the server ends a kept connection just as it is used again


@dataclass
class Seat:
    """One person's browser; `complaints` are what the browser and the server found wrong.

    `looked_at` is shared by all: a page that is built of the very same elements as one that
    passed is not looked at by axe again.
    """

    page: Page
    url: str
    who: str
    looked_at: set[str] = field(default_factory=set)
    share: float = 1.0
    """Of the pages that are built anew, how many axe looks at in a run that is a sample."""
    complaints: list[str] = field(default_factory=list)
    addresses: int = 0
    """How many addresses were typed."""

    @property
    def main(self) -> Locator:
        """Return the page without the shell around it."""
        return self.page.locator("main")

    def goes_to(self, path: str) -> None:
        """Type an address of ours."""
        self.page.goto(self.url + path)
        self.addresses += 1

    def presses(self, label: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Press the button or follow the link of this name, of which there is one."""
        place = within or self.main
        exact = isinstance(label, str)
        button = place.get_by_role("button", name=label, exact=exact)
        button.or_(place.get_by_role("link", name=label, exact=exact)).click()

    def opens(self, entry: str) -> None:
        """Follow an entry of the menu, which a phone may fold away."""
        menu = self.page.locator("details.menu > summary")
        if menu.is_visible():
            menu.click()
        link = self.page.get_by_role("navigation").get_by_role("link", name=re.compile(f"^{entry}"))
        link.first.click()

    def types(self, label: str, text: str) -> None:
        """Type into the field of this label."""
        self.main.get_by_label(label, exact=True).fill(text)

    def chooses(self, label: str, option: str | re.Pattern[str]) -> None:
        """Choose an option of a list by what it says."""
        choice = self.main.get_by_label(label, exact=True)
        found = choice.locator("option").filter(has_text=option)
        choice.select_option(value=found.first.get_attribute("value"))

    def ticks(self, label: str | re.Pattern[str]) -> None:
        """Tick a box or a circle."""
        self.main.get_by_label(label, exact=isinstance(label, str)).check()

    def sees(self, heading: str | re.Pattern[str]) -> None:
        """Wait for the page of this heading; nothing may be wrong with it."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.looks()

    def looks(self) -> None:
        """Look at the page as it is: nothing broke, lies on another thing or is cut; axe agrees."""
        self.page.wait_for_load_state("load")
        self._photographs()
        assert not self.complaints, f"{self._where()}\n" + "\n".join(self.complaints)
        wide = sideways(self.page)
        assert not wide, f"{self._where()} scrolls sideways: {wide}"
        wrong = seen_wrong(self.page)
        assert wrong == [], f"{self._where()}: " + "; ".join(wrong)
        built = built_of(self.page)
        if built in self.looked_at or not is_drawn(built, self.share):
            return
        found = axe(self.page)
        assert not found, f"{self._where()}\n{found}"
        self.looked_at.add(built)

    def reads(self, *texts: str | re.Pattern[str]) -> None:
        """Find each of these on the page."""
        for text in texts:
            expect(self.main).to_contain_text(text)

    def waits_for(self, text: str | re.Pattern[str]) -> None:
        """Load the page again until it says this: the scheduler works on its own clock."""
        for _ in range(_TRIES):
            if self.main.get_by_text(text).count():
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        self.reads(text)

    def posts(self, path: str) -> int:
        """Send a form to an address without a page that offers it; return the status."""
        token = self.page.locator("input[name=csrf_token]").first.input_value()
        answer = self.page.request.post(
            self.url + path, form={"csrf_token": token}, max_redirects=0, max_retries=_RESETS
        )
        return answer.status

    def downloads(self, label: str) -> tuple[str, bytes]:
        """Press a link that gives a file; return its name and its bytes."""
        with self.page.expect_download() as waiting:
            self.presses(label)
        return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()

    def fetches(self, label: str) -> tuple[str, bytes]:
        """Follow a link to what the browser would show in a viewer; return its type and bytes."""
        path = self.main.get_by_role("link", name=label, exact=True).get_attribute("href")
        answer = self.page.request.get(self.url + str(path), max_retries=_RESETS)
        assert answer.ok, answer.status
        return answer.headers["content-type"], answer.body()

    @property
    def clicks(self) -> int:
        """Return how often this person pressed, ticked or chose something; typing is no click.

        An address that was typed counts as one, because somebody would follow a link there.
        """
        return self.page.evaluate("Number(sessionStorage.clicks ?? 0)") + self.addresses

    @property
    def path(self) -> str:
        """Return the address without the host."""
        return self.page.url.removeprefix(self.url)

    def _where(self) -> str:
        return f"{self.who} at {self.path}"

    def _photographs(self) -> None:
        folder = os.environ.get("PUNTE_SHOTS")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^a-z]+", "-", self.page.title().split(" – ")[0].lower()).strip("-")
        width = (self.page.viewport_size or SCREEN)["width"]
        number = len(list(Path(folder).glob("*.png"))) + 1
        shot = Path(folder) / f"{number:03d}-{self.who}-{name or 'page'}-{width}.png"
        self.page.screenshot(path=shot, full_page=True)


def sit_down(
    context: BrowserContext, url: str, who: str, looked_at: set[str], *, share: float = 1.0
) -> Seat:
    """Open a page and keep what goes wrong in it."""
    context.set_default_timeout(PATIENCE)
    seat = Seat(context.new_page(), url, who, looked_at, share)
    seat.page.add_init_script(_COUNT)
    seat.page.on("pageerror", lambda error: seat.complaints.append(f"script: {error}"))
    seat.page.on("console", lambda message: _note_message(seat, message))
    seat.page.on("response", lambda answer: _note_answer(seat, answer))
    return seat


@contextmanager
def within_clicks(most: int, *seats: Seat) -> Iterator[None]:
    """Hold a piece of work to so many clicks of those who do it."""
    before = sum(seat.clicks for seat in seats)
    yield
    made = sum(seat.clicks for seat in seats) - before
    assert made <= most, f"It took {made} clicks; {most} are enough."


def _note_message(seat: Seat, message: ConsoleMessage) -> None:
    # A refused form is an answer of 4xx, which the console reports too.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        seat.complaints.append(f"console: {message.text}")


def _note_answer(seat: Seat, answer: Response) -> None:
    missing = answer.status == 404 and answer.url.startswith(f"{seat.url}/static/")
    if answer.status >= 500 or missing:
        seat.complaints.append(f"{answer.status} {answer.url}")


@cache
def _axe() -> Axe:
    return Axe()


def axe(page: Page) -> str:
    """Return what axe-core finds wrong with a page, or nothing."""
    results = _axe().run(page)
    return results.generate_report() if results.violations_count else ""


def built_of(page: Page) -> str:
    """Return what axe would see of a page apart from what its texts, ids and links say."""
    return page.evaluate("""() => window.innerWidth + document.documentElement.lang
        + [...document.querySelectorAll("*")].map((one) => one.tagName + !one.textContent.trim()
            + [...one.attributes].filter((a) => !["id", "value", "href"].includes(a.name))
                .map((a) => /^(class|role|type|hidden|open)$/.test(a.name) ? a.value : a.name)
                .join(" ")).join()""")


def sideways(page: Page) -> str:
    """Return the elements that make the page wider than its window, or nothing."""
    return page.evaluate("""() => {
        if (document.scrollingElement.scrollWidth <= window.innerWidth) return "";
        const wide = [...document.querySelectorAll("body *")].filter(
            (one) => one.getBoundingClientRect().right > window.innerWidth + 1);
        return `${document.scrollingElement.scrollWidth} > ${window.innerWidth}: ` + wide.slice(0, 6)
            .map((one) => `${one.tagName.toLowerCase()}.${one.className.baseVal ?? one.className}`)
            .join(", ");
    }""")


SeatOf = Callable[..., Seat]
