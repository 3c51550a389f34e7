"""Runs cells in the kernel "lmkit", for kernel_test.go. Standard input has a JSON object a line: {"code": ...,
"interrupt": seconds after which the cell is interrupted} or {"do": "restart" or "kill" or "shutdown"}. For each line one is
printed: the seconds that it took, the status and the outputs, or the process of the kernel."""

import json, sys, threading, time

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="lmkit", startup_timeout=120, stderr=open(sys.argv[1], "a"))


def execute(code, interrupt):
    began, outputs = time.monotonic(), []
    request = client.execute(code)
    timer = threading.Timer(interrupt or 0, manager.interrupt_kernel)
    if interrupt:
        timer.start()
    while True:
        message = client.get_iopub_msg(timeout=180)
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            outputs.append(content["name"] + ": " + content["text"])
        elif kind == "error":
            outputs += ["error: " + line for line in content["traceback"]]
        elif kind == "status" and content["execution_state"] == "idle":
            break
    reply = client.get_shell_msg(timeout=60)
    return {"seconds": time.monotonic() - began, "status": reply["content"]["status"], "outputs": outputs}


for line in sys.stdin:
    order = json.loads(line)
    answer = {"process": manager.provisioner.pid}
    if order.get("do") == "start":  # a cell whose end is not waited for
        client.execute(order["code"])
    elif order.get("do") == "restart":
        manager.restart_kernel()
        client.wait_for_ready(timeout=120)
    elif order.get("do") == "kill":
        manager.shutdown_kernel(now=True)
    elif order.get("do") == "shutdown":
        manager.shutdown_kernel()
    else:
        answer = execute(order["code"], order.get("interrupt"))
    print(json.dumps(answer), flush=True)
