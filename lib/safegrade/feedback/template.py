"""The frame of a feedback page: its head with the style, and nothing that is loaded or run."""

from __future__ import annotations

from html import escape

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --paper: #fff; --sheet: #f5f6f8;
  --line: #d5dae0; --link: #0b57a4; --full: #14693a; --full-bg: #e3f4e9; --part: #7a4d00;
  --part-bg: #fdf1d7; --none: #a3242b; --none-bg: #fbe6e6; --waiting: #3f4d9b;
  --waiting-bg: #e8eafa; --word: #8a2f8f; --string: #17663a; --digit: #7a4d00; --call: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3adb8; --paper: #14171a;
  --sheet: #1d2125; --line: #3a4149; --link: #7fb8f5; --full: #7fd6a0; --full-bg: #14301f;
  --part: #f0c36a; --part-bg: #362a10; --none: #ff9c9c; --none-bg: #3b1a1c; --waiting: #b3bdf7;
  --waiting-bg: #22264a; --word: #e0a3e6; --string: #8bd6a6; --digit: #f0c36a; --call: #8fc1f7; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 52rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, sans-serif; }
a { color: var(--link); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; }
.who { color: var(--soft); margin: 0; overflow-wrap: anywhere; }
.total { font-size: 2rem; font-weight: 650; margin: 0.75rem 0 0.25rem; line-height: 1.2; }
.total small { font-size: 1rem; font-weight: 400; color: var(--soft); }
progress { display: block; width: 100%; height: 0.6rem; accent-color: var(--link); }
.tasks { width: 100%; border-collapse: collapse; }
.tasks td, .tasks th, .how td, .how th { text-align: left; padding: 0.35rem 0.5rem 0.35rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.tasks th { color: var(--soft); font-weight: 500; font-size: 0.875rem; }
.tasks .points, .tasks .state { white-space: nowrap; text-align: right; padding-left: 0.75rem; }
.badge { display: inline-block; border-radius: 1rem; padding: 0 0.65rem; font-weight: 600;
  font-size: 0.875rem; white-space: nowrap; }
.full .badge { color: var(--full); background: var(--full-bg); }
.part .badge { color: var(--part); background: var(--part-bg); }
.none .badge { color: var(--none); background: var(--none-bg); }
.waiting .badge { color: var(--waiting); background: var(--waiting-bg); }
.verdict { margin: 1rem 0 2rem; border: 1px solid var(--line); border-left: 0.4rem solid;
  border-radius: 0.4rem; padding: 0.75rem 1rem; background: var(--paper); }
.verdict.full { border-left-color: var(--full); } .verdict.part { border-left-color: var(--part); }
.verdict.none { border-left-color: var(--none); }
.verdict.waiting { border-left-color: var(--waiting); }
.verdict h3 { display: flex; gap: 0.5rem 1rem; justify-content: space-between; flex-wrap: wrap;
  align-items: baseline; margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.verdict h3 span:first-child { flex: 1 1 12rem; }
.verdict p { margin: 0.5rem 0 0; } .verdict .hint { margin: 0.35rem 0 0; }
.verdict .top { font-size: 0.875rem; margin-top: 0.6rem; }
pre, code, var, samp { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace;
  font-size: 0.875rem; font-style: normal; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; }
.hint { border-radius: 0.3rem; padding: 0.5rem 0.75rem; background: var(--sheet); }
.row { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; }
.row b { font-weight: 500; color: var(--soft); }
.comment { border-radius: 0.3rem; padding: 0.4rem 0.75rem; margin-top: 0.6rem;
  background: var(--waiting-bg); overflow: auto; overflow-wrap: anywhere; }
.comment > :first-child { margin-top: 0; } .comment > :last-child { margin-bottom: 0; }
.yours { position: relative; isolation: isolate; contain: content; overflow: auto;
  margin: 0.6rem 0; overflow-wrap: anywhere; }
.yours var { background: var(--sheet); border-radius: 0.25rem; padding: 0.05rem 0.25rem; }
.yours samp { display: block; white-space: pre-wrap; padding: 0.4rem 0.75rem;
  margin: 0.4rem 0; background: var(--sheet); border-radius: 0.3rem; }
math { font-size: 1.08em; } math[display=block] { margin: 0.5rem 0; }
math [mathvariant^=bold] { font-weight: bold; } math [mathvariant=bold] { text-transform: none; }
mtd[columnalign=left] { text-align: left; } mtd[columnalign=right] { text-align: right; }
math [mathvariant=monospace] { font-family: ui-monospace, "Cascadia Mono", Menlo, monospace; }
.yours h1, .yours h2, .yours h3, .yours h4, .yours h5, .yours h6 { font-size: 1.05rem;
  margin: 0.8rem 0 0.3rem; }
.yours img { max-width: 100%; height: auto; background: #fff; }
.yours table { border-collapse: collapse; } .yours td, .yours th { border: 1px solid var(--line);
  padding: 0.2rem 0.5rem; }
.code { background: var(--sheet); border-radius: 0.3rem; padding: 0.6rem 0.75rem; }
.output { border-left: 0.2rem dotted var(--soft); padding: 0 0 0 0.75rem; max-height: 36rem; }
.label { color: var(--soft); font-size: 0.8125rem; margin: 0.6rem 0 0; }
details { margin-top: 0.6rem; } summary { cursor: pointer; color: var(--soft); }
.how { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
.how th { font-weight: 500; padding-right: 1rem; width: 14rem; }
.k, .kn, .kc, .ow { color: var(--word); } .s1, .s2, .sd, .sa, .si, .se { color: var(--string); }
.mi, .mf, .mb, .mh, .mo { color: var(--digit); } .nf, .nc, .fm, .nd { color: var(--call); }
.c1, .cm { color: var(--soft); font-style: italic; }
@media (max-width: 34rem) { body { padding: 0.75rem; } .how th { width: 9rem; }
  .verdict { padding: 0.6rem 0.75rem; } .total small { display: block; line-height: 1.4; }
  .tasks tr { display: grid; grid-template-columns: 1fr auto; }
  .tasks td:first-child, .tasks th:first-child { grid-column: 1 / -1; border: 0; }
  .tasks .points { text-align: left; padding-left: 0; }
  .row { grid-template-columns: 1fr; } pre.hint, .code pre, .output pre { font-size: 0.8125rem; } }
@media print { body { max-width: none; } .verdict, .tasks tr { break-inside: avoid; }
  .output { max-height: none; } .top { display: none; } }
"""
HEAD = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
"""
WORDS = {"full": "✓ full marks", "part": "◐ in part", "none": "✗ no points", "waiting": "… waiting"}


def document(title: str, header: str, main: str, footer: str) -> str:
    """Return a whole page; the title is text, the rest is HTML that is safe.

    Examples
    --------
    >>> document("a < b", "", "", "").count("a &lt; b")
    1
    """
    return (
        f"{HEAD}<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<header id="top">\n{header}</header>\n<main>\n{main}</main>\n'
        f"<footer>\n{footer}</footer>\n</body>\n</html>\n"
    )
