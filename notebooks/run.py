"""Executes notebooks and says how it goes, one JSON object a line. lmkit runs it with the Python of its virtual
environment: run.py OUT WORK NOTEBOOK..."""

import json, pathlib, re, sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter


def say(**event):
    print(json.dumps(event), flush=True)


def plain(text):
    """A message without the colours and HTML that kernels put into it."""
    return re.sub(r"\x1b\[[0-9;]*m|<[^>]*>", "", text)


def execute(path, out, work):
    name = path.stem
    notebook = nbformat.read(path, as_version=4)
    cells = len(notebook.cells)
    current = {"cell": 0}

    def start(cell, cell_index):
        current["cell"] = cell_index + 1
        say(notebook=name, cell=cell_index + 1, cells=cells)

    client = NotebookClient(
        notebook, kernel_name="lmkit", timeout=600, startup_timeout=180, iopub_timeout=60, raise_on_iopub_timeout=True,
        coalesce_streams=True, record_timing=False, resources={"metadata": {"path": work}}, on_cell_start=start,
    )
    error = None
    try:
        client.execute()
    except CellExecutionError as e:
        error = plain(e.traceback or str(e))
    except CellTimeoutError:
        error = "the cell did not end within 600 seconds"
    except DeadKernelError:
        error = "the kernel died"
    nbformat.write(notebook, out / path.name)
    html, _ = HTMLExporter(embed_images=True, exclude_input_prompt=True, exclude_output_prompt=True).from_notebook_node(notebook)
    (out / (name + ".html")).write_text(html, encoding="utf-8")
    if error:
        say(notebook=name, cell=current["cell"], cells=cells, error=error)
    else:
        say(notebook=name, cell=cells, cells=cells, done=True)


def main():
    out, work = pathlib.Path(sys.argv[1]), sys.argv[2]
    for path in sys.argv[3:]:
        try:
            execute(pathlib.Path(path), out, work)
        except KeyboardInterrupt:
            raise
        except Exception as e:  # a notebook that cannot even be started must not stop the others
            say(notebook=pathlib.Path(path).stem, cell=0, cells=0, error=plain(f"{type(e).__name__}: {e}"))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
