"""Makes torch: small model directories with PyTorch's weights, state dicts to import, and logits.json with PyTorch's logits for them.

Made with torch 2.15.0 and safetensors 0.8.0:

    pip install torch safetensors numpy
    python torch_models.py [DIRECTORY]
"""

import json, pathlib, sys
import torch
from safetensors.torch import save_file, save_model

V, E, H, TOKENS = 7, 5, 6, [3, 1, 4, 1, 5, 2, 6, 0]
here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "torch"


class Model(torch.nn.Module):
    def __init__(self, cell, layers, embedding=E, tie=False):
        super().__init__()
        self.embedding = torch.nn.Embedding(V, embedding)
        self.rnn = getattr(torch.nn, cell.upper())(embedding, H, layers, batch_first=True)
        self.fc = torch.nn.Linear(H, V)
        if tie:
            self.fc.weight = self.embedding.weight

    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x))[0])


def make(name, cell, layers, prefix="rnn.", dtype=torch.float32, tie=False):
    torch.manual_seed(len(name) + layers)
    model = Model(cell, layers, H if tie else E, tie).to(dtype).float()
    directory = here / name
    directory.mkdir(parents=True, exist_ok=True)
    state = {k.replace("rnn.", prefix): v.to(dtype).clone() for k, v in model.state_dict().items()}
    save_file(state, directory / "model.safetensors")
    config = {"format": 1, "cell": cell, "vocabulary_size": V, "embedding_size": H if tie else E, "hidden_size": H, "layers": layers,
              "dropout": 0.0, "tie_weights": tie, "reset_after": True, "context": 0}
    (directory / "config.json").write_text(json.dumps(config) + "\n")
    (directory / "tokenizer.json").write_text('{"kind":"word","lowercase":true}\n')
    (directory / "vocabulary.json").write_text(json.dumps({"tokens": list("abcdefg"), "unknown": None}) + "\n")
    with torch.no_grad():
        logits = model(torch.tensor([TOKENS]))[0]
        loss = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(TOKENS[1:]))
    return {"logits": logits.tolist(), "loss": loss.item(), "parameters": sum(p.numel() for p in model.parameters())}


class WordLanguageModel(torch.nn.Module):
    """The members of RNNModel in pytorch/examples, word_language_model/model.py."""

    def __init__(self, rnn_type, ntoken, ninp, nhid, nlayers, tie_weights=False):
        super().__init__()
        self.encoder = torch.nn.Embedding(ntoken, ninp)
        self.rnn = getattr(torch.nn, rnn_type)(ninp, nhid, nlayers)
        self.decoder = torch.nn.Linear(nhid, ntoken)
        if tie_weights:
            self.decoder.weight = self.encoder.weight

    def forward(self, x):  # [T,B]
        return self.decoder(self.rnn(self.encoder(x))[0])


class Named(torch.nn.Module):
    """A model without biases, whose recurrent layer is named after its cell."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(V, E)
        self.gru = torch.nn.GRU(E, H, 2, bias=False)
        self.fc = torch.nn.Linear(H, V, bias=False)

    def forward(self, x):  # [T,B]
        return self.fc(self.gru(self.embedding(x))[0])


def to_import(name, model, dtype=torch.float32, prefix="", whole=False):
    """Writes a state dict; whole is safetensors' save_model, which writes weights that are shared once."""
    model = model.to(dtype).float()
    path = here / "import" / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    if whole:
        save_model(model, path)
    else:
        save_file({prefix + k: v.to(dtype).clone() for k, v in model.state_dict().items()}, path)
    with torch.no_grad():
        return {"logits": model(torch.tensor(TOKENS)[:, None])[:, 0].tolist(), "parameters": sum(p.numel() for p in model.parameters())}


expected = {
    "rnn": make("rnn", "rnn", 1), "lstm": make("lstm", "lstm", 2), "gru": make("gru", "gru", 2),
    "lstm-named": make("lstm-named", "lstm", 1, prefix="lstm."), "gru-half": make("gru-half", "gru", 1, prefix="gru.", dtype=torch.float16),
    "rnn-bfloat": make("rnn-bfloat", "rnn", 2, dtype=torch.bfloat16), "lstm-tied": make("lstm-tied", "lstm", 1, tie=True),
}
torch.manual_seed(3)
imported = {
    "lstm": to_import("lstm", WordLanguageModel("LSTM", V, E, H, 2)), "tied": to_import("tied", WordLanguageModel("LSTM", V, H, H, 1, True)),
    "shared": to_import("shared", WordLanguageModel("GRU", V, H, H, 1, True), whole=True), "square": to_import("square", WordLanguageModel("GRU", V, H, H, 1)),
    "half": to_import("half", WordLanguageModel("RNN", V, E, H, 1), torch.float16, "module."),
    "bfloat": to_import("bfloat", WordLanguageModel("GRU", V, E, H, 3), torch.bfloat16, "_orig_mod."), "no-bias": to_import("no-bias", Named()),
}
(here / "import" / "vocabulary.txt").write_text("\n".join("abcdefg") + "\n")
(here / "logits.json").write_text(json.dumps({"torch": torch.__version__, "tokens": TOKENS, "models": expected, "imported": imported}).replace("{\"logits\"", "\n{\"logits\"") + "\n")
