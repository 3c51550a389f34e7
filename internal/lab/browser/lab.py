"""JupyterLab as its user handles it: notebooks are opened, run, typed into and saved with mouse and keyboard."""

import re
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError as Late

# A function of JavaScript that returns the prompts of the code cells.
PROMPTS = """(() => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]
    .map(prompt => prompt.textContent.trim()))"""


class Watch:
    """Collects what no page of a browser context should do: complain, or ask another host for something."""

    def __init__(self, context):
        self.faults = []
        context.on("console", self._message)
        context.on("weberror", lambda e: self.faults.append(f"exception: {e.error}"))
        context.on("request", lambda request: self._request(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self._request(socket.url)))

    def _message(self, message):
        if message.type == "error":
            self.faults.append(f"{message.text} ({message.location['url']})")

    def _request(self, url):
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "file") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.faults.append(f"request to another host: {url}")


class Lab:
    """A running JupyterLab, and the browser context that looks at it."""

    def __init__(self, context, address, pictures):
        self.context, self.pictures = context, pictures
        self.base, self.token = re.fullmatch(r"(https?://[^/]+)/.*[?&]token=(\w+).*", address).groups()

    @contextmanager
    def notebook(self, name, seconds):
        """Opens a notebook for some seconds at most. Its kernel ends with it."""
        page = self.context.new_page()
        cells = len(self._api("get", f"contents/{name}").json()["content"]["cells"])
        notebook = Notebook(page, cells, time.monotonic() + seconds)
        try:
            # A workspace for each visit, so that no other notebook is open beside it.
            visit = f"{name.split('.')[0]}-{time.monotonic_ns()}"
            address = f"{self.base}/lab/workspaces/{visit}/tree/{name}?token={self.token}"
            notebook.load(lambda: page.goto(address))
            yield notebook
        except Exception:
            page.screenshot(path=f"{self.pictures}/failed-{visit}.png")
            raise
        finally:
            page.close()
            self._end_kernels()

    def _end_kernels(self):
        for session in self._api("get", "sessions").json():
            self._api("delete", f"sessions/{session['id']}")

    def _api(self, method, path):
        headers = {"Authorization": f"token {self.token}"}
        return self.context.request.fetch(f"{self.base}/api/{path}", method=method, headers=headers)


class Notebook:
    """A notebook that is open in JupyterLab. Cells are code cells, counted from 0."""

    def __init__(self, page, cells, ends):
        self.page, self.cells, self.ends = page, cells, ends  # cells of all kinds
        self.answers = 0  # of kernels
        page.set_default_timeout(20_000)
        page.on("websocket", lambda socket: "/channels" in socket.url and socket.on("framereceived", self._answer))

    def _answer(self, _):
        self.answers += 1

    def until(self, expression, argument=None):
        """Waits until an expression of JavaScript is true, and returns its value."""
        left = max(1, 1000 * (self.ends - time.monotonic()))
        try:
            return self.page.wait_for_function(expression, arg=argument, timeout=left, polling=50).json_value()
        except Late:
            raise TimeoutError(f"in vain waited until {expression}, {argument}") from None

    def load(self, how):
        """Loads the page by calling how, and waits until all cells are there and the kernel answers. A cell that is run
        before is forgotten."""
        before = self.answers
        how()
        while self.answers == before:
            if time.monotonic() > self.ends:
                raise TimeoutError("the kernel does not answer")
            self.page.wait_for_timeout(50)
        self.until("document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status == 'idle'")
        self.until("n => document.querySelectorAll('.jp-Notebook .jp-Cell').length == n", self.cells)

    def cell(self, number):
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(number)

    def errors(self, number=None):
        """Returns the lines on red ground, errors and standard error, in the outputs of a cell or of all."""
        where = self.page if number is None else self.cell(number)
        found = where.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_text_contents()
        return [line for text in found for line in text.strip().splitlines()]

    def toolbar(self, command):
        self.page.locator(f'.jp-NotebookPanel-toolbar [data-command="{command}"]').click()

    def menu(self, *path):
        """Chooses an entry of a menu, such as "Settings", "Theme", "JupyterLab Dark"."""
        self.page.locator("#jp-MainMenu .lm-MenuBar-item", has_text=path[0]).click()
        for name in path[1:]:
            exact = re.compile(f"^{re.escape(name)}$")
            self.page.locator(".lm-Menu-itemLabel").filter(has_text=exact).click()

    def restart_and_run_all(self):
        """Clicks "Restart Kernel and Run All Cells" and confirms."""
        self.toolbar("notebook:restart-run-all")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.until(f"{PROMPTS}().includes('[*]:')")

    def wait_for_all(self):
        """Waits until no cell runs, and returns the prompts of all."""
        self.until(f"!{PROMPTS}().includes('[*]:')")
        return self.page.evaluate(f"{PROMPTS}()")

    def start(self, number):
        """Runs a cell with the keyboard, and waits until it runs or has run."""
        before = self.page.evaluate(f"{PROMPTS}()")[number]
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.until(f"([n, before]) => {PROMPTS}()[n] != before", [number, before])

    def wait_for(self, number):
        """Waits until a cell has run."""
        self.until(f"n => {PROMPTS}()[n] != '[*]:'", number)

    def run(self, number):
        self.start(number)
        self.wait_for(number)

    def show(self, locator):
        """Scrolls something to the top of the notebook."""
        locator.evaluate("element => element.scrollIntoView({block: 'start'})")

    def save(self):
        self.page.keyboard.press("Control+s")
        self.until("!document.querySelector('.jp-mod-dirty')")
