"""The moving figures of the built book: their pictures, and how a reader moves them."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from fallline import filmstrip
from fallline.plotting import new_axes
from fallline.widgets import explore


@pytest.fixture(autouse=True)
def book(monkeypatch):
    monkeypatch.setenv("FALLLINE_BOOK", "1")
    plt.close("all")
    yield
    assert not plt.get_fignums(), "every figure is closed"


def dots(a, kind="round"):
    """Draw without a layout engine, so that nothing depends on the other pictures."""
    figure = plt.figure(figsize=(2, 1.5), dpi=144)
    ax = figure.add_axes((0.2, 0.2, 0.7, 0.6))
    ax.plot([0, a], [0, 1], marker={"round": "o", "square": "s"}[kind])
    ax.set(title=f"a is {a}", xlim=(0, 10))
    return ax


def pixels(picture):
    return np.asarray(picture.convert("RGB"))


def cut(strip, i):
    """Return a picture as it lies in the sheet."""
    sheet = Image.open(io.BytesIO(strip.sheet))
    width, height = strip.frames[0].size
    column, row = i % strip.columns, i // strip.columns
    return sheet.crop((column * width, row * height, (column + 1) * width, (row + 1) * height))


# --- pictures ---


def test_every_picture_of_the_sheet_is_the_one_that_the_function_draws():
    strip = explore(dots, a=(1, 4, 1), kind=["round", "square"])
    states = [(a, kind) for a in (1, 2, 3, 4) for kind in ("round", "square")]
    for i, (a, kind) in enumerate(states):
        figure = dots(a, kind).figure
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        assert np.array_equal(pixels(cut(strip, i)), np.asarray(canvas.buffer_rgba())[..., :3])
        plt.close(figure)


def test_nothing_but_the_drawing_moves():
    """A longer label on one axis would push the axes aside, were they not aligned."""

    def ticks(a):
        ax = new_axes(3, 2)
        ax.plot([0, 1], [0, 10.0**a])
        return ax

    first, *others = explore(ticks, a=(0, 4, 1)).frames
    frame = np.all(pixels(first) < 60, axis=2)
    spine = np.argmax(frame.sum(axis=0))
    for other in others:
        assert other.size == first.size
        dark = np.all(pixels(other) < 60, axis=2)
        assert np.argmax(dark.sum(axis=0)) == spine


def test_many_pictures_stand_in_as_many_columns_as_they_need():
    strip = explore(dots, a=(1, 100, 1))
    assert strip.columns == 2
    assert max(Image.open(io.BytesIO(strip.sheet)).size) <= 16383
    assert np.array_equal(pixels(cut(strip, 99)), pixels(strip.frames[99]))


def test_large_pictures_in_great_number_are_less_sharp():
    def wide(a):
        return new_axes(6, 4).plot([0, a])[0]

    few, many = (explore(wide, a=(1, n, 1)) for n in (2, 60))
    assert few.frames[0].size == (864, 576)
    assert 600 < many.frames[0].size[0] < 864
    assert many.width == few.width, "they take the same place on the page"


@pytest.mark.parametrize(
    "give",
    [
        lambda ax: ax,
        lambda ax: np.array([ax, ax]),
        lambda ax: (ax.figure, ax),
        lambda ax: ax.lines,
        lambda ax: ax.figure,
        lambda ax: None,
    ],
    ids=["axes", "array", "tuple", "lines", "figure", "nothing"],
)
def test_whatever_the_function_returns_its_figure_is_found(give):
    strip = explore(lambda a: give(dots(a)), a=(1, 2, 1))
    assert strip.frames[0].size == (288, 216)
    assert not np.array_equal(pixels(strip.frames[0]), pixels(strip.frames[1]))


def test_a_figure_that_was_open_before_stays_open_and_unchanged():
    mine = plt.figure()
    explore(dots, a=(1, 2, 1))
    assert plt.get_fignums() == [mine.number] and not mine.axes
    plt.close(mine)


def test_many_figures_need_no_warning():
    assert len(explore(dots, a=(1, 40, 1)).frames) == 40


# --- what is refused ---


def test_a_combination_that_fails_is_named():
    def halves(a, kind):
        return dots(1 / a)

    with pytest.raises(RuntimeError, match=r"halves\(a=0, kind='x'\).*division by zero") as caught:
        explore(halves, a=(-1, 1, 1), kind=["x"])
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("draw", [lambda a: None, lambda a: 3], ids=["nothing", "a number"])
def test_a_function_that_draws_nothing_is_told_so(draw):
    with pytest.raises(RuntimeError, match="no figure of its own"):
        explore(draw, a=(0, 2, 1))


def test_a_figure_that_all_pictures_would_share_is_refused():
    ax = dots(1)
    with pytest.raises(RuntimeError, match="no figure of its own"):
        explore(lambda a: ax, a=(0, 2, 1))
    plt.close(ax.figure)


def test_pictures_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match="same size"):
        explore(lambda a: new_axes(width=a), a=(2, 4, 1))


def test_too_many_pictures_are_refused_before_the_first_is_drawn():
    def never(a, b):
        raise AssertionError

    with pytest.raises(ValueError, match=r"never: 121 pictures \(11 times 11\).*at most 120"):
        explore(never, a=(0, 10, 1), b=(0, 10, 1))


def test_pictures_that_weigh_too_much_are_refused_with_their_weight():
    def noise(a):
        ax = new_axes(3, 3)
        ax.imshow(np.random.default_rng(a).uniform(size=(300, 300)))
        return ax

    with pytest.raises(ValueError, match=r"noise: 3 pictures weigh \d+ kB, at most 250"):
        explore(noise, a=(0, 2, 1))


def test_the_limit_is_the_one_that_the_house_has_promised():
    assert filmstrip.MOST_BYTES <= 250_000


# --- words ---


def test_what_changes_in_the_drawing_is_said():
    strip = explore(dots, a=(1, 3, 1), kind=["round", "square"])
    assert strip.says[0] == "a 1, kind round: a is 1"
    assert len(set(strip.says)) == len(strip.says)


def test_titles_legends_notes_and_ranges_are_read():
    def talkative(a):
        left, right = new_axes(ncols=2)
        left.set(title=rf"$x^2 \cdot {a}$", xlim=(0, a), ylabel="the same in all")
        right.plot([0, 1], label=f"line {a}")
        right.legend()
        right.annotate(f"here {a}", (0, 0))
        left.figure.suptitle(f"over all {a}")
        return left

    says = explore(talkative, a=(1, 2, 1)).says[1]
    for words in ("x to the power 2 · 2", "line 2", "here 2", "over all 2"):
        assert words in says
    assert "horizontal axis of picture 1 from 0 to 2" in says
    assert "the same" not in says and "vertical" not in says and "$" not in says


def test_the_author_may_say_it():
    strip = explore(dots, a=(1, 2, 1), describe=lambda a: f"a line to {a}")
    assert strip.says == ["a 1: a line to 1", "a 2: a line to 2"]


# --- the figure in a notebook ---


def test_a_bundle_holds_the_page_and_the_first_picture():
    strip = explore(dots, a=(1, 5, 1, 4), kind=["round", "square"])
    bundle = strip._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    first = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert first.format == "PNG"
    assert np.array_equal(pixels(first), pixels(strip.frames[6]))
    assert "10 pictures" in bundle["text/plain"]


def test_the_page_needs_nothing_from_outside():
    soup = BeautifulSoup(explore(dots, a=(1, 5, 1))._repr_mimebundle_()["text/html"], "html.parser")
    for tag in soup.find_all(True):
        for name in ("src", "href"):
            assert tag.get(name, "data:image/webp;base64,").startswith("data:image/webp;base64,")
        assert not [name for name in tag.attrs if name.startswith("on")]
    assert [tag["type"] for tag in soup.find_all("script")] == ["application/json"]


def test_controls_are_native_labelled_and_in_order():
    words = {"h_step": ("step <h>", "10^{}"), "kind": "mark"}
    strip = explore(lambda h_step, kind: dots(h_step, kind), h_step=(1, 4, 1, 2),
                    kind=["square", "round"], labels=words)  # fmt: skip
    soup = BeautifulSoup(strip.to_html(), "html.parser")
    slider, menu = soup.select(".filmstrip-controls :is(input, select)")
    assert (slider["type"], slider["min"], slider["max"], slider["value"]) == (
        "range",
        "0",
        "3",
        "1",
    )
    assert slider["aria-valuetext"] == "10²" == soup.find("output").text
    assert [option.text for option in menu.find_all("option")] == ["square", "round"]
    labels = {label["for"]: label.text for label in soup.find_all("label")}
    assert labels == {slider["id"]: "step <h>", menu["id"]: "mark"}
    assert "step <h> (10¹ to 10⁴)" in soup.select_one(".filmstrip-note").text


def test_the_same_figure_is_the_same_text():
    first, second = (explore(dots, a=(1, 3, 1)).to_html() for _ in range(2))
    assert first == second


# --- the site ---

FIGURES = [
    ("derivative", "glass"),
    ("differences", "microscope"),
    ("gradient", "eigenvalue"),
]
by_figure = pytest.mark.parametrize("stem, name", FIGURES, ids=[name for _, name in FIGURES])


def is_sheet(response):
    return "_images" in response.url and response.url.endswith(".webp")


def weights(site, stem, name):
    page = site / f"book/{stem}.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    figure = soup.select_one(f"#fig-{stem}-{name}")
    still, sheet = figure.select_one("img")["src"], figure.select_one(".filmstrip-sheet")["href"]
    return figure, [(page.parent / path).stat().st_size for path in (still, sheet)]


@by_figure
def test_a_filmstrip_of_the_site_is_light_numbered_and_described(site, stem, name):
    figure, sizes = weights(site, stem, name)
    assert sum(sizes) <= 250_000
    image = figure.select_one("img")
    assert image["loading"] == "lazy" and int(image["width"]) > int(image["height"]) > 100
    assert len(image["alt"]) >= 40
    assert figure.select_one("figcaption .caption-number").text.startswith("Fig. ")
    assert len(str(figure)) < 10_000, "the pictures lie outside of the page"


def test_pages_hold_no_state_of_widgets_and_no_pictures(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 5
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "application/vnd.jupyter.widget" not in text, page.name
        assert "data:image/webp" not in text, page.name


def test_only_pages_with_a_filmstrip_load_its_script(site):
    for page in site.glob("book/*.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        wanted = bool(soup.select("div.filmstrip"))
        assert bool(soup.select('script[src*="filmstrip"]')) == wanted, page.name


@pytest.fixture
def visit(browser, address):
    """Return a way to open a page: `visit("derivative", viewport=...)` gives page and requests."""
    contexts = []

    def go(stem, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto(f"{address}/book/{stem}.html")
        return page

    yield go
    for context in contexts:
        context.close()


def opened(page, stem, name):
    """Bring a figure into view, its sheet fetched, and return it."""
    figure = page.locator(f"#fig-{stem}-{name}")
    figure.scroll_into_view_if_needed()
    figure.locator(".filmstrip-pane").wait_for(state="attached")
    return figure


def seen(figure):
    """Return the pixels of the picture that the reader sees."""
    box = figure.locator(".filmstrip-view")
    return pixels(Image.open(io.BytesIO(box.screenshot(animations="disabled"))))


def settled(figure, says):
    """Wait until the figure is described anew."""
    figure.page.wait_for_function(
        "([node, old]) => node.textContent && node.textContent !== old",
        arg=[figure.locator(".filmstrip-says").element_handle(), says],
    )
    return figure.locator(".filmstrip-says").text_content()


@by_figure
def test_the_keyboard_moves_a_slider_its_picture_and_its_words(visit, stem, name):
    page = visit(stem)
    figure = opened(page, stem, name)
    slider, says, shown = figure.locator("input[type=range]"), "", [seen(figure)]
    slider.focus()
    last = int(slider.get_attribute("max"))
    for key, place in (
        ("Home", 0),
        ("ArrowRight", 1),
        ("ArrowUp", 2),
        ("ArrowLeft", 1),
        ("End", last),
        ("PageDown", None),
        ("PageUp", last),
    ):
        page.keyboard.press(key)
        value = int(slider.input_value())
        assert value == place if place is not None else value < last
        says = settled(figure, says)
        text = slider.get_attribute("aria-valuetext")
        assert text == figure.locator("output").text_content()
        assert text in says
        assert figure.locator("img.filmstrip-still").get_attribute("alt") in (
            says,
            *shown_alt(page),
        )
        shown.append(seen(figure))
        assert not np.array_equal(shown[-1], shown[-2])
    assert np.array_equal(shown[2], shown[4]), "one step up and one down is where it was"
    assert np.array_equal(shown[5], shown[7])
    assert page.faults == []


def shown_alt(page):
    """Return the words of the start pictures, which the author has written."""
    return page.evaluate(
        "async () => [...new DOMParser().parseFromString(await (await fetch(location)).text(),"
        " 'text/html').querySelectorAll('.filmstrip-still')].map((image) => image.alt)"
    )


def test_the_mouse_and_the_menu_move_the_picture(visit):
    page = visit("derivative")
    figure = opened(page, "derivative", "glass")
    before, slider = seen(figure), figure.locator("input[type=range]")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    said = settled(figure, "")
    assert slider.get_attribute("aria-valuetext") == "×1,000,000"
    line = seen(figure)
    assert not np.array_equal(before, line)
    figure.locator("select").select_option("|x|")
    assert "|x|" in settled(figure, said)
    assert not np.array_equal(line, seen(figure))


def test_a_finger_moves_the_picture_and_finds_the_controls(visit):
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = visit("derivative", **options)
    figure = opened(page, "derivative", "glass")
    before = seen(figure)
    for control in figure.locator("select, input").all():
        assert control.bounding_box()["height"] >= 44
    box = figure.locator("input[type=range]").bounding_box()
    page.touchscreen.tap(box["x"] + 5, box["y"] + box["height"] / 2)
    settled(figure, "")
    assert not np.array_equal(before, seen(figure))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    view = figure.locator(".filmstrip-view").bounding_box()
    assert view["width"] > 300


@by_figure
def test_back_at_its_start_the_sheet_shows_what_the_still_shows(visit, site, stem, name):
    page = visit(stem)
    figure = opened(page, stem, name)
    slider = figure.locator("input[type=range]")
    start = slider.input_value()
    slider.focus()
    page.keyboard.press("Home")
    said = settled(figure, "")
    slider.fill(start)
    settled(figure, said)
    drawn = figure.locator(".filmstrip-pane").evaluate("node => node.toDataURL()")
    drawn = Image.open(io.BytesIO(base64.b64decode(drawn.split(",")[1])))
    still = site / "_images" / figure.locator("img").get_attribute("src").split("/")[-1]
    assert np.array_equal(pixels(drawn), pixels(Image.open(still)))
    assert (
        figure.locator("img").get_attribute("alt")
        != figure.locator(".filmstrip-says").text_content()
    ), "the author's words are back"


def test_the_sheet_is_asked_for_when_the_figure_is_near(visit, site):
    page = visit("gradient")
    sheet = weights(site, "gradient", "eigenvalue")[0].select_one(".filmstrip-sheet")["href"]
    asked = lambda: [url for url in page.asked if url.endswith(sheet.split("/")[-1])]  # noqa: E731
    page.wait_for_load_state("networkidle")
    assert not asked()
    opened(page, "gradient", "eigenvalue")
    assert len(asked()) == 1


def test_a_figure_moves_with_the_network_cut_and_asks_for_nothing(visit):
    page = visit("derivative")
    figure = opened(page, "derivative", "glass")
    page.wait_for_load_state("networkidle")
    before, count = seen(figure), len(page.asked)
    page.context.set_offline(True)
    figure.locator("input[type=range]").focus()
    page.keyboard.press("End")
    settled(figure, "")
    assert not np.array_equal(before, seen(figure))
    assert len(page.asked) == count


def test_without_javascript_there_is_a_still_and_a_sentence(visit):
    page = visit("derivative", java_script_enabled=False)
    figure = page.locator("#fig-derivative-glass")
    figure.scroll_into_view_if_needed()
    assert figure.locator("img").is_visible()
    assert not figure.locator(".filmstrip-controls").is_visible()
    note = figure.locator(".filmstrip-note")
    assert note.is_visible()
    assert re.search(r"curve \(x², sin x, \|x\|\) and zoom \(×1 to ×1,000,000\)", note.inner_text())
    assert figure.locator(".filmstrip-sheet").get_attribute("href").endswith(".webp")


def test_on_paper_there_is_the_picture_that_was_chosen_and_no_control(visit):
    page = visit("derivative")
    figure = opened(page, "derivative", "glass")
    figure.locator("input[type=range]").focus()
    page.keyboard.press("End")
    said = settled(figure, "")
    page.emulate_media(media="print")
    assert not figure.locator(".filmstrip-controls").is_visible()
    assert not figure.locator(".filmstrip-note").is_visible()
    assert figure.locator(".filmstrip-pane").is_visible()
    assert figure.locator(".filmstrip-says").inner_text() == said


def test_nothing_moves_by_itself(visit):
    page = visit("derivative", reduced_motion="reduce")
    figure = opened(page, "derivative", "glass")
    figure.locator("input[type=range]").focus()
    page.keyboard.press("End")
    settled(figure, "")
    moving = "node => node.getAnimations({subtree: true}).length"
    assert figure.evaluate(moving) == 0


def test_in_the_dark_the_paper_is_dark(visit):
    light, dark = (
        seen(opened(visit("derivative", color_scheme=scheme), "derivative", "glass"))
        for scheme in ("light", "dark")
    )
    assert np.median(light) > 230 and np.median(dark) < 60
