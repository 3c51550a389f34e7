"""Writes executed notebooks as a site of HTML pages that works from a folder, without a network: a page a notebook, an
index, and one script that draws the charts of all pages."""

import importlib.metadata, pathlib, re

import nbformat
from jinja2 import Environment, pass_context
from latex2mathml.converter import convert as mathml
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

here = pathlib.Path(__file__).parent
SCRIPT = "charts.js"
SOLUTIONS = "solutions"  # the directory with the solutions of the exercises


class Renderer(IPythonRenderer):
    """Markdown with formulas as MathML, which browsers draw without a network, and links between the pages."""

    def math(self, body, display):
        try:
            formula = mathml(body.strip(), display=display)
            # The converter sets "ln 30" as "ln30".
            return re.sub(r"(<mi>(?:ln|log|exp)</mi>)(?=<m[insu])", r'\1<mspace width="0.17em"/>', formula)
        except Exception:
            return f"<code>{self.escape_html(body)}</code>"

    def inline_math(self, body):
        return self.math(body, "inline")

    def block_math(self, body):
        return f'<div class="formula">{self.math(body, "block")}</div>'

    def latex_environment(self, name, body):
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def link(self, text, url, title=None):
        if "://" not in url:
            url = re.sub(r"\.ipynb(?=$|#)", ".html", url)
        return super().link(text, url, title)


class Page(HTMLExporter):
    """A notebook as one HTML file that loads nothing but the script."""

    @pass_context
    def markdown2html(self, context, source):
        cell = context.get("cell", {})
        renderer = Renderer(escape=False, attachments=cell.get("attachments", {}), embed_images=True,
                            path=context.get("resources", {}).get("metadata", {}).get("path", ""))
        return MarkdownWithMath(renderer=renderer).render(source)


def write(path, text):
    """Writes a file as a whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def title(notebook, name):
    """The first heading, or else the name."""
    for cell in notebook.cells:
        heading = cell.cell_type == "markdown" and re.search(r"^# (.+)$", cell.source, re.MULTILINE)
        if heading:
            return heading[1]
    return name


def write_page(notebook, path, out):
    """Writes the page of the executed notebook in path, beside it. It changes the notebook's metadata."""
    notebook.metadata["title"] = title(notebook, path.stem)
    notebook.metadata["language_info"] = notebook.metadata.get("language_info", {}) | {"pygments_lexer": "go"}
    exporter = Page(raw_template=(here / "page.html.j2").read_text(encoding="utf-8"))
    resources = {"metadata": {"name": path.stem, "path": str(path.parent)}, "site": "../" if path.parent != out else "",
                 "script": SCRIPT, "look": (here / "page.css").read_text(encoding="utf-8")}
    page, _ = exporter.from_notebook_node(notebook, resources)
    write(path.with_suffix(".html"), page)


def write_index(out):
    """Writes the index of all executed notebooks in out, in order, and the script that their pages load."""
    about = dict(re.findall(r"^(\w+): (.+)$", (here / "contents.txt").read_text(encoding="utf-8"), re.MULTILINE))
    entries = []
    for path in sorted(out.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        solutions = pathlib.PurePosixPath(SOLUTIONS, path.stem + ".html")
        entries.append({"page": path.stem + ".html", "title": title(notebook, path.stem), "about": about.get(path.stem),
                        "solutions": str(solutions) if (out / solutions).exists() else None})
    template = Environment(autoescape=True).from_string((here / "index.html.j2").read_text(encoding="utf-8"))
    look = (here / "page.css").read_text(encoding="utf-8")
    write(out / "index.html", template.render(entries=entries, look=look))
    write(out / SCRIPT, script())


def script():
    """Vega, Vega-Lite and Vega-Embed, with their license, and what draws the charts of a page with them."""
    package = importlib.metadata.distribution("django-js-lib-vega-embed")
    vega = package.locate_file("js_lib_vega_embed/static/js_lib_vega_embed/vega-embed-full.js")
    terms = package.read_text("licenses/LICENSE")
    drawing = (here / "charts.js").read_text(encoding="utf-8")
    return f"/*! Vega, Vega-Lite and Vega-Embed\n\n{terms}*/\n{vega.read_text(encoding='utf-8')}\n{drawing}"
