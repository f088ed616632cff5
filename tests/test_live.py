"""The live figures: their numbers against the library, their drawings, and their life in a page."""

import itertools
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import tinycss2

from conftest import ROOT
from fallline import objectives
from fallline.capstone import balls, valleys
from fallline.derivative import secant_slope, tangent_line
from fallline.differences import best_step, error_curve
from fallline.gradient import directional_derivative, steepest_direction
from fallline.plotting import PALETTE
from fallline_book import live
from fallline_book.live import FOLDER, QUIET, figures
from fallline_book.node import node_path
from test_book import PAGES, live_figures

KINDS = figures()
by_kind = pytest.mark.parametrize("kind", KINDS)


def ask(*jobs):
    """Return what Node answers to each job: a kind, a state (None for the shape), maybe "draw"."""
    order = json.dumps({"folder": str(FOLDER), "jobs": jobs})
    command = [node_path(), QUIET, Path(__file__).with_name("live.mjs")]
    done = subprocess.run(command, input=order, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


SHAPES = dict(zip(KINDS, ask(*[(kind, None) for kind in KINDS]), strict=True))


def some_states(kind, count, seed=0):
    """Return the start, and states with every control at a random place, its ends included."""
    rng, figure = random.Random(seed), SHAPES[kind]
    values = {control["name"]: control["values"] for control in figure["controls"]}
    edges = {name: [choice[0], choice[-1]] for name, choice in values.items()}
    states = [figure["start"]]
    for k in range(count):
        room = edges if k % 10 == 0 else values
        states.append({name: rng.choice(choice) for name, choice in room.items()})
    return states


def corners(kind):
    """Return every choice with every range at its ends and in its middle."""
    places = {
        control["name"]: control["values"]
        if control["kind"] == "choice"
        else [control["values"][k] for k in (0, len(control["values"]) // 2, -1)]
        for control in SHAPES[kind]["controls"]
    }
    return [
        dict(zip(places, values, strict=True)) for values in itertools.product(*places.values())
    ]


# --- the numbers, against the library ---


CURVES = {
    "square": (lambda x: x * x, lambda x: 2 * x),
    "sin": (np.sin, np.cos),
    "abs": (abs, np.sign),
    "cube": (lambda x: x * x * x, lambda x: 3 * x * x),
    "exp": (np.exp, np.exp),
}


def test_the_secant_has_the_slope_and_the_remainder_of_the_library():
    states = some_states("secant", 400)
    states += [{"curve": c, "a": 0, "h": h, "zoom": 1} for c in CURVES for h in (1e-6, -1e-6, 2)]
    for state, answer in zip(states, ask(*[("secant", s) for s in states]), strict=True):
        values, a, h = answer["values"], float(state["a"]), state["h"]
        f, df = CURVES[state["curve"]]
        # Sine and exponential may differ in the last bit; a quotient shows 1/h of it.
        bits = 2**-51 * (abs(f(a)) + abs(f(a + h)))
        slope = secant_slope(f, a, h)
        assert values["secant"] == pytest.approx(slope, rel=1e-9, abs=bits / abs(h))
        if state["curve"] == "abs" and a == 0:
            assert values["derivative"] is values["distance"] is values["remainder"] is None
            continue
        assert values["derivative"] == pytest.approx(df(a), rel=1e-9, abs=1e-15)
        missed = f(a + h) - tangent_line(f(a), df(a), a)(a + h)
        assert values["remainder"] == pytest.approx(missed, rel=1e-9, abs=4 * bits)
        distance = abs(slope - df(a))
        assert values["distance"] == pytest.approx(distance, rel=1e-9, abs=4 * bits / abs(h))


def bell(x):
    return 1 / (1 + x * x)


BELLS = [
    lambda x: -2 * x / (1 + x * x) ** 2,
    lambda x: (6 * x * x - 2) / (1 + x * x) ** 3,
    lambda x: 24 * x * (1 - x * x) / (1 + x * x) ** 4,
]
FUNCTIONS = {
    "sin": (np.sin, [np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x)]),
    "exp": (np.exp, [np.exp] * 3),
    "cube": (lambda x: x * x * x, [lambda x: 3 * x * x, lambda x: 6 * x, lambda x: 6.0]),
    "bell": (bell, BELLS),
}


def in_single(f):
    """Return f as a machine with 32 bits has it: rounded where it starts and where it ends."""

    def rounded(x):
        if np.iscomplexobj(x):
            x = np.complex128(np.complex64(x))
            return np.complex64(f(x))
        return np.float32(f(np.float64(np.float32(x))))

    return rounded


def test_the_measured_errors_are_those_of_the_library():
    """Where f is arithmetic alone, bit for bit; a sine may differ in its last bit."""
    states = some_states("step-size", 150, seed=1)
    hs = [10.0 ** (-16 + k / 8) for k in range(129)]
    for state, answer in zip(states, ask(*[("step-size", s) for s in states]), strict=True):
        f, (df, *_) = FUNCTIONS[state["f"]]
        x, single = float(state["x"]), state["precision"] == "float32"
        own = in_single(f) if single else f
        steps = np.array([*hs, state["h"]])
        expected = error_curve(own, df, x, steps, state["scheme"])
        values = answer["values"]
        found = np.array([*values["errors"], values["error"]])
        eps = 2.0**-23 if single else 2.0**-52
        bits = np.zeros_like(steps)
        if state["scheme"] == "complex":
            # Nothing is divided by a small h but what is as small: the last bits stay the last.
            bits += 4 * eps + np.abs(df(x) * 2**-52)
        elif state["f"] in ("sin", "exp"):
            largest = max(abs(f(x + t)) for t in (-1, 0, 1)) if state["f"] == "exp" else 1.0
            bits = 2 * eps * largest / steps / abs(df(x))
        assert np.all(np.abs(found - expected) <= 1e-9 * np.abs(expected) + bits), state


def test_both_error_terms_and_the_best_step_are_those_of_the_chapter():
    states = some_states("step-size", 300, seed=2)
    # Here the third derivative is zero, and so is a truncation term.
    flat = {"f": "bell", "precision": "float64", "x": 1, "h": 1e-5}
    states += [{**flat, "scheme": scheme} for scheme in ("central", "complex")]
    for state, answer in zip(states, ask(*[("step-size", s) for s in states]), strict=True):
        f, slopes = FUNCTIONS[state["f"]]
        x, h, scheme = float(state["x"]), state["h"], state["scheme"]
        first, second, third = (abs(float(slope(x))) for slope in slopes)
        size, eps = abs(f(x)), 2.0**-52 if state["precision"] == "float64" else 2.0**-23
        with np.errstate(divide="ignore"):
            terms = {
                "forward": (second * h / 2, 2 * eps * size / h, 2 * np.sqrt(eps * size / second)),
                "central": (
                    third * h**2 / 6,
                    eps * size / h,
                    np.cbrt(3 * eps * np.divide(size, third)),
                ),
                "complex": (
                    third * h**2 / 6,
                    eps * first,
                    np.sqrt(6 * eps * np.divide(first, third)),
                ),
            }
        truncation, rounding, best = terms[scheme]
        values = answer["values"]
        assert values["truncation"] == pytest.approx(truncation / first, rel=1e-9)
        assert values["rounding"] == pytest.approx(rounding / first, rel=1e-9)
        assert values["best"] == pytest.approx(min(1.0, best), rel=1e-9)
        assert values["rule"] == pytest.approx(best_step(scheme, x, eps), rel=1e-9)
        assert values["exact"] == pytest.approx(float(slopes[0](x)), rel=1e-9)


OBJECTIVES = {
    "saddle": objectives.saddle,
    "bowl": objectives.bowl(4),
    "himmelblau": objectives.himmelblau,
}


def test_slopes_and_steepest_steps_are_those_of_the_library():
    states = some_states("direction", 400, seed=3)
    for name, norm, angle in itertools.product(OBJECTIVES, ("l1", "l2", "linf"), (0, 45, 90, 270)):
        for x, y in ((0, 0), (2, 2), (-2, 2), (0, 3), (3, 2), (-4, 1)):
            states.append({"f": name, "norm": norm, "angle": angle, "x": x, "y": y})
    for state, answer in zip(states, ask(*[("direction", s) for s in states]), strict=True):
        objective, norm = OBJECTIVES[state["f"]], state["norm"]
        w = np.array([state["x"], state["y"]], dtype=float)
        values, g = answer["values"], objective.gradient(w)
        assert values["height"] == pytest.approx(objective.value(w), rel=1e-9, abs=1e-12)
        assert values["gradient"] == pytest.approx(g, rel=1e-9, abs=1e-12)
        u = np.array(values["step"])
        assert np.linalg.norm(u, {"l1": 1, "l2": 2, "linf": np.inf}[norm]) == pytest.approx(1)
        theta = np.radians(state["angle"])
        assert u @ [np.sin(theta), -np.cos(theta)] == pytest.approx(0, abs=1e-12)
        assert values["slope"] == pytest.approx(float(g @ u), rel=1e-9, abs=1e-9)
        if norm == "l2":
            slope = directional_derivative(g, [np.cos(theta), np.sin(theta)])
            assert values["slope"] == pytest.approx(slope, rel=1e-9, abs=1e-9)
        best = steepest_direction(g, norm)
        assert values["steepest"] == pytest.approx(best, rel=1e-9, abs=1e-12)
        assert values["drop"] == pytest.approx(float(g @ best), rel=1e-9, abs=1e-12)
        assert values["drop"] <= values["slope"] + 1e-9 * (1 + abs(values["drop"]))


# --- the common shape ---


@by_kind
def test_every_module_has_the_common_shape(kind):
    figure = SHAPES[kind]
    functions = {name for name, what in figure["kinds"].items() if what == "function"}
    assert (
        {"compute", "draw", "describe"}
        <= functions
        <= {*("compute", "draw", "describe", "drag", "tick", "paint", "table")}
    )
    assert len(figure["title"]) > 10
    assert list(figure["start"]) and set(figure["start"]) == {c["name"] for c in figure["controls"]}
    for control in figure["controls"]:
        assert control["kind"] in ("range", "choice") and control["label"]
        start = figure["start"][control["name"]]
        if control["kind"] == "choice":
            assert start in control["values"] and len(set(control["values"])) > 1
            continue
        assert control["values"][0] <= start <= control["values"][-1]
        assert control["values"] == sorted(set(control["values"])), "each place a new value"
        assert control["back"] == pytest.approx(control["places"]), "and the way back"
        assert control["kept"] == control["values"]


def test_a_step_goes_through_its_sign_and_is_never_zero():
    step = next(c for c in SHAPES["secant"]["controls"] if c["name"] == "h")["values"]
    assert 0 not in step and step[0] == -2 and step[-1] == 2
    assert sorted(step, key=abs)[:2] in ([1e-6, -1e-6], [-1e-6, 1e-6])
    assert step == [-h for h in reversed(step)]


@by_kind
def test_drawings_are_well_formed_at_every_corner(kind):
    states = corners(kind) + some_states(kind, 60, seed=4)
    if kind == "step-size":
        states += [{**state, "f": "bell", "x": 1} for state in states[::7]]
    for state, answer in zip(states, ask(*[(kind, s, "draw") for s in states]), strict=True):
        drawing = answer["drawing"]
        root = ET.fromstring(f"<figure>{drawing}</figure>")
        assert not re.search(r"NaN|Infinity|undefined|null|\[object", drawing), state
        assert not re.search(r"undefined|NaN|null", answer["words"]), (state, answer["words"])
        assert len(root) >= 1 and all(panel.get("viewBox") for panel in root)
        assert answer["pure"], "the same state, the same numbers, and nothing changed in place"


@by_kind
def test_drawings_leave_colours_to_the_style_sheet(kind):
    (answer,) = ask((kind, SHAPES[kind]["start"], "draw"))
    for element in ET.fromstring(f"<figure>{answer['drawing']}</figure>").iter():
        assert not {"fill", "stroke", "style", "color"} & set(element.keys()), element.attrib
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb", answer["drawing"])


@by_kind
def test_every_control_changes_the_description(kind):
    figure = SHAPES[kind]
    for control in figure["controls"]:
        values = [control["values"][0], control["values"][len(control["values"]) // 2]]
        states = [{**figure["start"], control["name"]: value} for value in values]
        words = [answer["words"] for answer in ask(*[(kind, s) for s in states])]
        assert words[0] != words[1], control["name"]


@by_kind
def test_played_a_figure_moves_and_stays_in_its_ranges(kind):
    (answer,) = ask((kind, SHAPES[kind]["start"]))
    if SHAPES[kind]["kinds"].get("tick"):
        assert answer["next"] and set(answer["next"]) <= set(SHAPES[kind]["start"])


def test_where_a_term_vanishes_no_best_step_is_promised():
    place = {"f": "bell", "scheme": "central", "precision": "float64", "x": 1, "h": 1}
    usual = {**place, "x": 0.5}
    at, beside = ask(("step-size", place, "draw"), ("step-size", usual, "draw"))
    assert at["values"]["truncation"] == 0 and at["values"]["error"] > 0.1
    assert "vanishes at this x" in at["words"] and "Best is" not in at["words"]
    assert "Best is" in beside["words"] and "vanishes" not in beside["words"]
    drawn = [len(re.findall("<circle", answer["drawing"])) for answer in (at, beside)]
    assert drawn[0] < drawn[1], "a ring marks a best step that there is not"


@pytest.mark.parametrize(
    "f, norm, x, y, tied",
    [
        ("bowl", "l1", 4, 1, True),
        ("bowl", "l1", 4, 2, False),
        ("saddle", "linf", 5, 0, True),
        ("saddle", "linf", 5, 1, False),
        ("bowl", "l2", 4, 1, False),
    ],
)
def test_one_of_several_steepest_steps_is_called_an_example(f, norm, x, y, tied):
    (answer,) = ask(("direction", {"f": f, "norm": norm, "angle": 30, "x": x, "y": y}))
    assert ("for example" in answer["words"]) == tied


@by_kind
def test_a_link_leads_back_to_its_state(kind):
    states = some_states(kind, 50, seed=5)
    pairs = [[[name, str(value)] for name, value in state.items()] for state in states]
    answers = ask(*[("restore", {"kind": kind, "pairs": words}) for words in pairs])
    for state, answer in zip(states, answers, strict=True):
        assert answer["state"] == state and answer["error"] is None
        assert answer["again"].startswith("?") and answer["again"].endswith("#fig-x")


def test_a_link_with_nonsense_starts_at_the_start():
    pairs = [["curve", "circle"], ["a", "here"], ["h", ""], ["zoom", "Infinity"], ["what", "1"]]
    (answer,) = ask(("restore", {"kind": "secant", "pairs": pairs}))
    assert answer["state"] == SHAPES["secant"]["start"]
    (answer,) = ask(("restore", {"kind": "secant", "pairs": [["a", "99"], ["h", "0"]]}))
    assert answer["state"]["a"] == 1.5 and answer["state"]["h"] == 1e-6


def test_level_sets_are_closed_and_lie_at_their_level():
    circle, saddle = ask(("a circle", None), ("a saddle", None))
    assert len(circle) == 1 and circle[0][0] == circle[0][-1]
    assert np.hypot(*np.transpose(circle[0])) == pytest.approx(math.sqrt(1.5), abs=2e-3)
    assert len(saddle) == 2
    assert all(abs(x * y) < 1e-12 for points in saddle for x, y in points)


def test_numbers_are_written_for_readers_and_for_voices():
    values = [0, 0.4, -12.5, 1.2e-9, 1e-16, -1e5, 123456, 0.001, 98765]
    said = ask(("numbers", values))[0]
    assert [shown for shown, _ in said] == [
        *("0", "0.4", "−12.5", "1.2·10⁻⁹", "10⁻¹⁶", "−10⁵", "1.23·10⁵", "0.001", "98765")
    ]
    assert said[3][1] == "1.2 times 10 to the minus 9" and said[4][1] == "10 to the minus 16"
    assert said[2][1] == "minus 12.5"
    assert ask(("ticks", [[-2, 2, 4], [-0.667, 0.667, 4]]))[0] == [
        [-2, -1, 0, 1, 2],
        [-0.5, 0, 0.5],
    ]


# --- colours ---


def colours(theme):
    """Return the custom properties of the figures in light or in dark."""
    sheet = (ROOT / "book/_static/live.css").read_text(encoding="utf-8")
    wanted = {"light": [".live"], "dark": [".live", 'html[data-theme="dark"] .live']}[theme]
    found = {}
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule" and tinycss2.serialize(rule.prelude).strip() in wanted:
            for part in tinycss2.parse_blocks_contents(rule.content, skip_whitespace=True):
                if part.type == "declaration" and part.name.startswith("--live-"):
                    found[part.name[7:]] = tinycss2.serialize(part.value).strip()
    return found


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_hues_are_those_of_the_palette():
    light = colours("light")
    shared = set(light) & set(PALETTE)
    assert shared == {"blue", "red", "green", "grey"}
    assert all(light[name].upper() == PALETTE[name].upper() for name in shared)


@pytest.mark.parametrize("theme, ground", [("light", "#ffffff"), ("dark", "#121212")])
def test_lines_and_words_stand_out(theme, ground):
    found = colours(theme)
    for name in ("blue", "red", "green", "grey", "ink", "faint"):
        assert contrast(found[name], ground) >= 3, name
    for name in ("ink", "blue-text", "red-text", "green-text", "grey-text"):
        assert contrast(found[name], ground) >= 4.5, name


# --- the directive ---


FIGURE = """:::{live} secant
:name: fig-index-one
:alt: A parabola with a secant that crosses it twice.
:state: curve=sin, h=-0.25
A caption with $h$.
:::
"""


def build(folder, builder="html", **pages):
    """Build a book of those pages, and return its folder with the warnings."""
    source = folder / "source"
    source.mkdir(exist_ok=True)
    settings = ["extensions = ['myst_parser', 'fallline_book.live']", "numfig = True"]
    settings += ["myst_enable_extensions = ['colon_fence', 'dollarmath']"]
    settings += [f"html_static_path = [{str(ROOT / 'book/_static')!r}]"]
    (source / "conf.py").write_text("\n".join(settings), encoding="utf-8")
    for name, text in pages.items():
        text = f"---\norphan: true\n---\n# Title\n\n{text}\n"
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, source, folder / builder]
    paths = {**os.environ, "PYTHONPATH": str(ROOT / "book/_ext")}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=paths)
    return folder / builder, " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Return a built book of two pages, one of them with a figure."""
    pages = {"index": f"See {{numref}}`fig-index-one`.\n\n{FIGURE}", "plain": "No figure."}
    folder, warnings = build(tmp_path_factory.mktemp("toy"), **pages)
    assert warnings == ""
    return {name: (folder / f"{name}.html").read_text(encoding="utf-8") for name in pages}


def test_a_figure_is_numbered_and_there_before_any_script(toy):
    figure = re.search(r'<figure.*id="fig-index-one".*?</figure>', toy["index"], re.S)[0]
    assert "Fig. 1" in toy["index"].split("<figure")[0] and "<figcaption>" in figure
    assert '<svg class="live-panel"' in figure and "secant" in figure
    assert 'aria-label="A parabola with a secant that crosses it twice."' in figure
    assert "&quot;curve&quot;:&quot;sin&quot;" in figure and "&quot;h&quot;:-0.25" in figure
    assert "The secant of sin x from a = 0.5 to a + h = 0.25" in figure


def test_the_script_is_loaded_only_where_there_is_a_figure(toy):
    script = re.search(r'<script[^>]*src="_static/live/start\.js[^>]*>', toy["index"])[0]
    assert 'type="module"' in script
    assert "live/start.js" not in toy["plain"]


def test_where_nothing_can_be_drawn_the_alternative_is_read(tmp_path):
    folder, warnings = build(tmp_path, "text", index=FIGURE)
    assert warnings == ""
    text = (folder / "index.txt").read_text(encoding="utf-8")
    assert "secant that crosses it twice" in text and "A caption" in text


WRONG = {
    ("secant", "tangent"): "no live figure 'tangent': write book/_static/live/tangent.js, or name",
    (":alt: A parabola with a secant that crosses it twice.", ""): "has no :alt: ; give what is",
    (":name: fig-index-one", ""): "has no :name: ; give a name such as fig-",
    ("A caption with $h$.", ""): "has no caption: write one as its content",
    ("h=-0.25", "step=2"): "there is no step: the state has curve, a, h, zoom",
    ("curve=sin", "curve=cos"): "curve cannot be cos: choose one of square, sin, abs",
    ("h=-0.25", "h=5"): "h cannot be 5: it is a number from -2 to 2",
}


def test_a_wrong_directive_says_what_to_do(tmp_path):
    pages = {f"page{k}": FIGURE.replace(*change, 1) for k, change in enumerate(WRONG)}
    _, warnings = build(tmp_path, index="Nothing wrong.", **pages)
    for k, message in enumerate(WRONG.values()):
        assert re.search(
            rf"page{k}\.md:\d+: ERROR: (?:(?!ERROR).)*{re.escape(message)}", warnings
        ), message


# --- in the page ---


# Every live figure of the book: its page, its kind and its name.
PLACED = [
    (path.stem, kind, options["name"]) for path in PAGES for kind, options, _ in live_figures(path)
]
by_figure = pytest.mark.parametrize("page, kind, name", PLACED, ids=[f[2] for f in PLACED])


class Seen:
    """A live figure in an open page, and what a reader sees of it."""

    def __init__(self, browser, address, page, name, query="", awake=True, block=None, **context):
        usual = {"viewport": {"width": 1200, "height": 1100}}
        self.context = browser.new_context(**usual | context)
        self.errors, self.requests = [], []
        self.page = self.context.new_page()
        self.page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        if block:
            self.page.route(f"**/{block}*", lambda route: route.abort())
        self.page.on("pageerror", lambda error: self.errors.append(error))
        self.address = f"{address}/book/{page}.html"
        self.page.goto(f"{self.address}{query}#{name}", wait_until="load")
        self.live = self.page.locator(f'[data-name="{name}"]')
        if awake:
            self.page.wait_for_selector(f'.awake[data-name="{name}"]')
            self.live.scroll_into_view_if_needed()
        self.page.on("request", lambda request: self.requests.append(request.url))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.context.close()
        if not any(exception):
            assert not self.errors

    @property
    def drawing(self):
        return self.live.locator(".live-panels").inner_html()

    @property
    def words(self):
        return self.live.locator(".live-words").inner_text()

    @property
    def state(self):
        """Return where every control stands."""
        return self.live.evaluate(
            """live => [...live.querySelectorAll('input')]
                 .map(input => input.type === 'radio' ? input.checked : input.value)"""
        )

    def changes(self, act, what="both"):
        """Do something, and wait until drawing and description are others."""
        drawing, words = self.drawing, self.words
        act()
        self.page.wait_for_function(
            """([live, drawing, words]) => live.querySelector('.live-panels').innerHTML !== drawing
               && live.querySelector('.live-words').innerText !== words""",
            arg=[self.live.element_handle(), drawing, words],
            timeout=5000,
        )

    def nudge(self, slider):
        """Move a slider by the keyboard: down, or up where it begins at its lower end."""
        slider.focus()
        at_its_end = slider.input_value() == slider.get_attribute("min")
        self.changes(lambda: self.page.keyboard.press("PageUp" if at_its_end else "PageDown"))


@pytest.fixture
def seen(browser, address):
    def look(page, name, **options):
        return Seen(browser, address, page, name, **options)

    return look


def opened(browser, address, place, **options):
    """Open a page at a figure once for several tests; keep what it is like at its start."""
    page, _, name = place
    with Seen(browser, address, page, name, **options) as figure:
        figure.stem, figure.kind, figure.name = place
        figure.built, figure.start = figure.live.evaluate(PATHS), (figure.state, figure.words)
        yield figure


def at_its_start(figure):
    """Lead a figure back to its start, and wait until it is there and the page lies still."""
    if figure.live.locator(".live-play:visible").filter(has_text="Pause").count():
        figure.live.locator(".live-play").click()
    figure.live.locator(".live-reset").click()
    figure.page.wait_for_function(
        "([live, words]) => live.querySelector('.live-words').innerText === words",
        arg=[figure.live.element_handle(), figure.start[1]],
    )
    assert figure.state == figure.start[0]
    figure.live.scroll_into_view_if_needed()
    figure.requests.clear()
    return figure


PHONE = {"viewport": {"width": 390, "height": 1000}, "has_touch": True, "is_mobile": True}
# The numbers may differ where the last bits are drawn: the sines of two engines do.
PATHS = """live => [...live.querySelectorAll('.live-panels path')]
             .map(path => path.getAttribute('d').replace(/-?[\\d.]+/g, 'N'))"""
by_place = {"scope": "module", "params": PLACED, "ids": [figure[2] for figure in PLACED]}


@pytest.fixture(**by_place)
def page_at_a_desk(request, browser, address):
    clipboard = ["clipboard-read", "clipboard-write"]
    yield from opened(browser, address, request.param, permissions=clipboard)


@pytest.fixture(**by_place)
def page_in_a_hand(request, browser, address):
    yield from opened(browser, address, request.param, **PHONE)


@pytest.fixture
def at_a_desk(page_at_a_desk):
    """Return a figure at its start, in a page that tests share."""
    yield at_its_start(page_at_a_desk)
    assert not page_at_a_desk.errors


@pytest.fixture
def in_a_hand(page_in_a_hand):
    """Return the same on a phone."""
    yield at_its_start(page_in_a_hand)
    assert not page_in_a_hand.errors


def test_every_control_answers_to_the_keyboard(at_a_desk):
    for slider in at_a_desk.live.locator("input[type=range]").all():
        slider.focus()
        low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
        if float(slider.input_value()) > low:
            at_a_desk.changes(lambda: at_a_desk.page.keyboard.press("Home"))
        assert float(slider.input_value()) == low
        for key in ("PageUp", "ArrowRight", "End"):
            before = slider.input_value(), slider.get_attribute("aria-valuetext")
            at_a_desk.changes(lambda key=key: at_a_desk.page.keyboard.press(key))
            assert (slider.input_value(), slider.get_attribute("aria-valuetext")) != before
        assert float(slider.input_value()) == high
        at_a_desk.changes(lambda: at_a_desk.page.keyboard.press("ArrowLeft"))
        at_a_desk.live.locator(".live-reset").click()
    for group in at_a_desk.live.locator(".live-choice").all():
        group.locator("input:checked").focus()
        at_a_desk.changes(lambda: at_a_desk.page.keyboard.press("ArrowRight"))


def test_every_control_answers_to_the_mouse(at_a_desk):
    for slider in at_a_desk.live.locator("input[type=range]").all():
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        middle = box["y"] + box["height"] / 2
        for part in (0.15, 0.6):
            x = box["x"] + part * box["width"]
            at_a_desk.changes(lambda x=x, y=middle: at_a_desk.page.mouse.click(x, y))
    for choice in at_a_desk.live.locator(".live-choice input").all():
        if not choice.is_checked():
            at_a_desk.changes(lambda choice=choice: choice.click())
            assert choice.is_checked()


def grips(figure):
    """Return the middle of every mark that can be dragged, when the page has come to rest."""
    return figure.live.evaluate(
        """async live => {
             const frame = () => new Promise(requestAnimationFrame);
             for (let y = null, calm = 0; calm < 5; y = scrollY, await frame()) {
               calm = scrollY === y ? calm + 1 : 0;
             }
             return [...live.querySelectorAll('.grip')].map(grip => {
               const box = grip.getBoundingClientRect();
               return [box.x + box.width / 2, box.y + box.height / 2, box.width];
             });
           }"""
    )


def test_marks_are_dragged_by_the_mouse(at_a_desk):
    mouse = at_a_desk.page.mouse
    for k in range(len(grips(at_a_desk))):
        at_a_desk.live.locator(".live-panels").scroll_into_view_if_needed()
        x, y, _ = grips(at_a_desk)[k]

        def pull(x=x, y=y):
            mouse.move(x, y)
            mouse.down()
            mouse.move(x - 20, y + 12, steps=4)
            mouse.up()

        at_a_desk.changes(pull)
        at_a_desk.live.locator(".live-reset").click()
        at_a_desk.page.wait_for_timeout(100)


def test_marks_are_dragged_by_a_finger_and_the_page_stays(in_a_hand):
    in_a_hand.live.locator(".live-panel").first.scroll_into_view_if_needed()
    touch = in_a_hand.context.new_cdp_session(in_a_hand.page)
    held = grips(in_a_hand)
    if in_a_hand.kind == "landscape":
        assert not held  # of ten thousand balls none is there to be dragged
        return
    x, y, width = held[-1 if in_a_hand.kind == "secant" else 0]
    assert width >= 40, "as wide as a finger"
    scrolled = in_a_hand.page.evaluate("scrollY")

    def send(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pull():
        send("touchStart", (x, y))
        for k in range(1, 8):
            send("touchMove", (x - 4 * k, y + 4 * k))
        send("touchEnd")

    in_a_hand.changes(pull)
    assert in_a_hand.page.evaluate("scrollY") == scrolled


def swipe_up(figure, x, y):
    """Move a finger up from there, and wait until the page has scrolled."""
    touch = figure.context.new_cdp_session(figure.page)
    scrolled = figure.page.evaluate("scrollY")
    for kind, up in [("touchStart", 0), *(("touchMove", -12 * k) for k in range(1, 12))]:
        points = [{"x": x, "y": y + up}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    figure.page.wait_for_function("y => scrollY > y + 40", arg=scrolled)


def test_a_swipe_over_a_figure_scrolls_the_page_and_moves_nothing(in_a_hand):
    state, _ = in_a_hand.state, grips(in_a_hand)
    box = in_a_hand.live.locator(".live-panel").first.bounding_box()
    swipe_up(in_a_hand, box["x"] + 90, box["y"] + 80)
    assert in_a_hand.state == state


def test_a_swipe_that_begins_on_a_slider_moves_nothing(in_a_hand):
    slider = in_a_hand.live.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    state, box = in_a_hand.state, slider.bounding_box()
    swipe_up(in_a_hand, box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2)
    in_a_hand.page.wait_for_timeout(100)
    assert in_a_hand.state == state


def test_the_drawing_stays_described_when_it_has_moved(at_a_desk):
    drawing = at_a_desk.live.locator(".live-drawing")
    still = drawing.get_attribute("aria-label")
    at_a_desk.nudge(at_a_desk.live.locator("input[type=range]").first)
    moved = drawing.get_attribute("aria-label")
    assert moved != still and still in moved and at_a_desk.words not in moved


def test_the_page_draws_what_the_build_drew(at_a_desk):
    at_a_desk.nudge(at_a_desk.live.locator("input[type=range]").first)
    at_a_desk.changes(lambda: at_a_desk.live.locator(".live-reset").click())
    assert at_a_desk.live.evaluate(PATHS) == at_a_desk.built
    assert any("N N" in path for path in at_a_desk.built)


def test_a_link_restores_the_state_and_reset_the_start(seen, at_a_desk):
    for slider in at_a_desk.live.locator("input[type=range]").all()[:2]:
        at_a_desk.nudge(slider)
    for choice in at_a_desk.live.locator(".live-choice input:not(:checked)").all()[:1]:
        at_a_desk.changes(lambda choice=choice: choice.click())
    moved = at_a_desk.state, at_a_desk.words
    at_a_desk.live.locator(".live-link").click()
    at_a_desk.live.get_by_text("Link copied").wait_for()
    link = at_a_desk.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{at_a_desk.address}?") and link.endswith(f"#{at_a_desk.name}")
    query = link.removeprefix(at_a_desk.address).removesuffix(f"#{at_a_desk.name}")
    with seen(at_a_desk.stem, at_a_desk.name, query=query) as other:
        other.page.wait_for_function(
            "([live, words]) => live.querySelector('.live-words').innerText === words",
            arg=[other.live.element_handle(), moved[1]],
        )
        assert other.state == moved[0]
    at_a_desk.changes(lambda: at_a_desk.live.locator(".live-reset").click())
    assert (at_a_desk.state, at_a_desk.words) == at_a_desk.start
    asked = [url for url in at_a_desk.requests if "/_images/" not in url]  # pictures come as seen
    assert not asked, "a figure asks for nothing once it is there"


def test_a_note_is_shown_for_its_whole_time(seen):
    page, _, name = PLACED[0]
    with seen(page, name, permissions=["clipboard-read", "clipboard-write"]) as figure:
        figure.live.locator(".live-reset").click()
        figure.page.wait_for_timeout(3000)
        figure.live.locator(".live-link").click()
        copied = figure.live.get_by_text("Link copied")
        copied.wait_for()
        figure.page.wait_for_timeout(2000)  # what was said before would be over now
        assert copied.is_visible()


@by_figure
def test_other_anchors_and_other_questions_are_left_alone(seen, page, kind, name):
    with seen(page, name, query="?highlight=slope&x=what") as figure:
        start = figure.state
        figure.page.goto(f"{figure.address}#{page}")
        figure.page.wait_for_selector(f'.awake[data-name="{name}"]')
        assert figure.state == start


@by_figure
def test_without_a_script_there_is_a_still(seen, page, kind, name):
    with seen(page, name, awake=False, java_script_enabled=False) as figure:
        assert figure.live.locator(".live-panel").first.is_visible()
        assert figure.live.locator(".live-words").is_visible()
        assert not figure.live.locator(".live-controls").is_visible()
        still = figure.live.locator(".live-drawing").bounding_box()
    with seen(page, name) as figure:
        awake = figure.live.locator(".live-drawing").bounding_box()
        assert [still["width"], still["height"]] == [awake["width"], awake["height"]]


def geometry(figure):
    """Return where every part of a figure lies in it."""
    return figure.live.evaluate(
        """live => [live, ...live.querySelectorAll('*:not(svg *)')].map(part => {
             const [box, own] = [live, part].map(one => one.getBoundingClientRect());
             return [own.x - box.x, own.y - box.y, own.width, own.height].map(Math.round);
           })"""
    )


@by_figure
@pytest.mark.parametrize("width", [390, 1200])
def test_the_script_moves_nothing_when_it_takes_over(seen, page, kind, name, width):
    size = {"viewport": {"width": width, "height": 900}}
    with seen(page, name, awake=False, block="start.js", **size) as figure:
        asleep = geometry(figure)
        assert figure.live.locator(".live-controls[disabled]").count() == 1
    with seen(page, name, **size) as figure:
        assert geometry(figure) == asleep


@by_figure
def test_printed_and_at_rest_there_is_only_what_makes_sense(seen, page, kind, name):
    with seen(page, name, reduced_motion="reduce") as figure:
        assert figure.live.locator(".live-reset").is_visible()
        assert not figure.live.locator(".live-play:visible").count()
        figure.page.emulate_media(media="print")
        assert not figure.live.locator(".live-controls").is_visible()
        assert figure.live.locator(".live-panel").first.is_visible()


# On a slow machine a figure may have played to its end before a click comes from outside.
PLAY_AND_PAUSE = """live => new Promise(done => {
  const button = live.querySelector('.live-play'), panels = live.querySelector('.live-panels');
  const before = panels.innerHTML;
  button.click();
  const look = () => {
    if (panels.innerHTML === before) return requestAnimationFrame(look);
    const playing = button.innerText;
    button.click();
    done([playing, button.innerText]);
  };
  look();
})"""


def test_played_a_figure_moves_until_it_is_paused(at_a_desk):
    if "tick" not in SHAPES[at_a_desk.kind]["kinds"]:
        return
    assert at_a_desk.live.evaluate(PLAY_AND_PAUSE) == ["Pause", "Play"]
    at_a_desk.page.wait_for_timeout(100)
    drawing = at_a_desk.drawing
    at_a_desk.page.wait_for_timeout(300)
    assert at_a_desk.drawing == drawing


def test_played_at_its_end_a_figure_begins_again_and_keeps_what_was_chosen(seen):
    page, _, name = next(place for place in PLACED if place[1] == "secant")
    with seen(page, name, query="?curve=sin&a=1&h=1e-6&zoom=100") as figure:
        figure.changes(figure.live.locator(".live-play").click)
        figure.live.locator(".live-play").click()
        assert "sin x from a = 1 " in figure.words
        assert float(figure.live.locator('[id$="-h"]').input_value()) > 90


@by_figure
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_all_can_be_reached(seen, page, kind, name, width):
    phone = {"viewport": {"width": width, "height": 800}, "has_touch": True, "is_mobile": True}
    with seen(page, name, **phone) as figure:
        assert figure.page.evaluate("document.documentElement.scrollWidth") <= width
        for part in figure.live.locator("input, button:visible").all():
            box = part.bounding_box()
            assert box["height"] >= 44 and box["width"] >= 44
            assert box["x"] >= 0 and box["x"] + box["width"] <= width


def test_a_figure_may_paint_thousands_of_things_on_a_canvas(seen):
    page, _, name = PLACED[0]
    with seen(page, name) as figure:
        seen_colours = figure.page.evaluate(
            """async () => {
                 const place = new URL('../_static/live/figure.js', location);
                 const { markup, mount } = await import(place);
                 const n = { name: 'n', label: 'n', kind: 'range', min: 1, max: 9, step: 1 };
                 const toy = {
                   title: 'Many balls', start: { n: 3 },
                   controls: [{ ...n, format: String }],
                   compute: ({ n }) => ({ n }), describe: ({ n }) => `${n} balls`,
                   draw: () => '<svg class="live-panel" viewBox="0 0 360 300"></svg>',
                   paint(context, { n }, state, { width, height, colour }) {
                     context.fillStyle = colour('blue');
                     context.fillRect(0, 0, (width * n) / 9, height);
                   },
                 };
                 const box = document.createElement('div');
                 document.body.append(box);
                 box.innerHTML = markup(toy, 'toy', 'toy', toy.start, 'Balls on a plane.');
                 mount(toy, box.firstElementChild);
                 const canvas = box.querySelector('canvas');
                 const at = part => [...canvas.getContext('2d')
                   .getImageData(canvas.width * part, canvas.height / 2, 1, 1).data];
                 const before = [at(0.2), at(0.5)];
                 const slider = box.querySelector('input');
                 slider.value = 8;
                 slider.dispatchEvent(new Event('input'));
                 await new Promise(requestAnimationFrame);
                 await new Promise(requestAnimationFrame);
                 return [...before, at(0.5)];
               }"""
        )
    blue = [*bytes.fromhex(PALETTE["blue"][1:]), 255]
    assert seen_colours == [blue, [0, 0, 0, 0], blue]


# --- a module that is not whole ---

TOY = """export default {
  title: "A toy figure",
  start: { w: 1 },
  controls: [{ name: "w", label: "w", kind: "range", min: 0, max: 2, step: 1, format: String }],
  compute: ({ w }) => ({ w }), draw: () => "<svg></svg>", describe: ({ w }) => `w is ${w}`,
};"""


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("export default", "const toy =", "toy.js exports nothing"),
        ("compute:", "computes:", "toy.js has no function compute"),
        ('label: "w", ', "", "the control w of toy.js has no label"),
        ('"range"', '"slider"', "is neither a range nor a choice"),
        (", format: String", "", "needs format"),
        ("start: { w: 1 }", "start: { v: 1 }", "do not agree on v, w"),
        ("w is ${w}", "w is ${w / 0 - w / 0}", "shows NaN in this state"),
    ],
)
def test_a_module_that_is_not_whole_is_refused(tmp_path, monkeypatch, old, new, words):
    for name in ("axes", "figure"):
        shutil.copy(FOLDER / f"{name}.js", tmp_path)
    monkeypatch.setattr(live, "FOLDER", tmp_path)
    order = {"kind": "toy", "name": "fig-toy", "alt": "a toy", "state": []}
    (tmp_path / "toy.js").write_text(TOY)
    assert "w is 1" in live.render(order)
    assert TOY.count(old) == 1
    (tmp_path / "toy.js").write_text(TOY.replace(old, new))
    with pytest.raises(ValueError, match=re.escape(words)):
        live.render(order)


# --- the landscape ---


def scramble(bits):
    """Mix 32 bits, as the figure does."""
    h = np.atleast_1d(np.asarray(bits, dtype=np.uint32))
    h = (h ^ (h >> 16)) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> 13)) * np.uint32(0xC2B2AE35)
    return h ^ (h >> 16)


class TheFiguresNoise:
    """Stands for a generator: the normal numbers that the figure draws, step by step."""

    def __init__(self, balls):
        self.balls, self.step = np.arange(1, balls + 1, dtype=np.uint32), 0

    def standard_normal(self, shape):
        self.step += 1
        first = scramble(self.balls * np.uint32(0x9E3779B1) ^ scramble(self.step))
        second = scramble(first ^ np.uint32(0x5BD1E995))
        radius = np.sqrt(-2 * np.log((first + 0.5) / 2**32))
        angle = 2 * np.pi * (second + 0.5) / 2**32
        return np.array([radius * np.cos(angle), radius * np.sin(angle)]).reshape(shape)


def the_balls():
    """Return the starts of all balls, shape (2, 10201), row by row."""
    axis = np.linspace(-5, 5, 101)
    x, y = np.meshgrid(axis, axis)
    return np.array([x.ravel(), y.ravel()])


SHOWN = [0, 1020, 2550, 5100, 7649, 10200]
TERRAINS = {"himmelblau": objectives.himmelblau, "hills": objectives.hills}


@pytest.mark.parametrize("terrain", TERRAINS)
@pytest.mark.parametrize(
    "lr, noise, beta",
    [(0.01, 0, 0), (0.004, 0, 0.9), (0.01, 40, 0), (0.003, 20, 0.5), (0.026, 0, 0)],
)
def test_the_balls_roll_as_the_library_s_do(terrain, lr, noise, beta):
    state = {"terrain": terrain, "lr": lr, "noise": noise, "beta": beta, "t": 12}
    (answer,) = ask(("landscape", state))
    w = balls(
        TERRAINS[terrain].gradient, the_balls(), lr, 12, noise, TheFiguresNoise(10201), beta=beta
    )
    for point, there in zip(answer["values"]["some"], w[:, SHOWN].T, strict=True):
        expected = [None if np.isnan(c) else pytest.approx(c, rel=1e-9, abs=1e-9) for c in there]
        assert point == expected


def test_the_figure_s_noise_is_normal_and_different_for_each_ball_and_step():
    source = TheFiguresNoise(10201)
    first, second = (source.standard_normal((2, 10201)) for _ in range(2))
    for xi in (first, second):
        assert np.all(np.abs(xi.mean(axis=1)) < 5 / np.sqrt(10201))
        assert np.all(np.abs(xi.var(axis=1) - 1) < 5 * np.sqrt(2 / 10201))
    pairs = np.corrcoef([first[0], first[1], second[0], first[0, np.r_[1:10201, 0]]])
    assert np.all(np.abs(pairs[np.triu_indices(4, 1)]) < 5 / np.sqrt(10201))


@pytest.mark.parametrize("terrain", TERRAINS)
@pytest.mark.parametrize("lr, beta", [(0.01, 0), (0.006, 0.8)])
def test_each_share_counts_the_balls_that_end_there(terrain, lr, beta):
    state = {"terrain": terrain, "lr": lr, "noise": 0, "beta": beta, "t": 0}
    (answer,) = ask(("landscape", state))
    objective = TERRAINS[terrain]
    w = balls(objective.gradient, the_balls(), lr, 300, 0, None, beta=beta)
    labels = valleys(w, objective.minima, 1e-3)
    expected = [np.mean(labels == k) for k in (0, 1, 2, 3, -1)]
    assert answer["values"]["ends"] == pytest.approx(expected, abs=1e-3)
    if (terrain, beta) == ("himmelblau", 0):
        assert [round(share, 3) for share in expected] == [0.256, 0.26, 0.237, 0.247, 0]


def test_a_rate_beyond_its_threshold_loses_a_minimum_and_memory_moves_the_threshold():
    for terrain, objective in TERRAINS.items():
        steepest = [np.linalg.eigvalsh(objective.hessian(w))[-1] for w in objective.minima]
        state = {"terrain": terrain, "lr": 0.0155, "noise": 0, "beta": 0, "t": 0}
        plain, heavy = ask(("landscape", state), ("landscape", {**state, "beta": 0.5}))
        assert plain["values"]["edges"] == pytest.approx([2 / lam for lam in steepest], rel=1e-9)
        assert heavy["values"]["edges"] == pytest.approx([3 / lam for lam in steepest], rel=1e-9)
        assert plain["values"]["stable"] == [0.0155 * lam < 2 for lam in steepest]
