"""Loads a model directory into a PyTorch module and prints the logits for token ids: torch_load.py DIR ID..."""

import json, pathlib, sys
import torch
from safetensors.torch import load_file

directory = pathlib.Path(sys.argv[1])
c = json.loads((directory / "config.json").read_text())


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(c["vocabulary_size"], c["embedding_size"])
        self.rnn = getattr(torch.nn, c["cell"].upper())(c["embedding_size"], c["hidden_size"], c["layers"], batch_first=True)
        self.fc = torch.nn.Linear(c["hidden_size"], c["vocabulary_size"])

    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x))[0])


model = Model()
model.load_state_dict(load_file(directory / "model.safetensors"))
with torch.no_grad():
    print(json.dumps(model(torch.tensor([[int(i) for i in sys.argv[2:]]]))[0].tolist()))
