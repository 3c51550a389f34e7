"""Makes torch_training: the losses of 200 training steps in PyTorch, the weights they start from, and what the trained models
write greedily.

Made with torch 2.15.0 and safetensors 0.8.0:

    pip install torch safetensors numpy
    python torch_training.py [DIRECTORY]

For each model a model directory holds the weights before training (start-*) and, for greedy text, after it (trained-*).
training.json holds, for each run, its settings and losses, and for each trained model continuations of 50 tokens. The script
stops where rounding would decide: if a run in float64 has other losses ("rounding" is the largest relative difference; at the edge
of stability PyTorch's own float32 and float64 part, by 75 % for the tied LSTM with SGD at a rate of 0.2), or if the best token of a
continuation is not clearly the best.
"""

import json, pathlib, sys
import torch
from safetensors.torch import save_file

OWL = ("once upon a time , in a land far away , there lived a wise old owl . the owl watched over the forest and guided the creatures . "
       "every night , under the bright moonlight , the owl would share stories .").split()
VOCABULARY = sorted(set(OWL))
IDS = [VOCABULARY.index(word) for word in OWL]
torch.set_num_threads(1)
STEPS, LAYERS, HIDDEN = 200, 2, 12
here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "torch_training"


class Model(torch.nn.Module):
    def __init__(self, cell, tie):
        super().__init__()
        self.cell, self.tie = cell, tie
        embedding = HIDDEN if tie else 8
        self.embedding = torch.nn.Embedding(len(VOCABULARY), embedding)
        self.rnn = getattr(torch.nn, cell.upper())(embedding, HIDDEN, LAYERS, batch_first=True)
        self.fc = torch.nn.Linear(HIDDEN, len(VOCABULARY))
        if tie:
            self.fc.weight = self.embedding.weight

    def forward(self, tokens, state=None):  # [B,T] -> [B,T,V]
        hidden, state = self.rnn(self.embedding(tokens), state)
        return self.fc(hidden), state


def new(cell, tie, dtype=torch.float32):
    torch.manual_seed(7)
    return Model(cell, tie).to(dtype)


def save(model, name, context):
    directory = here / name
    directory.mkdir(parents=True, exist_ok=True)
    save_file({k: v.detach().clone() for k, v in model.state_dict().items()}, directory / "model.safetensors")
    config = {"format": 1, "cell": model.cell, "vocabulary_size": len(VOCABULARY), "embedding_size": model.embedding.embedding_dim, "hidden_size": HIDDEN,
              "layers": LAYERS, "dropout": 0.0, "tie_weights": model.tie, "reset_after": True, "context": context}
    (directory / "config.json").write_text(json.dumps(config) + "\n")
    (directory / "tokenizer.json").write_text('{"kind":"word","lowercase":true}\n')
    (directory / "vocabulary.json").write_text(json.dumps({"tokens": VOCABULARY, "unknown": None}) + "\n")


def windows(length, batch):
    """Batches of an epoch: inputs [B,T], targets [B], and that the state starts from zero."""
    starts = range(len(IDS) - length)
    for i in range(0, len(starts), batch):
        chosen = starts[i:i + batch]
        yield torch.tensor([IDS[s:s + length] for s in chosen]), torch.tensor([IDS[s + length] for s in chosen]), True


def stream(length, lanes):
    """Batches of an epoch: inputs and targets [B,T], and whether the state starts from zero."""
    lane = len(IDS) // lanes
    rows = [IDS[r * lane:(r + 1) * lane] for r in range(lanes)]
    for at in range(0, lane - 1, length):
        end = min(at + length, lane - 1)
        yield torch.tensor([r[at:end] for r in rows]), torch.tensor([r[at + 1:end + 1] for r in rows]), at == 0


def detached(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def optimizer_of(model, name, rate):
    if name == "adamw":  # lmkit decays matrices only
        matrices = [p for p in model.parameters() if p.dim() > 1]
        vectors = [p for p in model.parameters() if p.dim() == 1]
        return torch.optim.AdamW([{"params": matrices}, {"params": vectors, "weight_decay": 0.0}], lr=rate)
    return {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[name](model.parameters(), lr=rate)


def train(cell, tie, objective, optimizer_name, rate, clip, dtype=torch.float32):
    model = new(cell, tie, dtype)
    optimizer = optimizer_of(model, optimizer_name, rate)
    length, batch = {"windows": (5, 16), "stream": (4, 3)}[objective]
    losses, clipped = [], 0
    while len(losses) < STEPS:
        state = None
        for inputs, targets, fresh in {"windows": windows, "stream": stream}[objective](length, batch):
            if len(losses) == STEPS:
                break
            optimizer.zero_grad()
            logits, state = model(inputs, None if fresh else detached(state))
            if objective == "windows":
                logits = logits[:, -1:]
            loss = torch.nn.functional.cross_entropy(logits.reshape(-1, len(VOCABULARY)), targets.reshape(-1))
            loss.backward()
            if clip:
                clipped += torch.nn.utils.clip_grad_norm_(model.parameters(), clip).item() > clip
            optimizer.step()
            losses.append(loss.item())
    start = f"start-{cell}{'-tied' if tie else ''}"
    run = {"start": start, "objective": objective, "sequence": length, "batch": batch, "optimizer": optimizer_name, "learning_rate": rate, "clip": clip,
           "clipped": clipped, "rounding": 0.0, "losses": [float(f"{loss:.9g}") for loss in losses]}
    return model, run


def continuation(model, prompt, context):
    ids, new = [VOCABULARY.index(word) for word in prompt.split()], []
    with torch.no_grad():
        while len(new) < 50:
            logits = model(torch.tensor([ids[-context:] if context else ids]))[0][0, -1]
            best, second = logits.topk(2).values.tolist()
            if best - second < 1e-3:
                raise SystemExit(f"{model.cell}, after {prompt!r} and {len(new)} tokens: {best} and {second} are too close")
            ids.append(logits.argmax().item())
            new.append(VOCABULARY[ids[-1]])
    return new


runs, greedy = [], []
for cell in ("rnn", "lstm", "gru"):
    for tie in (False, True):
        save(new(cell, tie), f"start-{cell}{'-tied' if tie else ''}", 0)
        for objective in ("windows", "stream"):
            # Between them, the runs cover each pair of cell, objective, optimizer, clipping and tied weights.
            for optimizer, rate, clip in (("adam", 0.003, 0), ("sgd", 0.5, 0.25)) if not tie else (("adam", 0.01, 0.5), ("sgd", 0.1, 0), ("adamw", 0.01, 0)):
                model, run = train(cell, tie, objective, optimizer, rate, clip)
                exact = train(cell, tie, objective, optimizer, rate, clip, torch.float64)[1]
                run["rounding"] = max(abs(a - b) / b for a, b in zip(run["losses"], exact["losses"]))
                if run["rounding"] > 2e-4:
                    raise SystemExit(f"{run}: rounding grows, float32 and float64 part")
                runs.append(run)
                if tie and optimizer == "adam":
                    context = run["sequence"] if objective == "windows" else 0
                    name = f"trained-{cell}-{objective}"
                    save(model, name, context)
                    for prompt in ("once upon a time", "the owl"):
                        greedy.append({"model": name, "prompt": prompt, "tokens": continuation(model, prompt, context)})
text = json.dumps({"torch": torch.__version__, "runs": runs, "greedy": greedy})
(here / "training.json").write_text(text.replace('{"start"', '\n{"start"').replace('{"model"', '\n{"model"') + "\n")
