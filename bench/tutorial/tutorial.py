"""The tutorial's training in PyTorch, with the loss on the last word of each window, as lmkit does it. Prints JSON:
the seconds from the model's making to the last epoch's end, and the last epoch's loss. tutorial.py CELL"""

import json, sys, time
import torch, torch.nn as nn

tokens = ("once upon a time , in a land far away , there lived a wise old owl . the owl watched over the forest and guided the creatures . "
          "every night , under the bright moonlight , the owl would share stories .").split()
vocabulary = {word: i for i, word in enumerate(sorted(set(tokens)))}
ids = torch.tensor([vocabulary[word] for word in tokens])
inputs = torch.stack([ids[i:i + 5] for i in range(len(ids) - 5)])
targets = ids[5:]


class Model(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.embedding = nn.Embedding(len(vocabulary), 128)
        self.rnn = getattr(nn, cell.upper())(128, 256, 2, batch_first=True)
        self.fc = nn.Linear(256, len(vocabulary))

    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x))[0][:, -1])


torch.manual_seed(0)
start = time.perf_counter()
model = Model(sys.argv[1])
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
criterion = nn.CrossEntropyLoss()
for epoch in range(100):
    order, total = torch.randperm(len(inputs)), 0.0
    for i in range(0, len(inputs), 16):
        batch = order[i:i + 16]
        optimizer.zero_grad()
        loss = criterion(model(inputs[batch]), targets[batch])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
print(json.dumps({"seconds": time.perf_counter() - start, "loss": total / len(inputs), "torch": torch.__version__}))
