"""Trains a model directory of lmkit further, in PyTorch: torch_companion.py DIRECTORY OUT TOKENS EPOCHS PROMPT

TOKENS is a file with the text's tokens, one a line, and PROMPT is tokens with spaces between. The objective is windows, or, for a model without a context, stretches of 4 with the
state carried; the optimizer is Adam. It writes the trained model to OUT and prints what the model directories give: the evaluation of
both, and what the first writes greedily.
"""

import json, pathlib, sys
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[3]))
import lmkit_torch

directory, out, path, epochs, prompt = sys.argv[1:]
tokens = pathlib.Path(path).read_text(encoding="utf-8").split("\n")
model = lmkit_torch.load(directory)
result = {"before": model.evaluate(tokens), "greedy": list(model.generate(prompt.split(" "), length=50, temperature=0))}
ids, context = model.encode(tokens), model.config["context"]
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
model.train()
for _ in range(int(epochs)):
    state, at = None, 0
    while at + 1 < len(ids):
        if context:
            starts = torch.arange(at, min(at + 16, len(ids) - context))
            if len(starts) == 0:
                break
            logits, targets = model(ids[starts[:, None] + torch.arange(context)])[0][:, -1], ids[starts + context]
            at += 16
        else:
            end = min(at + 4, len(ids) - 1)
            logits, state = model(ids[None, at:end], state)
            state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
            logits, targets, at = logits[0], ids[at + 1:end + 1], end
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, targets).backward()
        optimizer.step()
lmkit_torch.save(model, out)
result["after"] = model.evaluate(tokens)
print(json.dumps(result))
