"""Styles: all sheets of all pages become one, without the rules that nothing can match."""

import graphlib
import posixpath
from urllib.parse import unquote, urlsplit

import tinycss2
from rcssmin import cssmin
from tinycss2.ast import AtRule, FunctionBlock, QualifiedRule, URLToken

from . import fonts
from .names import without_idle_names
from .pages import FinishError, existing, is_hashed, write_hashed
from .selectors import Used, prune
from .tokens import parts, set_address, written

CONDITIONS = ("media", "supports", "layer", "container", "scope", "starting-style")
SHEETS = 'link[rel~="stylesheet"]'


def finish(folder, pages, words, stems):
    """Give every page the one sheet that holds what some page of the site uses."""
    loaded = {
        page: list(dict.fromkeys((page.file(t["href"]), t.get("media")) for t in _links(page)))
        for page in pages
    }
    sheets = _in_order(loaded.values())
    if not sheets or (len(sheets) == 1 and is_hashed(sheets[0][0])):
        return
    rules = [rule for path, media in sheets for rule in _read(path, folder, media)]
    rules = _matching(rules, Used(pages, words, stems))
    rules = without_idle_names(rules, pages, words)
    faces = fonts.finish(folder, pages, rules)
    text = cssmin("\n".join(map(written, rules)))
    sheet = write_hashed(folder / "_static/fallline.css", text.encode())
    for page in (page for page in pages if loaded[page]):
        first, *others = _links(page)
        first.attrs = {"rel": "stylesheet", "href": page.address(sheet)}
        for link in others:
            link.decompose()
        fonts.preload(page, first, faces)
    for path in {path for path, _ in sheets} - {sheet}:
        path.unlink()


def _links(page):
    return page.soup.select(SHEETS)


def _in_order(orders):
    """Return all sheets, each after those that any page loads before it."""
    graph = graphlib.TopologicalSorter()
    for order in orders:
        for before, sheet in zip([None, *order], order, strict=False):
            graph.add(sheet, *([before] if before else []))
    try:
        return list(graph.static_order())
    except graphlib.CycleError as error:
        names = ", ".join(sorted({path.name for path, _ in error.args[1]}))
        raise FinishError(f"pages load these sheets in different orders: {names}") from error


def _read(path, folder, media=None):
    """Return the rules of a sheet, with those that it imports, and addresses from `_static`."""
    rules = []
    for rule in _parsed(path.read_text("utf-8"), path):
        if isinstance(rule, AtRule) and rule.lower_at_keyword == "import":
            rules += _imported(rule, path, folder)
        elif not (isinstance(rule, AtRule) and rule.lower_at_keyword == "charset"):
            _readdress(rule, path, folder)
            rules.append(rule)
    if media and media != "all":
        around = tinycss2.parse_one_rule(f"@media {media} {{}}")
        around.content = rules
        return [around]
    return rules


def _parsed(text, path):
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    for rule in rules:
        error = next((part for part in [rule, *parts(rule)] if part.type == "error"), None)
        if error:
            raise FinishError(f"{path.name}, line {error.source_line}: {error.message}")
    return rules


def _imported(rule, path, folder):
    address, *condition = [part for part in rule.prelude if part.type != "whitespace"]
    if isinstance(address, FunctionBlock):
        address = address.arguments[0]
    media = tinycss2.serialize(condition)
    if any(isinstance(part, FunctionBlock) or part == "layer" for part in condition):
        raise FinishError(f"{path.name}: an import with a layer or a condition, {media}")
    return _read(_file(address.value, path, folder), folder, media)


def _file(address, path, folder):
    if urlsplit(address).netloc:
        raise FinishError(f"{path.name} asks another origin: {address}")
    return existing(path.parent / unquote(urlsplit(address).path), folder, path.name)


def _readdress(node, path, folder):
    """Make the addresses in a rule those that hold in `_static`."""
    for part in parts(node):
        inner = part.arguments if isinstance(part, FunctionBlock) else None
        if isinstance(part, URLToken) or (inner is not None and part.lower_name == "url"):
            token = part if inner is None else inner[0]
            if not token.value.startswith(("data:", "#")):
                file = _file(token.value, path, folder)
                mark = urlsplit(token.value).fragment
                there = posixpath.relpath(file, folder / "_static") + (f"#{mark}" if mark else "")
                set_address(part, there)


def _matching(rules, used):
    """Return the rules whose selectors can match something on some page."""
    kept = []
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            rule.prelude = prune(rule.prelude, used)
            if not rule.prelude:
                continue
            rule.content = _declarations(rule)
        elif rule.lower_at_keyword in CONDITIONS and rule.content is not None:
            rule.content = _matching(_inner(rule), used)
            if not rule.content:
                continue
        elif rule.lower_at_keyword.endswith("keyframes"):
            rule.content = _inner(rule)
            for step in rule.content:
                step.content = _declarations(step)
        elif rule.content is not None:
            rule.content = _declarations(rule)
        kept.append(rule)
    return kept


def _inner(rule):
    if rule.content and isinstance(rule.content[0], (AtRule, QualifiedRule)):
        return rule.content
    inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
    return [each for each in inner if each.type != "error"]


def _declarations(rule):
    found = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    return [each for each in found if each.type != "error"]
