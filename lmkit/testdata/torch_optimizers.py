"""Makes testdata/torch/optimizers.json: the losses of six training steps of testdata/torch/lstm with each of PyTorch's optimizers.

Made with torch 2.15.0 and safetensors 0.8.0, after torch_models.py:

    pip install torch safetensors numpy
    python torch_optimizers.py [DIRECTORY]
"""

import json, pathlib, sys
import torch
from safetensors.torch import load_file

here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "torch"
config = json.loads((here / "lstm" / "config.json").read_text())
TOKENS, LENGTH = [3, 1, 4, 1, 5, 2, 6, 0, 5, 3, 5, 0, 2], 4  # one lane, three sequences of 4, two epochs


class Model(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embedding = torch.nn.Embedding(c["vocabulary_size"], c["embedding_size"])
        self.rnn = torch.nn.LSTM(c["embedding_size"], c["hidden_size"], c["layers"], batch_first=True)
        self.fc = torch.nn.Linear(c["hidden_size"], c["vocabulary_size"])

    def forward(self, x, state):
        hidden, state = self.rnn(self.embedding(x), state)
        return self.fc(hidden), state


def losses(make, clip=0.0, clip_value=0.0):
    model = Model(config)
    model.load_state_dict(load_file(here / "lstm" / "model.safetensors"))
    optimizer, result = make(model), []
    for _ in range(2):
        state = None
        for start in range(0, len(TOKENS) - 1, LENGTH):
            x = torch.tensor([TOKENS[start : start + LENGTH]])
            y = torch.tensor(TOKENS[start + 1 : start + LENGTH + 1])
            logits, state = model(x, state)
            state = tuple(s.detach() for s in state)
            loss = torch.nn.functional.cross_entropy(logits[0], y)
            optimizer.zero_grad()
            loss.backward()
            if clip_value:
                torch.nn.utils.clip_grad_value_(model.parameters(), clip_value)
            if clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            result.append(loss.item())
    return result


def adamw(model):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": 0.3}, {"params": vectors, "weight_decay": 0.0}], lr=0.05)


expected = {
    "sgd": losses(lambda m: torch.optim.SGD(m.parameters(), lr=0.5)),
    "sgd clipped": losses(lambda m: torch.optim.SGD(m.parameters(), lr=0.5), clip=0.2),
    "sgd clipped by value": losses(lambda m: torch.optim.SGD(m.parameters(), lr=0.5), clip_value=0.02),
    "adam": losses(lambda m: torch.optim.Adam(m.parameters(), lr=0.05)),
    "adamw": losses(adamw),
    "rmsprop": losses(lambda m: torch.optim.RMSprop(m.parameters(), lr=0.01)),
    "rmsprop 0.95": losses(lambda m: torch.optim.RMSprop(m.parameters(), lr=0.01, alpha=0.95)),
}
(here / "optimizers.json").write_text(json.dumps({"torch": torch.__version__, "tokens": TOKENS, "length": LENGTH, "losses": expected}, indent=1) + "\n")
