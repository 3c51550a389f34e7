"""Makes torch_rnn.json.gz: outputs, final states and gradients of small recurrent networks in PyTorch.

Made with torch 2.15.0:

    pip install torch numpy
    python torch_rnn.py [DIRECTORY]

The loss is half the sum of the squares of all outputs and final states. "cho" is the GRU of Cho et al. 2014, written
out in tensor operations; the others are torch.nn.RNN, LSTM and GRU.
"""

import gzip, json, pathlib, sys
import torch

INPUTS, HIDDEN = 3, 4
GATES = {"rnn": 1, "lstm": 4, "gru": 3, "cho": 3}


def cho_layer(x, h, wih, whh, bih, bhh):
    outputs = []
    for t in range(x.shape[0]):
        p = x[t] @ wih.T + bih
        u = whh.split(HIDDEN)
        b = bhh.split(HIDDEN)
        pr, pz, pn = p.split(HIDDEN, dim=1)
        r = torch.sigmoid(pr + h @ u[0].T + b[0])
        z = torch.sigmoid(pz + h @ u[1].T + b[1])
        n = torch.tanh(pn + (r * h) @ u[2].T + b[2])
        h = (1 - z) * h + z * n
        outputs.append(h)
    return torch.stack(outputs), h


def case(cell, layers, steps, batch, initial):
    torch.manual_seed(layers * 100 + steps * 10 + batch + initial)
    weights = []
    for layer in range(layers):
        rows, inputs = GATES[cell] * HIDDEN, INPUTS if layer == 0 else HIDDEN
        weights.append([torch.randn(*s) * 0.5 for s in ((rows, inputs), (rows, HIDDEN), (rows,), (rows,))])
    x = torch.randn(steps, batch, INPUTS)
    h0 = torch.randn(layers, batch, HIDDEN) if initial else torch.zeros(layers, batch, HIDDEN)
    c0 = torch.randn(layers, batch, HIDDEN) if initial else torch.zeros(layers, batch, HIDDEN)
    leaves = [x, h0, c0] + [w for layer in weights for w in layer]
    if cell == "cho":
        for leaf in leaves:
            leaf.requires_grad_()
        y, finals = x, []
        for layer in range(layers):
            y, h = cho_layer(y, h0[layer], *weights[layer])
            finals.append(h)
        hn, cn, gradients = torch.stack(finals), torch.zeros(0), None
    else:
        module = getattr(torch.nn, cell.upper())(INPUTS, HIDDEN, layers)
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        with torch.no_grad():
            for layer in range(layers):
                for name, w in zip(names, weights[layer]):
                    getattr(module, f"{name}_l{layer}").copy_(w)
        for leaf in (x, h0, c0):
            leaf.requires_grad_()
        y, state = module(x, (h0, c0) if cell == "lstm" else h0)
        hn, cn = state if cell == "lstm" else (state, torch.zeros(0))
        leaves = [x, h0, c0] + [getattr(module, f"{name}_l{layer}") for layer in range(layers) for name in names]
    loss = 0.5 * ((y * y).sum() + (hn * hn).sum() + (cn * cn).sum())
    loss.backward()
    flat = lambda t: [float(f"{v:.8g}") for v in t.detach().flatten().tolist()]
    gradient = lambda t: flat(t.grad) if t.grad is not None else []
    return {
        "cell": cell, "layers": layers, "steps": steps, "batch": batch, "initial": bool(initial),
        "x": flat(x), "h0": flat(h0), "c0": flat(c0), "weights": [[flat(w) for w in layer] for layer in weights],
        "outputs": flat(y), "hn": flat(hn), "cn": flat(cn),
        "dx": gradient(x), "dh0": gradient(h0), "dc0": gradient(c0),
        "dweights": [[gradient(w) for w in leaves[3 + 4 * l:7 + 4 * l]] for l in range(layers)],
    }


cases = [
    case(cell, layers, steps, batch, initial)
    for cell in GATES for layers in (1, 2, 3) for batch in (1, 7) for steps in (1, 2, 5, 40) for initial in (0, 1)
]
path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "torch_rnn.json.gz"
text = "[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n"
path.write_bytes(gzip.compress(text.encode(), mtime=0))
