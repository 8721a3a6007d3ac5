"""The pages in a real browser: by keyboard, mouse and finger, in both themes, on a phone and a large screen.

A module of its own: Playwright keeps an event loop running, beside which no test could run another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from linernotes.catalog import open_catalog
from linernotes.service.app import create_app
from store.engine import connect
from tests.linernotes.pages.browser import FLAGS, chromium
from tests.linernotes.pages.conftest import ATTRIBUTE, HARBOUR, HOSTILE, SCRIPT, SENTENCES, VELVET, fill
from tests.linernotes.service.conftest import served

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="no Chromium on this machine (Debian: apt install chromium)"
)

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
_SETTINGS: dict[str, Any] = {"viewport": DESKTOP, "reduced_motion": "reduce"}
ADDRESSES = (
    "/",
    f"/artists/{HARBOUR}",
    f"/artists/{SCRIPT}",
    f"/artists/{HARBOUR}/quotes?term=dreamy",
    "/search?q=dreamy+-loud",
    f"/compare?a=%23{HARBOUR}&b=%23{VELVET}",
    "/compare",
    "/terms/dreamy",
    "/map",
    "/crawl",
    "/nowhere",
)
# The least contrast of any text on the page with what lies behind it (WCAG 2.2: relative luminance).
CONTRAST = """
() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = (value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = channels(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  let least = [21, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest("svg, noscript, option")) continue;
    const [one, other] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < least[0]) least = [contrast, text];
  }
  return least;
}
"""
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service on the small release."""
    file = tmp_path_factory.mktemp("pages") / "linernotes.db"
    copyfile(sqlite_template, file)
    engine = connect(f"sqlite:///{file}")
    fill(engine)
    engine.dispose()
    app = create_app(open_catalog(f"sqlite:///{file}"))
    with served(app) as found:
        yield found
    app.state.answering.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        yield started
        started.close()


class Watched:
    """Opens pages and writes down what they complain of and whom they ask."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, path: str, **settings: object) -> Page:
        context = self.browser.new_context(**(_SETTINGS | settings))
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self._asked(request.url))
        page.goto(self.address + path, wait_until="load")
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        # A page that is itself a 404 is reported as a failed load; that is what was asked for.
        if message.type in {"error", "warning"} and "404 (Not Found)" not in message.text:
            self.complaints.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.complaints.append(f"asked {url}")


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    """Pages that must neither complain nor ask another host."""
    watching = Watched(browser, address)
    yield watching
    for context in watching.contexts:
        context.close()
    assert watching.complaints == []


# --- all pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_in_both_themes(watched: Watched, path: str, theme: str) -> None:
    page = watched.open(path, color_scheme=theme)
    contrast, text = page.evaluate(CONTRAST)
    assert contrast >= 4.5, text
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 18, 15)"
    assert dark == (theme == "dark")


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_phone_need_not_scroll_sideways(watched: Watched, path: str) -> None:
    page = watched.open(path, viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate(WIDER_THAN_THE_SCREEN) == 0


@pytest.mark.parametrize("path", ["/", f"/artists/{HARBOUR}", "/terms/dreamy"])
def test_nothing_moves_after_it_was_drawn(watched: Watched, path: str) -> None:
    page = watched.open(path)
    shift = page.evaluate(
        """() => new Promise((done) => {
          let total = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((each) => (total += each.value)))
            .observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(total), 200);
        })"""
    )
    assert shift == 0


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_control_has_a_name_and_can_be_seen_when_focused(watched: Watched, path: str) -> None:
    page = watched.open(path)
    controls = page.locator("a, button, input, select, summary, canvas[tabindex]")
    for control in controls.all():
        if control.is_visible():
            assert _name_of(control) != "", control.evaluate("each => each.outerHTML")
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "() => [document.activeElement.className, getComputedStyle(document.activeElement)]"
        ".map((each) => each.outlineStyle ?? each)"
    )
    assert focused == ["skip", "solid"]


def _name_of(control: Locator) -> str:
    """The accessible name, from what a screen reader is told."""
    told = control.aria_snapshot()
    match = re.match(r'-? ?\'?[\w ]+ "(.*?)"', told) or re.match(r"-? ?\'?[\w ]+: (.*)", told)
    return match.group(1) if match else told.removeprefix("- ").strip() if "text:" in told else ""


def test_the_theme_can_be_chosen_and_is_remembered(watched: Watched) -> None:
    page = watched.open("/", color_scheme="light")
    page.get_by_role("button", name="Use dark colours").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.goto(f"{watched.address}/crawl")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 18, 15)"
    expect(page.get_by_role("button", name="Use light colours")).to_be_visible()


# --- search -----------------------------------------------------------------------------------------------


def test_typing_suggests_and_the_keyboard_chooses(watched: Watched) -> None:
    page = watched.open("/")
    field = page.get_by_role("combobox", name="Artist, or words that describe music")
    field.press_sequentially("velv")
    option = page.get_by_role("option", name="Velvet Engine")
    expect(option).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    field.press("Enter")
    page.wait_for_url(f"**/artists/{VELVET}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Velvet Engine")


def test_escape_closes_the_suggestions_and_enter_searches_for_what_was_typed(watched: Watched) -> None:
    page = watched.open("/")
    field = page.get_by_role("combobox")
    field.press_sequentially("dreamy")
    expect(page.get_by_role("listbox")).to_be_visible()
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.press("Enter")
    page.wait_for_url("**/search?q=dreamy")


def test_suggestions_are_told_to_a_screen_reader_and_tell_namesakes_apart(watched: Watched) -> None:
    page = watched.open("/")
    page.get_by_role("combobox").press_sequentially("harbour")
    expect(page.get_by_role("status").first).to_have_text("2 suggestions")
    expect(page.get_by_role("option", name="from Bergen")).to_be_visible()
    expect(page.get_by_role("option", name="jazz trio")).to_be_visible()


def test_a_hostile_name_is_suggested_as_a_text(watched: Watched) -> None:
    page = watched.open("/")
    page.get_by_role("combobox").press_sequentially("script")
    option = page.get_by_role("option").first
    expect(option).to_contain_text(HOSTILE)
    option.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)


def test_all_of_it_works_without_javascript(watched: Watched) -> None:
    page = watched.open("/", java_script_enabled=False)
    page.get_by_role("textbox").fill("velvet engine")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Velvet Engine")
    page.goto(f"{watched.address}/artists/{HARBOUR}")
    page.get_by_role("link", name="2 quotes for dreamy").click()
    expect(page.get_by_text(SENTENCES[0])).to_be_visible()


# --- an artist, two artists -------------------------------------------------------------------------------


def test_quotes_unfold_in_place_by_keyboard(watched: Watched) -> None:
    page = watched.open(f"/artists/{HARBOUR}")
    button = page.get_by_role("button", name="2 quotes for dreamy")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(SENTENCES[0])).to_be_visible()
    expect(page.get_by_text("Few records are as dreamy as this <b>one</b>.")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Space")
    expect(page.get_by_text(SENTENCES[0])).to_be_hidden()


def test_a_neighbour_leads_to_the_comparison(watched: Watched) -> None:
    page = watched.open(f"/artists/{HARBOUR}")
    page.get_by_role("link", name="Compare Harbour Lights with Velvet Engine").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Lights and Velvet Engine")
    expect(page.get_by_text(SENTENCES[2])).to_be_visible()


def test_two_artists_are_chosen_among_namesakes(watched: Watched) -> None:
    page = watched.open("/compare")
    first = page.get_by_role("combobox", name="One artist")
    first.press_sequentially("harbour")
    page.get_by_role("option", name="jazz trio").click()
    expect(first).to_have_value("Harbour Lights")
    page.get_by_role("combobox", name="Another").fill("Velvet Engine")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare?a=%236&b=Velvet+Engine")


# --- the map ----------------------------------------------------------------------------------------------


def _map(watched: Watched, path: str = "/map", **settings: object) -> Page:
    page = watched.open(path, **settings)
    page.wait_for_selector("[data-map][data-ready]")
    return page


def _atlas(page: Page, code: str) -> Any:  # noqa: ANN401 - whatever the expression gives
    return page.evaluate(
        f"() => {{ const atlas = document.querySelector('[data-map]').atlas; return {code}; }}"
    )


def _place(page: Page, artist: int) -> tuple[float, float]:
    """Where on the screen the dot of an artist is."""
    code = (
        f"(() => {{ const each = atlas.map.ids.indexOf({artist});"
        "return atlas.view.toScreen(atlas.map.x[each], atlas.map.y[each]); })()"
    )
    x, y = _atlas(page, code)
    box = page.locator(".map-labels").bounding_box()
    assert box is not None
    return box["x"] + x, box["y"] + y


def test_the_map_draws_every_artist_in_the_colour_of_its_term(watched: Watched) -> None:
    page = _map(watched)
    page.get_by_role("combobox", name="Colour by").select_option("mood")
    for artist, colour in ((HARBOUR, "0"), (SCRIPT, "1")):
        wanted = _atlas(page, f"atlas.palette.terms[{colour}]")
        x, y = _place(page, artist)
        seen = page.evaluate(
            """([x, y]) => {
              const canvas = document.querySelector(".map-points"), box = canvas.getBoundingClientRect();
              return [...canvas.getContext("2d").getImageData(x - box.x, y - box.y, 1, 1).data];
            }""",
            [x, y],
        )
        expected = [int(wanted[place : place + 2], 16) for place in (1, 3, 5)]
        assert seen[:3] == pytest.approx(expected, abs=40)


def test_dragging_moves_the_map_and_the_wheel_zooms_where_the_pointer_is(watched: Watched) -> None:
    page = _map(watched)
    before = _place(page, VELVET)
    page.mouse.move(700, 400)
    page.mouse.down()
    page.mouse.move(760, 430, steps=4)
    page.mouse.up()
    moved = _place(page, VELVET)
    assert (moved[0] - before[0], moved[1] - before[1]) == pytest.approx((60, 30), abs=1)
    page.mouse.move(*moved)
    page.mouse.wheel(0, -300)
    page.wait_for_function("document.querySelector('[data-map]').atlas.view.zoom > 1.3")
    assert _place(page, VELVET) == pytest.approx(moved, abs=1)


def test_a_click_on_a_dot_opens_the_artist(watched: Watched) -> None:
    page = _map(watched)
    x, y = _place(page, VELVET)
    page.mouse.move(x + 2, y)
    expect(page.locator(".map-tip")).to_contain_text("Velvet Engine")
    page.mouse.click(x + 2, y)
    page.wait_for_url(f"**/artists/{VELVET}")


def test_a_tap_names_the_artist_before_it_leads_there(watched: Watched) -> None:
    page = _map(watched, viewport=PHONE, has_touch=True, is_mobile=True)
    page.touchscreen.tap(*_place(page, SCRIPT))
    link = page.locator(".map-tip a")
    expect(link).to_have_text(HOSTILE)
    link.tap()
    page.wait_for_url(f"**/artists/{SCRIPT}")


def test_two_fingers_zoom_the_map_and_one_moves_it(watched: Watched) -> None:
    page = _map(watched, viewport=PHONE, has_touch=True, is_mobile=True)
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touched = [{"x": x, "y": y, "id": place} for place, (x, y) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    zoom = _atlas(page, "atlas.view.zoom")
    touch("touchStart", (140, 500), (220, 500))
    for spread in (50, 60, 70, 80):
        touch("touchMove", (180 - spread, 500), (180 + spread, 500))
    touch("touchEnd")
    assert _atlas(page, "atlas.view.zoom") == pytest.approx(2 * zoom, rel=0.05)
    before = _place(page, VELVET)
    touch("touchStart", (180, 500))
    for moved in (10, 20, 40):
        touch("touchMove", (180 + moved, 500))
    touch("touchEnd")
    assert _place(page, VELVET)[0] - before[0] == pytest.approx(40, abs=12)


def test_an_artist_is_found_on_the_map(watched: Watched) -> None:
    page = _map(watched)
    field = page.get_by_role("combobox", name="Find an artist")
    field.press_sequentially("velvet")
    expect(page.get_by_role("option", name="Velvet Engine")).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page.locator("[data-map-said]")).to_have_text("Velvet Engine is in the middle of the map.")
    box = page.locator(".map-labels").bounding_box()
    assert box is not None
    x, y = _atlas(page, "[atlas.view.middleX, atlas.view.middleY]")
    assert _place(page, VELVET) == pytest.approx((box["x"] + x, box["y"] + y), abs=1)


def test_the_map_works_by_keyboard(watched: Watched) -> None:
    page = _map(watched, f"/map?artist={VELVET}")
    drawing = page.get_by_role("application")
    drawing.focus()
    page.keyboard.press("+")
    expect(page.locator("[data-map-said]")).to_contain_text("Velvet Engine")
    zoom = _atlas(page, "atlas.view.zoom")
    page.keyboard.press("-")
    assert _atlas(page, "atlas.view.zoom") == pytest.approx(zoom / 1.5)
    x = _atlas(page, "atlas.view.x")
    page.keyboard.press("ArrowRight")
    assert _atlas(page, "atlas.view.x") > x
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/artists/{VELVET}")


def test_going_back_to_the_map_comes_back_to_the_same_view(watched: Watched) -> None:
    page = _map(watched, f"/map?artist={HARBOUR}")
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_url(re.compile(r"#.*,3\.00,"))
    page.get_by_role("link", name="Crawl").click()
    page.go_back()
    page.wait_for_selector("[data-map][data-ready]")
    assert _atlas(page, "atlas.view.zoom") == pytest.approx(3)


def test_names_on_the_map_never_overlap(watched: Watched) -> None:
    page = _map(watched, "/map")
    for zoom in (0.7, 1, 1.7, 3, 6, 12):
        boxes = _atlas(
            page, f"(atlas.view.set(...atlas.view.home(), {zoom}), atlas.draw(), atlas.labels.boxes)"
        )
        assert not [
            (one["text"], other["text"])
            for place, one in enumerate(boxes)
            for other in boxes[:place]
            if one["left"] + 3 < other["right"] - 3 and other["left"] + 3 < one["right"] - 3
            if one["top"] < other["bottom"] and other["top"] < one["bottom"]
        ]
    shown = {box["text"] for box in _atlas(page, "(atlas.everything(), atlas.draw(), atlas.labels.boxes)")}
    assert {"Harbour Lights", "Velvet Engine"} <= shown


def test_a_colour_of_the_legend_shows_its_artists_alone(watched: Watched) -> None:
    page = _map(watched)
    page.get_by_role("combobox", name="Colour by").select_option("mood")
    button = page.get_by_role("button", name="loud 1")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert _atlas(page, "atlas.only") == 1
    button.click()
    assert _atlas(page, "atlas.only") is None


def test_the_map_has_a_list_for_who_does_not_see_it(watched: Watched) -> None:
    page = _map(watched)
    page.get_by_text("shoegaze, " + HOSTILE).first.click()
    region = page.locator(".map-list details")
    expect(region.get_by_role("link", name="Velvet Engine").first).to_be_visible()
    expect(region.get_by_role("link", name=ATTRIBUTE).first).to_be_visible()
