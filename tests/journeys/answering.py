"""How a person answers each kind of work on its page: by keys, with a mouse, with a finger. Tables, by the widget's element."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playwright.sync_api import Locator, Page, expect

Way = Callable[[Page], None]
Hand = Callable[..., None]  # Locator.click or Locator.tap

# --- by keys alone ---------------------------------------------------------------------------------------------------


def reach(page: Page, selector: str) -> None:
    """Tab until this has focus."""
    for _ in range(120):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def press(selector: str, *keys: str) -> Way:
    """Keys in one place that Tab reaches."""

    def do(page: Page) -> None:
        reach(page, selector)
        for key in keys:
            page.keyboard.press(key)

    return do


def recorded(press_button: Callable[[Page, str], None]) -> Way:
    """Record until something came in, stop, agree; it is kept before the answer is sent."""

    def do(page: Page) -> None:
        press_button(page, "[data-do=record]")
        page.wait_for_selector("record-yourself[data-heard]")
        press_button(page, "[data-do=record]")
        page.wait_for_selector(".recording__made:not([hidden])")
        press_button(page, "[name=agreed]")
        expect(page.locator("record-yourself [name=media]")).not_to_have_value("")

    return do


BOX = press(".drawing__stage", "5", "Enter", "ArrowRight", "ArrowDown", "Enter")
KEYS: Mapping[str, Way] = {
    "box-editor": BOX,
    "face-editor": BOX,
    "draw-polygon": press(".drawing__stage", "5", "Enter", "ArrowRight", "Enter", "ArrowDown", "Enter", "Enter"),
    "draw-line": press(".drawing__stage", "1", "Enter", "ArrowRight", "Enter", "Enter"),
    "choose-tags": press("input[type=checkbox]", "Space"),
    "mark-words": press(".spans__word", "Enter", "Enter"),
    "mark-segments": press(".player__place", "F9", *["ArrowRight"] * 5, "F9"),
    "fill-form": press("[data-field] input, [data-field] textarea", *"Bakker"),
    "record-yourself": recorded(lambda page, button: press(button, "Space")(page)),
}


def by_keys(page: Page) -> None:
    """Those that draw, mark or type by their keys, all others by choosing the first."""
    kind = kind_of(page)
    if kind in KEYS:
        KEYS[kind](page)
    elif page.locator("#task .widget textarea").count():
        press("textarea", *"a green door in a street")(page)
    else:
        press("#task .widget input[type=radio]", "Space")(page)
    press(".task__bar button:first-child", "Enter")(page)


# --- with a mouse or a finger ----------------------------------------------------------------------------------------


def on(place: Locator, hand: Hand, *shares: tuple[float, float]) -> None:
    """Press these places of something, as shares of its width and height; no drag is ever needed."""
    box = place.bounding_box()
    assert box
    for across, down in shares:
        hand(place, position={"x": box["width"] * across, "y": box["height"] * down})


def drawing(*shares: tuple[float, float], ready: bool = False) -> Callable[[Page, Hand], None]:
    """Points on the picture, and "Ready" where the number of points is the person's own."""

    def do(page: Page, hand: Hand) -> None:
        on(page.locator(".drawing__stage"), hand, *shares)
        if ready:
            hand(page.locator("[data-do=ready]"))

    return do


def marking(page: Page, hand: Hand) -> None:
    """It starts here; further on it stops."""
    place = page.locator(".player__place")
    hand(page.locator("[data-do=starts]"))
    on(place, hand, (0.6, 0.5))
    page.wait_for_function("document.querySelector('audio, video').currentTime > 0.5")
    hand(page.locator("[data-do=stops]"))


def words(page: Page, hand: Hand) -> None:
    """The first word is where the mark begins and ends."""
    for _ in range(2):
        hand(page.locator(".spans__word").first)


def typing(page: Page, hand: Hand) -> None:
    """A press goes into the field; the letters come from whatever keyboard there is."""
    hand(page.locator("[data-field] input, [data-field] textarea, .widget textarea").first)
    page.keyboard.type("Bakker")


def ticking(page: Page, hand: Hand) -> None:
    """The first label."""
    hand(page.locator(".widget .choice:has([type=checkbox]):visible").first)


def recording(page: Page, hand: Hand) -> None:
    """With this hand."""
    recorded(lambda there, button: hand(there.locator(button)))(page)


POINTING: Mapping[str, Callable[[Page, Hand], None]] = {
    "choose-tags": ticking,
    "box-editor": drawing((0.3, 0.3), (0.6, 0.7)),
    "face-editor": drawing((0.3, 0.3), (0.6, 0.7)),
    "draw-polygon": drawing((0.3, 0.3), (0.6, 0.3), (0.6, 0.7), ready=True),
    "draw-line": drawing((0.2, 0.2), (0.7, 0.6), ready=True),
    "mark-words": words,
    "mark-segments": marking,
    "fill-form": typing,
    "record-yourself": recording,
}


def pointing(hand: Hand) -> Way:
    """The same with this hand: a press on the first choice where there is nothing to draw, mark or type."""

    def do(page: Page) -> None:
        kind = kind_of(page)
        if kind in POINTING:
            POINTING[kind](page, hand)
        elif page.locator("#task .widget textarea").count():
            typing(page, hand)
        else:
            hand(page.locator("#task .widget .choice:has([type=radio]):visible").first)
        hand(page.locator(".task__bar button").first)

    return do


def kind_of(page: Page) -> str:
    """The widget's element, once its script has made it ready."""
    widget = page.locator("#task .widget")
    widget.wait_for()
    page.wait_for_function("!document.querySelector('#task .widget [data-no-script]')")
    return str(widget.evaluate("one => one.localName"))


WAYS: Mapping[str, Way] = {"keys": by_keys, "mouse": pointing(Locator.click), "320 px": pointing(Locator.tap)}
