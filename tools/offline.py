"""Make what a reader takes along, from the built site, into _build/offline.

    python tools/offline.py [site] [notebooks] [csv] [pdf] [epub]      all of them when none is named

The site as one archive, which opens from disk; the notebooks with the package as a wheel; each figure's numbers as CSV;
the book as a PDF with bookmarks and as an EPUB, each figure in its default state, with settings and readouts in words.
"""

from __future__ import annotations

import argparse
import posixpath
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

import browser
import website

ROOT = website.ROOT
NAME = "the-infrastructure-trap"
EPOCH = (1980, 1, 1, 0, 0, 0)  # what an archive says of its files must not depend on the day
APART = {"book/api", "book/kernelless", "book/gallery", "book/decisions", "book/site", "book/workshop",
         "book/links"}  # for a screen
# What moves, or leads somewhere, on a screen alone.
LIVE = ("aside.sidenote, script, noscript, link, form, label, a.headerlink, [data-live], .ex-presets, .ex-controls, "
        ".ex-actions, .ex-cursor, .ex-spoken, .ex-predict, "
        ".ex-watch, details.hide, input, button, .book-resume, .exercise-reply")
# The HTML parser writes all names in small letters; XML tells them apart.
CASED = ("viewBox", "clipPath", "clipPathUnits", "preserveAspectRatio", "patternUnits", "patternTransform",
         "patternContentUnits", "linearGradient", "gradientUnits", "textLength", "lengthAdjust", "columnalign")
PRINT = """\
.front { break-after: page; padding-top: 30%; } .front h1 { font-size: 40pt; } .contents { break-after: page; }
.contents ol { list-style: none; padding: 0; } .contents li { margin: .35em 0; }
/* A browser leaves out of a bookmark the space at which a heading is broken, unless told to keep it. */
h1, h2, h3, h4 { white-space: break-spaces; text-wrap: wrap; }
.page { break-before: page; } details > summary { list-style: none; font-weight: 600; }
"""
EPUB_STYLE = """\
body { font-family: serif; line-height: 1.5; } table { border-collapse: collapse; font-size: .85em; }
th, td { border-bottom: 1px solid #ccc; padding: .2em .6em .2em 0; text-align: left; vertical-align: top; }
figure, .exercise, .admonition { border-top: 2px solid #999; margin: 1.2em 0; padding: .6em 0; }
.ex-title, .admonition-title, .exercise-title, .ex-number { font-weight: bold; }
.ex-settings, .ex-legend { font-size: .85em; }
.ex-readout span { font-size: .85em; } .ex-readout output { font-weight: bold; margin-left: .5em; }
.ex-sr { font-size: .85em; font-style: italic; } pre { white-space: pre-wrap; font-size: .8em; }
.chapter-number { display: block; font-size: .5em; } .ex-legend { list-style: none; padding: 0; }
.ex-legend li { display: inline; margin-right: 1em; } blockquote { border-left: 3px solid #a8480c; padding-left: 1em; }
.rulings { list-style: none; padding: 0; } .rulings p { margin: 0 0 .2em; } .outcome { font-weight: bold; }
dd { margin-left: 0; }
.book-doors { display: none; } .whole { white-space: nowrap; } .eqno { float: right; }
.ex-legend svg { width: 26px; height: 10px; margin-right: .3em; }
"""


def archive(target: Path, files: Iterable[tuple[str, bytes]], first: tuple[str, bytes] | None = None) -> None:
    """Write an archive whose bytes follow from its files alone; `first` stands before all, and is not compressed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as out:
        for name, data in [*([first] if first else []), *sorted(files)]:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_STORED if first and name == first[0] else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            out.writestr(entry, data)
    print(f"{target.stat().st_size / 1e6:7.1f} MB  {target}", flush=True)


def make_site(site: Path, output: Path) -> None:
    """Make the whole site one archive."""
    archive(output / f"{NAME}-site.zip", ((f"{NAME}/{path.relative_to(site).as_posix()}", path.read_bytes())
                                          for path in site.rglob("*") if path.is_file()))


def make_notebooks(_site: Path, output: Path) -> None:
    """Put the notebooks, the package and the versions that it was tested with together."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder]
        if subprocess.run([*command, str(ROOT)], check=False).returncode:
            sys.exit("The package could not be built: pip says why above.")
        files = [*Path(folder).glob("*.whl"), *(ROOT / "notebooks").glob("*.ipynb")]
        files += [ROOT / name for name in ("requirements.lock", "LICENSE", "CITATION.cff")]
        words = ("Python 3.11 or newer, in this folder:\n\n    python -m venv .venv\n    .venv/bin/pip install "
                 "-r requirements.lock --require-hashes\n    .venv/bin/pip install --no-deps *.whl\n    "
                 ".venv/bin/jupyter lab\n")
        archive(output / f"{NAME}-notebooks.zip",
                [("README.txt", words.encode()), *((path.name, path.read_bytes()) for path in files)])


def make_csv(site: Path, output: Path) -> None:
    """Let each figure write its numbers, as its own button does."""
    from playwright.sync_api import sync_playwright

    files = []
    with sync_playwright() as playwright:
        chromium, _ = browser.launch(playwright)
        page = chromium.new_page(accept_downloads=True)
        for name in [name for name in names(site) if 'class="explorer"' in (site / name).read_text(encoding="utf-8")]:
            page.goto((site / name).as_uri())
            page.evaluate("dispatchEvent(new Event('beforeprint'))")  # every figure starts, in view or not
            for figure in page.locator("figure.explorer[data-ready]").all():
                with page.expect_download() as download:
                    figure.locator('[data-action="csv"]').evaluate("button => button.click()")
                stem = posixpath.basename(name).removesuffix(".html")
                files.append((f"{stem}/{figure.get_attribute('data-explorer')}.csv",
                              Path(download.value.path()).read_bytes()))
        chromium.close()
    archive(output / f"{NAME}-figures-csv.zip", files)


# --- the book as one document -----------------------------------------------------------------------------------------


def names(site: Path) -> list[str]:
    """Return the address of each page, in the book's order."""
    found = [path.relative_to(ROOT).with_suffix("").as_posix() for path in website.pages()]
    return [f"{name}.html" for name in found if name not in APART and (site / f"{name}.html").exists()]


def key_of(name: str) -> str:
    return re.sub(r"\W+", "-", posixpath.basename(name).removesuffix(".html"))


def still(html: str, name: str, inside: dict[str, str], across: str):
    """Return a page's text as it stands on paper: figures in their default state, no control, ids of its own.

    Parameters
    ----------
    html : str
        The page.
    name : str
        Its address.
    inside : dict
        Each page of the document by its address, to what its ids begin with.
    across : str
        What a link to another page of the document begins with; ``{}`` stands for that page's key.
    """
    from bs4 import BeautifulSoup

    start, end = html.index("<article"), html.index("</article>") + len("</article>")
    soup = BeautifulSoup(html[start:end], "html.parser").article
    for element in soup.select(LIVE):
        if not element.decomposed:
            element.decompose()
    for number in soup.select(".chapter-number"):
        number.string = f"{number.get_text()}.\u00a0"  # a bookmark has it in one line with the title
    own = inside[name]
    for element in soup.find_all(True):
        if element.name == "details":
            element["open"] = ""
        for attribute, value in list(element.attrs.items()):
            _own(element, attribute, value, own)
    for link in soup.find_all("a", href=True):
        _lead(link, link["href"], name, inside, across)
    soup.name = "section"
    soup["id"] = own
    return soup


def _own(element, attribute: str, value, own: str) -> None:
    """Give an element an id of its page's own, let others find it, and drop what serves a pointer or a keyboard."""
    if attribute in {"id", "for", "aria-labelledby", "aria-describedby"}:
        element[attribute] = f"{own}-{value}"
    elif isinstance(value, str) and "url(#" in value:
        element[attribute] = value.replace("url(#", f"url(#{own}-")
    elif attribute in {"tabindex", "contenteditable", "data-note", "hidden"}:
        del element[attribute]


def _lead(link, address: str, name: str, inside: dict[str, str], across: str) -> None:
    """Let a link lead into the document, or to where it led if that is outside; without an aim it is words alone."""
    if re.match(r"https?:|mailto:", address):
        return
    path, _, place = address.partition("#")
    page = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    if page not in inside:
        link.unwrap()
        return
    ident = inside[page] + (f"-{place.partition('?')[0]}" if place else "")
    link["href"] = across.format(key_of(page)) + f"#{ident}" if page != name or across.startswith("#") else f"#{ident}"
    link["href"] = link["href"].replace("##", "#")


def title_of(html: str) -> str:
    return re.sub(r" · The Infrastructure Trap$", "", re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1].strip())


def make_pdf(site: Path, output: Path) -> None:
    """Print the book: tagged, with bookmarks and page numbers."""
    from playwright.sync_api import sync_playwright

    inside = {name: f"p-{key_of(name)}" for name in names(site)}
    pages = {name: (site / name).read_text(encoding="utf-8") for name in inside}
    contents = "".join(f'<li><a href="#{ident}">{title_of(pages[name])}</a></li>' for name, ident in inside.items())
    text = "\n".join(f'<div class="page">{still(html, name, inside, "#")}</div>' for name, html in pages.items())
    document = (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The Infrastructure Trap</title>'
                f'<link rel="stylesheet" href="_static/site.css"><link rel="stylesheet" href="_static/kernelless.css">'
                f"<style>{PRINT}</style></head><body><main><div class='front'><h1>The Infrastructure Trap</h1>"
                f"<p>Inference economics you can run. Version {version()}.</p></div>"
                f'<div class="contents"><h1>Contents</h1><ol>{contents}</ol></div>'
                f'<div class="bd-article">{text}</div></main></body></html>')
    draft, target = site / "print.html", output / f"{NAME}.pdf"
    draft.write_text(document, encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    foot = ('<div style="width:100%;font:8px sans-serif;text-align:center;color:#555"><span class="pageNumber"></span>'
            "</div>")
    try:
        with sync_playwright() as playwright:
            chromium, _ = browser.launch(playwright)
            page = chromium.new_page()
            page.set_default_timeout(browser.PATIENCE_MS)
            page.goto(draft.as_uri())
            page.evaluate("document.fonts.ready")
            page.pdf(path=target, format="A4", tagged=True, outline=True, print_background=True,
                     display_header_footer=True, header_template="<span></span>", footer_template=foot,
                     margin={"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"})
            chromium.close()
    finally:
        draft.unlink()
    print(f"{target.stat().st_size / 1e6:7.1f} MB  {target}", flush=True)


def version() -> str:
    import inference_economics

    return inference_economics.__version__


def xhtml(soup, title: str) -> bytes:
    """Return a page of an EPUB, which must be well-formed.

    Raises
    ------
    ValueError
        Where it is not.
    """
    text = soup.decode(formatter="minimal")
    for name in CASED:
        text = re.sub(rf"(?<=[<\s/]){name.lower()}(?=[=\s>])", name, text)
    for name, space in (("math", "1998/Math/MathML"), ("svg", "2000/svg")):
        text = re.sub(rf"<{name}(?=[\s>])(?![^>]*\sxmlns=)", f'<{name} xmlns="http://www.w3.org/{space}"', text)
    page = ('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
            f'xml:lang="en" lang="en"><head><title>{title}</title><link rel="stylesheet" type="text/css" '
            f'href="book.css"/></head><body>{text}</body></html>')
    try:
        ET.fromstring(page)
    except ET.ParseError as error:
        line, column = error.position
        where = page.splitlines()[line - 1][max(0, column - 80):column + 40]
        raise ValueError(f"{title}: {error}: {where!r}") from None
    return page.encode()


def _item(name: str, page: bytes) -> str:
    """Return a page's line in the list of an EPUB's files."""
    holds = " ".join(kind for kind, mark in (("mathml", b"<math"), ("svg", b"<svg")) if mark in page)
    properties = f' properties="{holds}"' if holds else ""
    return f'<item id="p-{key_of(name)}" href="{key_of(name)}.xhtml" media-type="application/xhtml+xml"{properties}/>'


def make_epub(site: Path, output: Path) -> None:
    """Write the book as an EPUB 3."""
    inside = {name: f"p-{key_of(name)}" for name in names(site)}
    pages = {name: (site / name).read_text(encoding="utf-8") for name in inside}
    files, images, made = [("OEBPS/book.css", EPUB_STYLE.encode())], {}, {}
    for name, html in pages.items():
        soup = still(html, name, inside, "{}.xhtml")
        for sign in soup.select(".ex-legend svg"):  # a reading device may not heed a style
            sign["width"], sign["height"] = "26", "10"
        for image in soup.find_all("img"):
            path = site / posixpath.normpath(posixpath.join(posixpath.dirname(name), image.get("src", "")))
            if path.is_file():
                images[path.name] = path.read_bytes()
                image["src"] = path.name
            else:
                image.decompose()
        made[name] = xhtml(soup, title_of(html))
    files += [(f"OEBPS/{key_of(name)}.xhtml", page) for name, page in made.items()]
    files += [(f"OEBPS/{name}", data) for name, data in images.items()]
    entries = "".join(f'<li><a href="{key_of(name)}.xhtml">{title_of(html)}</a></li>' for name, html in pages.items())
    files.append(("OEBPS/nav.xhtml", (
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>Contents</title></head><body><nav epub:type="toc">'
        f"<h1>Contents</h1><ol>{entries}</ol></nav></body></html>").encode()))
    items = "".join(_item(name, made[name]) for name in pages)
    kinds = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg"}
    items += "".join(f'<item id="i{k}" href="{escape(name)}" media-type="{kinds[Path(name).suffix]}"/>'
                     for k, name in enumerate(images))
    spine = "".join(f'<itemref idref="p-{key_of(name)}"/>' for name in pages)
    files.append(("OEBPS/package.opf", (
        '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="id" xml:lang="en"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:{NAME}:{version()}</dc:identifier><dc:title>The Infrastructure Trap</dc:title>'
        "<dc:language>en</dc:language><dc:creator>The Infrastructure Trap contributors</dc:creator>"
        "<dc:rights>CC BY 4.0</dc:rights><meta property=\"dcterms:modified\">2026-01-01T00:00:00Z</meta></metadata>"
        '<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'<item id="css" href="book.css" media-type="text/css"/>{items}</manifest><spine>{spine}</spine></package>'
    ).encode()))
    files.append(("META-INF/container.xml", (
        b'<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        b'<rootfiles><rootfile full-path="OEBPS/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        b"</container>")))
    archive(output / f"{NAME}.epub", files, first=("mimetype", b"application/epub+zip"))


MAKERS = {"site": make_site, "notebooks": make_notebooks, "csv": make_csv, "pdf": make_pdf, "epub": make_epub}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"of {', '.join(MAKERS)}; all when none is named")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html", help="the built site")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "offline", help="where the files go")
    options = parser.parse_args(arguments)
    if unknown := [what for what in options.what if what not in MAKERS]:
        parser.error(f"{unknown[0]!r} is none of {', '.join(MAKERS)}")
    if not (options.site / "index.html").exists():
        sys.exit("There is no site yet; run: make site")
    for what in options.what or MAKERS:
        MAKERS[what](options.site.resolve(), options.output.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
