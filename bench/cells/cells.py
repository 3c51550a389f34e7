"""Times the cells of a notebook through kernels, for lmkit bench --cells. The argument is a JSON object; a JSON object a
line is printed for each kernel, kind of cell and round."""

import json, os, pathlib, sys, tempfile, time

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

job = json.loads(sys.argv[1])


def start(name, times):
    manager = KernelManager(kernel_name=name, kernel_spec_manager=KernelSpecManager(kernel_dirs=[job["kernels"]]))
    manager.start_kernel(env=os.environ | {"LMKIT_CELL_TIMES": str(times)}, stdout=log, stderr=log)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    return manager, client


def run(client, code):
    """Runs a cell and returns when it was asked for, and when its first output came."""
    began, first = time.time(), None
    request = client.execute(code)
    while True:
        message = client.get_iopub_msg(timeout=300)
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            sys.exit("\n".join(content["traceback"]))
        if kind == "stream" and first is None:
            first = time.time()
        if kind == "status" and content["execution_state"] == "idle":
            break
    client.get_shell_msg(timeout=60)
    return began, first or time.time()


def measure(kernel, cell):
    with tempfile.TemporaryDirectory() as directory:
        times = pathlib.Path(directory) / "times"
        began = time.time()
        manager, client = start(kernel, times)
        started = time.time()
        run(client, cell["imports"])
        _, first = run(client, "%%\n" + cell["body"].replace("EDIT", "0"))
        steps, totals = [], []
        for edit in range(1, job["edits"] + 1):
            times.unlink(missing_ok=True)
            asked, answered = run(client, "%%\n" + cell["body"].replace("EDIT", str(edit)))
            totals.append(answered - asked)
            if times.exists():
                build, compiled, linked = map(float, times.read_text().split()[:3])
                if compiled:
                    steps.append([build - asked, compiled - build, linked - compiled, answered - linked])
        manager.shutdown_kernel()
    return {"kernel": kernel, "cell": cell["name"], "start": started - began, "first": first - began,
            "edits": totals, "steps": steps}


with open(job["log"], "a") as log:
    for round in range(job["rounds"]):
        for cell in job["cells"]:
            for kernel in job["names"]:
                print(json.dumps(measure(kernel, cell)), flush=True)
