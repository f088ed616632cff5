"""What can be wrong with a page of the site: detectors that the tests run on every page.

Each detector returns a list of sentences: the page or element, what is wrong, how to mend it.
Those of the first half read the built files, those of the second look at a page in a browser.
"""

import functools
import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from bs4 import BeautifulSoup

FETCHED = {  # the attributes whose address a browser fetches without being asked
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
FOLLOWED = {"a": ("href",), "area": ("href",), "form": ("action",)}
ONLY_NAMED = {"canonical", "alternate", "license", "author", "me", "help"}  # of <link rel=...>
HAN = re.compile(r"[\u3400-\u9fff]")
PICTURE = re.compile(r"_images/|\.(png|svg|webp|jpe?g|gif)\s*$", re.I)


# --- the built files ---


@functools.cache
def _soup(path, changed):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def soup(path):
    """Return a built page as a tree."""
    return _soup(path, path.stat().st_mtime_ns)


def html_files(folder):
    """Return every page of the site; what the theme keeps in `_static` is none."""
    found = sorted(Path(folder).rglob("*.html"))
    return [path for path in found if "_static" not in path.relative_to(folder).parts]


def named(tag):
    """Return the start of an element as it stands in the page, to find it by."""
    return re.sub(r"\s+", " ", str(tag).partition(">")[0] + ">")[:160]


def addresses(page, wanted):
    """Yield (element, address) for every address in the attributes that `wanted` names."""
    for tag in page.find_all(list(wanted)):
        if tag.name == "link" and set(tag.get("rel", [])) & ONLY_NAMED:
            continue
        for attribute in wanted[tag.name]:
            value = tag.get(attribute)
            if value is None:
                continue
            parts = value.split(",") if attribute == "srcset" else [value]
            yield from ((tag, part.strip().split(" ")[0]) for part in parts)


def outside_fetches(folder):
    """Find what the pages and style sheets would fetch from another origin."""
    problems = []
    for path in html_files(folder):
        for tag, address in addresses(soup(path), FETCHED):
            if urlsplit(address).netloc:
                problems.append(f"{path.name}: {named(tag)} asks {urlsplit(address).netloc}")
    for path in Path(folder).rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        for address in re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")\s;]+)", text):
            if urlsplit(address).netloc:
                problems.append(f"{path.name} asks {address}")
    return [f"{problem}: ship the file with the site, or drop it" for problem in problems]


def _targets(folder, path, address):
    """Return the file that an address of a page leads to, and the fragment or ''."""
    page = "http://site/" + path.relative_to(folder).as_posix()
    parts = urlsplit(urljoin(page, address))
    target = Path(folder, unquote(parts.path).lstrip("/"))
    return (target / "index.html" if target.is_dir() else target), unquote(parts.fragment)


@functools.cache
def _ids(path, changed):
    page = _soup(path, changed)
    return {tag["id"] for tag in page.find_all(id=True)} | {
        tag["name"] for tag in page.find_all("a", attrs={"name": True})
    }


def _ids_of(path):
    return _ids(path, path.stat().st_mtime_ns)


def broken_links(folder, path):
    """Find links, files and anchors of a page that lead nowhere inside the site.

    Addresses outside of the site are not asked, only read: they have to be https.
    """
    problems = []
    for tag, address in addresses(soup(path), FETCHED | FOLLOWED):
        scheme, host = urlsplit(address)[:2]
        if scheme in ("mailto", "data") or (not address and tag.name in ("form", "img")):
            continue
        if scheme or host:
            if scheme != "https" or "." not in host:
                problems.append(f"{named(tag)}: an outside address starts with https://")
            continue
        target, fragment = _targets(folder, path, address)
        if not target.is_file():
            problems.append(f"{named(tag)}: no file {target.name} there")
        elif fragment and target.suffix == ".html" and fragment not in _ids_of(target):
            problems.append(f"{named(tag)}: {target.name} has no element with id {fragment!r}")
    return [f"{path.name}: {problem}" for problem in problems]


def head_problems(path):
    """Find what a page does not say of itself: language, title, description."""
    page, problems = soup(path), []
    if not page.html.get("lang"):
        problems.append("<html> has no lang: set `language` in _config.yml")
    if not (page.title and page.title.get_text(strip=True)):
        problems.append("no <title>")
    about = page.find("meta", attrs={"name": "description"})
    if not (about and len(about.get("content", "")) >= 40):
        problems.append("no description of 40 characters: set it in the page's front matter")
    return [f"{path.name}: {problem}" for problem in problems]


def heading_problems(path):
    """Find headings that are out of order, and a page with no first heading or several."""
    headings = [
        tag
        for tag in soup(path).find_all(re.compile(r"^h[1-6]$"))
        if not tag.find_parent(class_="onlyprint")
    ]
    levels = [int(tag.name[1]) for tag in headings]
    problems = []
    if levels.count(1) != 1:
        problems.append(f"{levels.count(1)} headings of the first level: one title is wanted")
    for tag, before in zip(headings[1:], levels, strict=False):
        if int(tag.name[1]) > before + 1:
            words = tag.get_text(" ", strip=True)
            problems.append(f"{tag.name} {words!r} follows h{before}: skip no level")
    return [f"{path.name}: {problem}" for problem in problems]


def alt_problems(path):
    """Find pictures without words, or with a path or the caption in their place."""
    problems = []
    for tag in soup(path).find_all("img"):
        alt, figure = tag.get("alt"), tag.find_parent("figure")
        caption = figure and figure.find(class_="caption-text")
        if alt is None:
            problems.append(f"{named(tag)}: no alt; say what is to be seen (alt='' if nothing)")
        elif PICTURE.search(alt):
            problems.append(f"{named(tag)}: alt is a path; say what is to be seen")
        elif caption and alt.split() == caption.get_text(" ").split():
            problems.append(f"{named(tag)}: alt repeats the caption; say what is to be seen")
        elif figure and not alt.strip():
            problems.append(f"{named(tag)}: a figure with an empty alt; say what is to be seen")
    return [f"{path.name}: {problem}" for problem in problems]


def repeated_ids(path):
    """Find ids that a page gives to several elements."""
    ids = [tag["id"] for tag in soup(path).find_all(id=True)]
    return [
        f"{path.name}: id {name!r} is given twice" for name in sorted({*ids}) if ids.count(name) > 1
    ]


def unmarked_chinese(path):
    """Find Chinese words whose element does not say so: a screen reader would spell them."""
    return [
        f"{path.name}: {text.strip()[:40]!r} is in no element with lang='zh'"
        for text in soup(path).find_all(string=HAN)
        if text.parent.name not in ("script", "style", "title", "meta")
        and not any((tag.get("lang") or "").startswith("zh") for tag in text.parents)
    ]


def wide_output(path):
    """Find what a cell printed in a line that a phone, 46 characters wide, would cut off."""
    return [
        f"{path.name}: {line!r} has {len(line)} characters: print at most 46"
        for block in soup(path).select(".cell_output pre")
        for line in block.get_text().splitlines()
        if len(line.rstrip()) > 46
    ]


# --- a page in a browser ---


class Visit:
    """One page in one window, and what it asked for and said while it was open."""

    def __init__(self, context, address, name):
        self.address, self.name = address, name
        self.outside, self.failed, self.said = [], [], []
        self.page = context.new_page()
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.said.append(f"page error: {error}"))
        self.page.on("websocket", lambda socket: self.outside.append(f"WebSocket {socket.url}"))
        self.page.goto(f"{address}/{name}", wait_until="load")
        self.page.evaluate("document.fonts.ready.then(() => true)")

    def _inside(self, url):
        return url.startswith((self.address + "/", "data:", f"blob:{self.address}/"))

    def _request(self, request):
        if not self._inside(request.url):
            self.outside.append(f"{request.resource_type} {request.url}")

    def _failed(self, request):
        if self._inside(request.url):
            self.failed.append(f"{request.url} ({request.failure})")

    def _response(self, response):
        if response.status >= 400:
            self.failed.append(f"{response.url} ({response.status})")

    def _console(self, message):
        if message.type in ("error", "warning", "assert"):
            self.said.append(f"console {message.type}: {message.text}")

    def show(self, width=None, scheme=None, motion=None):
        """Set the window's width, light or dark, and motion, and let the page come to rest."""
        if width:
            self.page.set_viewport_size({"width": width, "height": 844})
        self.page.emulate_media(color_scheme=scheme, reduced_motion=motion)
        self.page.evaluate(REST)
        self.page.evaluate("document.fonts.ready.then(() => true)")  # others are wider


REST = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
  for (const animation of document.getAnimations()) {
    try { animation.finish() } catch {}  // one without an end goes on
  }
  done();
})))"""

OPEN = """() => {
  document.activeElement?.blur();
  for (const box of document.querySelectorAll("details")) box.open = true;
  for (const button of document.querySelectorAll("button.toggle-button-hidden")) button.click();
}"""

IMAGES = """async () => {
  const missing = [];
  for (const image of document.images) {
    image.scrollIntoView({ behavior: "instant", block: "center" });
    if (!image.complete) {
      await Promise.race([
        new Promise(done => { image.onload = image.onerror = done }),
        new Promise(done => setTimeout(done, 5000)),
      ]);
    }
    if (!image.complete || image.naturalWidth === 0) missing.push(image.outerHTML.slice(0, 160));
  }
  window.scrollTo({ top: 0, behavior: "instant" });
  return missing;
}"""

SIDEWAYS = """() => {
  const root = document.scrollingElement, width = root.clientWidth;
  if (root.scrollWidth <= width) return [];
  const held = element => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.overflowX !== "visible" || style.position === "fixed") return true;
    }
    return false;
  };
  const wide = [...document.body.querySelectorAll("*")].filter(element =>
    element.getBoundingClientRect().right > width + 1 && !held(element));
  const inner = wide.filter(element =>
    !wide.some(other => other !== element && element.contains(other)));
  return [`${root.scrollWidth} px`, ...inner.slice(0, 5).map(e => e.outerHTML.slice(0, 120))];
}"""

FROM_THE_TOP = """() => {
  document.activeElement.blur();
  window.scrollTo({ top: 0, behavior: "instant" });
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.focusSeen = new Set();
  window.focusLast = null;
}"""

FOCUSED = """async () => {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  if (window.focusLast === element) return { stuck: element.outerHTML.slice(0, 120) };
  if (window.focusSeen.has(element)) return null;
  window.focusSeen.add(window.focusLast = element);
  const isShown = () => [...element.getClientRects()].flatMap(box => [
    [box.left + box.width / 2, box.top + box.height / 2],
    [box.left + 2, box.top + 2], [box.right - 2, box.bottom - 2],
  ]).some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (element.contains(top) || top.contains(element) && top !== document.body
      && top !== document.documentElement);
  });
  // The page scrolls to the focus in a frame of its own: taken away before, it would stay.
  for (let wait = 0; wait < 60 && !isShown(); wait++) await new Promise(go => setTimeout(go, 50));
  const shown = isShown();
  const looks = () => {
    const s = getComputedStyle(element);
    return [s.color, s.backgroundColor, s.borderColor, s.boxShadow, s.textDecoration].join();
  };
  let seen = [undefined, "::after", "::before"].some(part => {
    const s = getComputedStyle(element, part);
    return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1
      && !/rgba\\(.*, 0\\)|transparent/.test(s.outlineColor);
  });
  if (!seen) {
    const focused = looks();
    element.blur();
    seen = looks() !== focused;
    element.focus({ preventScroll: true, focusVisible: true });
  }
  return { element: element.outerHTML.slice(0, 120), seen, shown };
}"""

UNREADABLE = r"""() => {
  const lost = [], all = { visibilityProperty: true, opacityProperty: true };
  const say = (element, why) => lost.push(`${why}: ${element.outerHTML.slice(0, 120)}`);
  const parts = ".bd-article :is(h1, h2, h3, p, li, dd, td, pre, figcaption, img)";
  const apart = "details:not([open]), [hidden], [role=status], dialog, template, .visually-hidden";
  for (const element of document.querySelectorAll(parts)) {
    const said = element.tagName === "IMG" || element.textContent.trim();
    if (said && !element.closest(apart) && !element.checkVisibility(all)) say(element, "not shown");
  }
  for (const formula of document.querySelectorAll(".bd-article :is(.math, .katex)"))
    if (/\\[([a-zA-Z]|\$\$/.test(formula.innerText)) say(formula, "raw TeX");
  return lost.slice(0, 8);
}"""

# One element for each combination of colours, size and weight: it speaks for the others, and
# their children are left out unless they stand for a combination themselves.
COLOURS = """() => {
  const body = document.body, seen = new Map(), chosen = new Set(), backs = new Map();
  const back = element => {
    if (!element) return "";
    if (!backs.has(element)) {
      const s = getComputedStyle(element);
      const own = `${s.backgroundColor} ${s.backgroundImage} ${s.opacity} ${s.filter}`;
      const plain = "rgba(0, 0, 0, 0) none 1 none";
      backs.set(element, back(element.parentElement) + (own === plain ? "" : `|${own}`));
    }
    return backs.get(element);
  };
  for (const element of body.querySelectorAll("*")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own && !element.matches("input, select, textarea")) continue;
    if (!element.checkVisibility()) continue;
    const s = getComputedStyle(element);
    const part = element.closest("nav, aside, header, footer, pre, a")?.tagName;
    const look = [s.color, s.fontSize, s.fontWeight, s.textShadow, part, back(element)].join();
    const times = seen.get(look) || 0;
    seen.set(look, times + 1);
    if (times < 2) chosen.add(element);
  }
  const include = [...chosen];
  const exclude = include.flatMap(e => [...e.children]).filter(child => !chosen.has(child));
  return { include, exclude };
}"""

OPENERS = ("button.search-button__button", "button.primary-toggle", "button.dropdown-toggle")
OPEN_NOW = "dialog[open], .dropdown-menu.show"
WAY_BACK = """display => {
  const button = document.querySelector("#pst-back-to-top");
  if (button) button.style.display = display;
}"""

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
RULES = {
    "resultTypes": ["violations"],
    "preload": False,
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}},
}
ALL = RULES | {"rules": {"target-size": {"enabled": True}}}
CONTRAST = RULES | {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "rules": {},
}


# Formulas are half of a page's elements. Those that axe-core would pass over are taken out
# meanwhile, which saves it half of its time.
WITHOUT_FORMULAS = """async ([where, inner, options]) => {
  const looked = where(), chosen = new Set(looked.include === document ? [] : looked.include ?? []);
  const spared = [...document.querySelectorAll(inner)].filter(formula =>
    !chosen.has(formula) && ![...formula.querySelectorAll("*")].some(e => chosen.has(e)));
  const kept = spared.map(formula => {
    const all = document.createRange();
    all.selectNodeContents(formula);
    return [formula, all.extractContents()];
  });
  try {
    return (await axe.run(looked, options)).violations;
  } finally {
    for (const [formula, content] of kept) formula.append(content);
  }
}"""


def _axe(visit, where, options, inner=".katex-html"):
    if not visit.page.evaluate("() => 'axe' in window"):
        visit.page.evaluate(AXE_SCRIPT)
        # Places in a section that is not laid out yet are guesses, and seem to overlap.
        visit.page.add_style_tag(content="* { content-visibility: visible !important; }")
    run = f"([inner, options]) => ({WITHOUT_FORMULAS})([{where}, inner, options])"
    return [
        f"{visit.name}: {rule['id']} ({rule['impact']}) at {' '.join(map(str, node['target']))}: "
        f"{' '.join(node['html'].split())[:120]}: {' '.join(node['failureSummary'].split())}"
        for rule in visit.page.evaluate(run, [inner, options])
        for node in rule["nodes"][:5]
    ]


def missing_images(visit):
    """Find pictures that do not arrive, also those that are loaded when they come into view."""
    visit.page.evaluate(OPEN)
    lost = visit.page.evaluate(IMAGES)
    return [f"{visit.name}: {image} does not arrive: is the file in the site?" for image in lost]


def axe_problems(visit):
    """Find what axe-core finds: WCAG 2.2 A and AA and best practice, but contrast."""
    visit.page.evaluate(OPEN)
    visit.page.evaluate(REST)
    # What KaTeX draws is hidden from screen readers; beside it stands MathML, which is looked at.
    where = "() => ({ include: document, exclude: document.querySelectorAll('.katex-html') })"
    return _axe(visit, where, RULES)


def contrast_problems(visit):
    """Find text that is too pale to read; axe-core looks at each combination of colours."""
    visit.page.evaluate(OPEN)
    visit.page.evaluate(REST)
    return _axe(visit, COLOURS, CONTRAST, inner=".katex")


def problems_of_what_opens(visit):
    """Open dialogs and menus and show the way back to the top; axe-core looks at each of them."""
    page, problems = visit.page, []
    for opener in OPENERS:
        for button in page.locator(f"{opener}:visible").all():
            button.click()
            page.evaluate(REST)
            if page.locator(OPEN_NOW).count() == 0:  # a button that folds something away
                button.click()
                continue
            problems += _axe(visit, f"() => document.querySelectorAll('{OPEN_NOW}')", ALL)
            page.keyboard.press("Escape")
            page.evaluate(REST)
            if page.locator(OPEN_NOW).count():
                problems.append(f"{visit.name}: {opener} opens what Escape does not close")
    page.evaluate(WAY_BACK, "block")
    problems += _axe(visit, "() => document.querySelectorAll('#pst-back-to-top, h1')", ALL)
    page.evaluate(WAY_BACK, "")
    return problems


def sideways(visit):
    """Find a page that scrolls sideways, and the elements that stick out."""
    found = visit.page.evaluate(SIDEWAYS)
    width = visit.page.viewport_size["width"]
    words = "let them wrap, or scroll in a box of their own"
    return [f"{visit.name}: wider than {width} px ({'; '.join(found)}): {words}"] if found else []


def focus_problems(visit, limit=1000):
    """Go through the page by Tab: where the focus is has to be seen, and not be covered."""
    visit.page.evaluate(FROM_THE_TOP)
    problems, stops = [], 0
    while stops < limit:
        visit.page.keyboard.press("Tab")
        stop = visit.page.evaluate(FOCUSED)
        if stop is None:
            break
        if "stuck" in stop:
            problems.append(f"{stop['stuck']} keeps the focus: Tab must lead on")
            break
        stops += 1
        if not stop["seen"]:
            problems.append(f"{stop['element']} looks the same with the focus: give it an outline")
        if not stop["shown"]:
            problems.append(f"{stop['element']} has the focus off screen or covered")
    if stops < 2:
        problems.append("Tab leads nowhere: links and buttons must be reached by keyboard")
    return [f"{visit.name}: {problem}" for problem in problems]


def moving(visit):
    """Find animations that run although the reader asked for less motion."""
    found = visit.page.evaluate(
        "() => document.getAnimations().filter(a => a.playState === 'running')"
        ".map(a => a.effect?.target?.outerHTML.slice(0, 120) ?? 'something')"
    )
    smooth = visit.page.evaluate(
        "() => getComputedStyle(document.documentElement).scrollBehavior === 'smooth'"
    )
    found += ["<html> that scrolls smoothly"] if smooth else []
    words = "moves under prefers-reduced-motion: stop it in a media query"
    return [f"{visit.name}: {element} {words}" for element in found]


def unreadable(visit):
    """Find text, pictures and formulas that are not there without JavaScript."""
    lost = visit.page.evaluate(UNREADABLE)
    return [f"{visit.name}: without JavaScript {what}" for what in lost]
