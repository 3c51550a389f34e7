"""The program of Example_pyTorch, in PyTorch. In lmkit/train: PYTHONPATH=../.. python testdata/torch_side.py"""

import torch
import lmkit_torch

OWL = ("once upon a time , in a land far away , there lived a wise old owl . the owl watched over the forest and guided the creatures . "
       "every night , under the bright moonlight , the owl would share stories .")

model = lmkit_torch.load("testdata/torch_training/start-gru").train()
ids, optimizer = model.encode(OWL), torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(1, 101):
    total = 0.0
    for starts in torch.arange(len(ids) - 5).split(16):
        logits = model(ids[starts[:, None] + torch.arange(5)])[0][:, -1]
        loss = torch.nn.functional.cross_entropy(logits, ids[starts + 5])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        total += loss.item() * len(starts)
    if epoch % 20 == 0:
        print(f"Epoch [{epoch}/100], Loss: {total / (len(ids) - 5):.4f}")
print(*model.generate("once upon a time ,", length=10, temperature=0, context=5))
