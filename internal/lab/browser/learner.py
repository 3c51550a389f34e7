"""Tries in a browser what a learner does, and prints one JSON object a step. Arguments: BROWSER ADDRESS NOTEBOOKS PAGES
PICTURES. BROWSER is a program, ADDRESS that of JupyterLab and NOTEBOOKS its directory; PAGES is a directory with HTML
pages, PICTURES one for screenshots."""

import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from lab import Lab, Watch

browser, address, notebooks, html, pictures = sys.argv[1:]


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def picture(page, name, **options):
    page.screenshot(path=f"{pictures}/{name}.png", **options)


def check_all_ran(notebook):
    prompts = notebook.wait_for_all()
    check(prompts == [f"[{n + 1}]:" for n in range(len(prompts))] and prompts, f"the prompts are {prompts}")
    check(not notebook.errors(), f"errors: {notebook.errors()}")


def run_all(lab):
    """Notebook 05 by "Restart Kernel and Run All Cells"."""
    with lab.notebook("05_data.ipynb", 60) as notebook:
        notebook.restart_and_run_all()
        check_all_ran(notebook)
        picture(notebook.page, "run-all")
        notebook.save()


# Notes each different drawing of the chart and value of the bar in a cell while it runs.
NOTE_DRAWINGS = """cell => {
    window.charts = new Set(), window.bars = new Set();
    setInterval(() => {
        if (!cell.querySelector('.jp-InputPrompt').textContent.includes('[*]')) return;
        for (const chart of cell.querySelectorAll('.vega-embed svg')) charts.add(chart.outerHTML);
        for (const bar of cell.querySelectorAll('progress')) bars.add(bar.value);
    }, 50);
}"""


def live(lab):
    """Notebook 07: the chart of the loss and the progress bar move while the model trains."""
    with lab.notebook("07_training.ipynb", 100) as notebook:
        training = notebook.page.locator(".jp-CodeCell", has_text="plots.LiveLoss")
        training.evaluate(NOTE_DRAWINGS)
        notebook.restart_and_run_all()
        notebook.show(training)
        notebook.until("[...document.querySelectorAll('progress')].some(bar => bar.value > 0.4 * bar.max)")
        picture(notebook.page, "live")
        check_all_ran(notebook)
        charts, bars = notebook.page.evaluate("[charts.size, bars.size]")
        check(charts > 1, f"the chart was drawn in {charts} ways while it was live")
        check(bars > 1, f"the progress bar was seen at {bars} places")
        notebook.show(training)
        picture(notebook.page, "trained")
        notebook.save()


def dark(lab):
    """The dark theme, and a page that is loaded again: what was saved is still there."""
    outputs = """JSON.stringify([...document.querySelectorAll('.jp-CodeCell .jp-Cell-outputArea')]
        .map(area => [area.textContent, area.querySelectorAll('.vega-embed svg, img').length]))"""
    with lab.notebook("07_training.ipynb", 60) as notebook:
        page = notebook.page
        notebook.menu("Settings", "Theme", "JupyterLab Dark")
        notebook.until("document.body.dataset.jpThemeLight == 'false' && !document.querySelector('#jupyterlab-splash')")
        chart = page.locator(".jp-CodeCell", has_text="plots.Show").locator(".vega-embed svg").first
        chart.wait_for()
        notebook.until("[...document.querySelectorAll('[data-mime-type*=vega]')].every(c => c.querySelector('svg'))")
        notebook.show(chart)
        picture(page, "dark")
        notebook.save()
        before = page.evaluate(outputs)
        notebook.load(page.reload)
        notebook.until(f"before => {outputs} == before", before)
        notebook.show(chart)
        picture(page, "reloaded")


def exercise(lab, seconds):
    """Opens a notebook of the test's own, as it was written."""
    shutil.copy("testdata/learner.ipynb", notebooks)
    return lab.notebook("learner.ipynb", seconds)


def stop(lab):
    """A training cell is stopped with the button, and goes on when it is run again."""
    with exercise(lab, 100) as notebook:
        notebook.run(0)
        last = 0
        for run in ("first", "second"):
            notebook.start(1)
            begun = notebook.until("document.querySelector('.jp-CodeCell progress')?.value")
            check(begun > last, f"the {run} run begins with step {begun}, after it was stopped after {last}")
            notebook.until("begun => document.querySelector('.jp-CodeCell progress').value > begun + 100", begun)
            picture(notebook.page, f"training-{run}")
            clicked = time.monotonic()
            notebook.toolbar("notebook:interrupt-kernel")
            notebook.wait_for(1)
            seconds = time.monotonic() - clicked
            picture(notebook.page, f"stopped-{run}")
            lines = notebook.errors(1)
            said = re.search(r"stopped: .*after step (\d+); saved as \S+; run the cell again to go on", lines[0])
            check(len(lines) == 1 and said, f"a stopped cell says {lines}")
            check(seconds < 2, f"the cell went on for {seconds:.1f} s")
            last = int(said[1])


def typo(lab):
    """A cell that does not compile says so in one line."""
    with exercise(lab, 60) as notebook:
        notebook.run(0)
        notebook.run(2)
        picture(notebook.page, "typo")
        lines = notebook.errors(2)
        check(lines == ["line 3: undefined: owls"], f"the cell says {lines}")
        shown = notebook.cell(2).locator(".jp-Cell-outputArea").inner_text().strip().splitlines()
        check(len(shown) <= 2, f"the output has {len(shown)} lines: {shown}")


def flood(lab):
    """A cell that prints 200,000 lines leaves the page usable."""
    with exercise(lab, 60) as notebook:
        notebook.run(0)
        began = time.monotonic()
        notebook.run(4)
        notebook.until("n => document.querySelectorAll('.jp-CodeCell')[n].innerText.includes('line 199999')", 4)
        seconds = time.monotonic() - began
        shown = notebook.cell(4).locator(".jp-Cell-outputArea").inner_text()
        check("lines are not shown" in shown and "line 0\n" in shown, f"the cell shows {shown[:100]} ... {shown[-100:]}")
        check(seconds < 10, f"200,000 lines took {seconds:.1f} s")


def completion(lab):
    """Tab lists what a package has, and Shift+Tab shows what it is for."""
    with exercise(lab, 100) as notebook:
        page = notebook.page
        notebook.run(0)
        notebook.cell(3).locator(".cm-content").click()
        page.keyboard.press("Control+End")
        page.keyboard.type("text.")
        page.keyboard.press("Tab")
        list_ = page.locator(".jp-Completer-item")
        list_.first.wait_for(timeout=45_000)  # the first answer of a new kernel takes long
        names = list_.all_text_contents()
        picture(page, "completion")
        check(any(name.startswith("Words") for name in names), f"Tab lists {names}")
        page.keyboard.press("Escape")
        page.keyboard.type("Words")
        page.keyboard.press("Shift+Tab")
        tooltip = page.locator(".jp-Tooltip")
        tooltip.wait_for()
        picture(page, "tooltip")
        check("Words splits text" in tooltip.inner_text(), f"Shift+Tab shows {tooltip.inner_text()}")


def slider(lab):
    """Notebook 08: the text and the chart follow the slider of the temperature."""
    source = json.loads(Path(notebooks, "08_generation.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in source["cells"] if cell["cell_type"] == "code"]
    panel = next(n for n, code in enumerate(cells) if "controls.Changes" in code)
    shown = "n => document.querySelectorAll('.jp-Notebook .jp-CodeCell')[n].querySelector('.jp-Cell-outputArea').innerText"
    drawn = "n => document.querySelectorAll('.jp-Notebook .jp-CodeCell')[n].querySelector('.vega-embed svg')?.outerHTML"
    with lab.notebook("08_generation.ipynb", 60) as notebook:
        for number in range(panel):
            if "%%" not in cells[number] or "func " in cells[number]:
                notebook.run(number)
        notebook.start(panel)
        control = notebook.cell(panel).locator(".lmkit-controls input").first
        control.wait_for()
        notebook.until(f"n => ({drawn})(n)", panel)
        notebook.show(notebook.cell(panel))
        took = []
        for key in ["ArrowLeft", "ArrowRight"] * 4:
            before = [panel, notebook.page.evaluate(shown, panel), notebook.page.evaluate(drawn, panel)]
            moved = time.monotonic()
            control.press(key)
            notebook.until(f"([n, text, chart]) => ({shown})(n) != text && ({drawn})(n) != chart", before)
            took.append(time.monotonic() - moved)
        picture(notebook.page, "slider")
        notebook.cell(panel).locator(".lmkit-controls button").click()
        notebook.wait_for(panel)
        check(not notebook.errors(panel), f"errors: {notebook.errors(panel)}")
        check(sorted(took)[3] < 0.5, f"text and chart follow after {', '.join(f'{t:.2f}' for t in took)} s")


def pages(context):
    """The HTML pages on a phone: nothing has to be scrolled sideways."""
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    found = sorted(Path(html).glob("*.html"))
    check(found, "there are no pages")
    for file in found:
        page.goto(file.absolute().as_uri())
        page.wait_for_load_state("networkidle")
        width = page.evaluate("document.documentElement.scrollWidth")
        picture(page, f"phone-{file.stem}", full_page=True)
        check(width <= 390, f"{file.name} is {width} pixels wide on a phone of 390")
    page.close()


def main(chromium):
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    watch = Watch(context)
    lab = Lab(context, address, pictures)
    steps = {
        "run all": lambda: run_all(lab),
        "live chart": lambda: live(lab),
        "dark and reloaded": lambda: dark(lab),
        "stop and go on": lambda: stop(lab),
        "typo": lambda: typo(lab),
        "completion": lambda: completion(lab),
        "flood": lambda: flood(lab),
        "slider": lambda: slider(lab),
        "pages on a phone": lambda: pages(context),
        "no complaints": lambda: check(not watch.faults, "; ".join(watch.faults)),
    }
    for name, step in steps.items():
        started, error = time.monotonic(), ""
        try:
            step()
        except Exception as e:  # the next steps may tell more
            error = f"{type(e).__name__}: {e}"
        seconds = round(time.monotonic() - started, 1)
        print(json.dumps({"step": name, "seconds": seconds, "error": error}), flush=True)


with sync_playwright() as playwright:
    # Chromium refuses to run as root in a sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    main(playwright.chromium.launch(executable_path=browser, args=arguments))
