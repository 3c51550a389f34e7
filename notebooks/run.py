"""Executes notebooks and says how it goes, one JSON object a line. lmkit runs it with the Python of its virtual
environment: run.py SETTINGS NOTEBOOK..., where SETTINGS is a JSON object with out, work, log and timeout. It ends,
with everything that it started, when its standard input ends: then lmkit is gone or wants it to stop."""

import json, os, pathlib, re, signal, sys, threading, time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from pages import SOLUTIONS, write, write_index, write_page

kernel = {"pid": 0}
starting = threading.Lock()  # held while a kernel starts, until its process is known


def say(**event):
    print(json.dumps(event), flush=True)


def kill_kernel():
    """Ends the kernel and the programs of its cells, which are in its process group."""
    pid, kernel["pid"] = kernel["pid"], 0
    if pid:
        try:
            os.killpg(pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError, PermissionError):
            pass


def watch():
    """Waits for the end of standard input."""
    while os.read(0, 1024):
        pass
    starting.acquire(timeout=10)
    kill_kernel()
    os._exit(130)


def lines_of(text):
    """The lines of a message that hold something, without colours."""
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if line.strip(" -")]


def reason(cell, failure):
    """Why a cell failed, in up to 12 lines: what the kernel says, which has a line for each error."""
    for output in cell.outputs:
        if output.output_type == "error":
            lines = lines_of("\n".join(output.traceback))
            if lines:
                return "\n".join(lines[:12])
    return "\n".join(lines_of(str(failure))[:12])


def name_of(path):
    """The name of a notebook's file, without .ipynb: the Name of package notebooks."""
    return f"{SOLUTIONS}/{path.stem}" if path.parent.name == SOLUTIONS else path.stem


def execute(path, settings):
    name, out = name_of(path), pathlib.Path(settings["out"])
    notebook = nbformat.read(path, as_version=4)
    cells, began = len(notebook.cells), time.monotonic()
    current = {"cell": 0}

    def start(cell, cell_index):
        current["cell"] = cell_index + 1
        say(notebook=name, cell=cell_index + 1, cells=cells)

    client = NotebookClient(
        notebook, kernel_name="lmkit", timeout=settings["timeout"], startup_timeout=180, iopub_timeout=60,
        raise_on_iopub_timeout=True, coalesce_streams=True, record_timing=False, on_cell_start=start,
        resources={"metadata": {"path": settings["work"]}},
    )
    error = None
    with open(settings["log"], "a") as log:
        try:
            with starting:
                client.create_kernel_manager()
                client.start_new_kernel(stdout=log, stderr=log)
                kernel["pid"] = getattr(client.km.provisioner, "pid", 0) or 0
            say(notebook=name, cell=0, cells=cells, kernel=kernel["pid"])
            client.execute()
        except CellExecutionError as e:
            error = reason(notebook.cells[current["cell"] - 1], e)
        except CellTimeoutError:
            error = f"the cell did not end within {settings['timeout']} seconds"
        except DeadKernelError:
            error = "the kernel died"
        finally:
            kill_kernel()  # and what a cell may have left running
    executed = out / f"{name}.ipynb"
    executed.parent.mkdir(exist_ok=True)
    write(executed, nbformat.writes(notebook) + "\n")
    write_page(notebook, executed, out)
    seconds = round(time.monotonic() - began, 1)
    if error:
        say(notebook=name, cell=current["cell"], cells=cells, seconds=seconds, error=error)
    else:
        say(notebook=name, cell=cells, cells=cells, seconds=seconds, done=True)


def main():
    threading.Thread(target=watch, daemon=True).start()
    settings = json.loads(sys.argv[1])
    for path in sys.argv[2:]:
        try:
            execute(pathlib.Path(path), settings)
        except Exception as e:  # a notebook that cannot even be started must not stop the others
            say(notebook=name_of(pathlib.Path(path)), cell=0, cells=0, error="\n".join(lines_of(f"{type(e).__name__}: {e}")[:12]))
    write_index(pathlib.Path(settings["out"]))


main()
