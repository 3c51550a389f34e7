"""One measurement of bench in PyTorch: torch_peer.py WORKLOAD, where WORKLOAD is bench's JSON. Prints JSON."""

import json, resource, sys, time
import torch, torch.nn as nn

w = json.loads(sys.argv[1])
clock = time.perf_counter
torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(w["vocabulary"], w["embedding"])
        self.rnn = getattr(nn, w["cell"].upper())(w["embedding"], w["hidden"], w["layers"])
        self.fc = nn.Linear(w["hidden"], w["vocabulary"])

    def forward(self, x, state=None):  # [T,B]
        y, state = self.rnn(self.embedding(x), state)
        return self.fc(y if w["every_step"] else y[-1]), state


def detached(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def train():
    """Yields after every training step."""
    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    criterion = nn.CrossEntropyLoss()
    steps, rows = w["sequence"], w["batch"]
    tokens = torch.randint(0, w["vocabulary"], (steps * 20 + 1, rows))
    state, i = None, 0
    while True:
        at = i % 20 * steps
        x, y = tokens[at:at + steps], tokens[at + 1:at + 1 + steps]
        if not w["every_step"]:
            y, state = y[-1], None
        optimizer.zero_grad()
        logits, state = model(x, state)
        loss = criterion(logits.reshape(-1, w["vocabulary"]), y.reshape(-1))
        loss.backward()
        optimizer.step()
        state, i = detached(state), i + 1
        loss.item()
        yield


def generate():
    """Yields after every token."""
    model = Model().eval()
    x, state = torch.randint(0, w["vocabulary"], (w["sequence"], 1)), None
    with torch.no_grad():
        while True:
            y, state = model.rnn(model.embedding(x), state)
            probabilities = torch.softmax(model.fc(y[-1, 0]) / 0.8, -1)
            x = torch.multinomial(probabilities, 1)[None]
            x.item()
            yield


def products():
    """Yields after every product of square matrices."""
    n = w["hidden"]
    a, b = torch.randn(n, n), torch.randn(n, n)
    while True:
        (a @ b)[0, 0].item()
        yield


def tutorial():
    """Yields once: after the tutorial's training, 100 epochs."""
    words = w["text"].split()
    vocabulary = {word: i for i, word in enumerate(sorted(set(words)))}
    ids = torch.tensor([vocabulary[word] for word in words])
    inputs = torch.stack([ids[i:i + w["sequence"]] for i in range(len(ids) - w["sequence"])])
    targets = ids[w["sequence"]:]
    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(100):
        order = torch.randperm(len(inputs))
        for i in range(0, len(inputs), w["batch"]):
            batch = order[i:i + w["batch"]]
            optimizer.zero_grad()
            loss = criterion(model(inputs[batch].T)[0], targets[batch])
            loss.backward()
            optimizer.step()
            loss.item()
    yield


kinds = {"train": train, "generate": generate, "products": products, "tutorial": tutorial}
start = clock()
run = kinds[w["kind"]]()
next(run)
first, times = clock() - start, []
if w["kind"] != "tutorial":
    for _ in range(w["warm"]):
        next(run)
    end = clock() + w["seconds"]
    while len(times) < w["least"] or clock() < end:
        t = clock()
        next(run)
        times.append(clock() - t)
print(json.dumps({"first": first, "times": times, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                  "version": "PyTorch " + torch.__version__}))
