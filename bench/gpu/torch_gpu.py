"""One measurement of bench/gpu in PyTorch: torch_gpu.py WORKLOAD cudnn|cells. Prints JSON, as bench's peers do.

cudnn is nn.LSTM on cuDNN; cells is the same network without cuDNN, whose time steps are a product and a fused
kernel for the gates each. TF32 is off for both."""

import json, sys, time
import torch, torch.nn as nn

w, kind = json.loads(sys.argv[1]), sys.argv[2]
torch.backends.cudnn.enabled = kind == "cudnn"
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
torch.manual_seed(0)
device, clock = "cuda", time.perf_counter


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(w["vocabulary"], w["embedding"])
        self.rnn = nn.LSTM(w["embedding"], w["hidden"], w["layers"])
        self.fc = nn.Linear(w["hidden"], w["vocabulary"])

    def forward(self, x, state):  # [T,B]
        y, state = self.rnn(self.embedding(x), state)
        return self.fc(y), state


model = Model().to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
criterion = nn.CrossEntropyLoss()
steps, rows = w["sequence"], w["batch"]
tokens = torch.randint(0, w["vocabulary"], (steps * 20 + 1, rows), device=device)
state = tuple(torch.zeros(w["layers"], rows, w["hidden"], device=device) for _ in range(2))


def step(i):
    global state
    at = i % 20 * steps
    x, y = tokens[at:at + steps], tokens[at + 1:at + 1 + steps]
    optimizer.zero_grad()
    logits, after = model(x, state)
    loss = criterion(logits.reshape(-1, w["vocabulary"]), y.reshape(-1))
    loss.backward()
    optimizer.step()
    state = tuple(s.detach() for s in after)
    return loss.item()  # waits for the GPU


start = clock()
step(0)
first, times = clock() - start, []
for i in range(w["warm"]):
    step(i + 1)
end = clock() + w["seconds"]
while len(times) < w["least"] or clock() < end:
    t = clock()
    step(len(times))
    times.append(clock() - t)
print(json.dumps({"first": first, "times": times, "memory": torch.cuda.max_memory_allocated(),
                  "version": f"PyTorch {torch.__version__}, {kind}"}))
