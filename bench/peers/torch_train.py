"""Trains in PyTorch what a run of lmkit trained: torch_train.py RUN_DIRECTORY [OUT_DIRECTORY].

Tokens, parts, sizes, initial distributions, seed, batches, optimizer, schedule, clipping and dropout are read from the run's
config.json, run.json and tokens.bin; random numbers are PyTorch's own. Prints an object of JSON after each epoch and at the end, and
leaves the trained model as a model directory in OUT_DIRECTORY, if that is given. It needs torch, safetensors, numpy and lmkit_torch.py.
"""

import json, math, pathlib, struct, sys, time
import numpy, torch
import lmkit_torch

run = pathlib.Path(sys.argv[1])
config, tokenizer, vocabulary, settings = (json.loads((run / f"{name}.json").read_text(encoding="utf-8"))
                                           for name in ("config", "tokenizer", "vocabulary", "run"))
fixed, free = settings["fixed"], settings["free"]


def parts():
    """The ids of the training, validation and test part; docs/corpora.md has the format."""
    data = (run / "tokens.bin").read_bytes()
    magic, version, width = struct.unpack_from("<8sII", data)
    if magic != b"lmktoken" or version != 1:
        raise SystemExit(f"{run / 'tokens.bin'} is no token file of version 1")
    numbers = struct.unpack_from("<11Q", data, 16)
    header = 16 + 11 * 8 + 3 * 32
    ids = torch.from_numpy(numpy.frombuffer(data, dtype={2: "<u2", 4: "<u4"}[width], offset=header).astype(numpy.int64))
    return ids.split(list(numbers[2::3]))


def refuse(*names):
    for group, name in names:
        if group.get(name):
            raise SystemExit(f"the run has {name}, which this script does not know; train without it")


def initialize(model):
    start = fixed["initial_weights"]
    with torch.no_grad():
        if start["range"]:
            for p in model.parameters():
                p.uniform_(-start["range"], start["range"])
        if start["forget_bias"]:
            for name, p in model.named_parameters():
                if "bias_ih" in name:
                    p[config["hidden_size"]:2 * config["hidden_size"]] = start["forget_bias"]


def optimizer_of(model):
    name, rate, parameters = fixed["optimizer"], free["learning_rate"], list(model.parameters())
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=rate)
    if name == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, alpha=free["rms_decay"], eps=1e-8)
    if name == "adamw":  # lmkit decays matrices only
        groups = [{"params": [p for p in parameters if p.dim() > 1], "weight_decay": free["weight_decay"]},
                  {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0}]
        return torch.optim.AdamW(groups, lr=rate)
    return torch.optim.Adam(parameters, lr=rate)


def learning_rate(step, epoch, steps):
    """The rate of a step in an epoch, both counted from 0, of a run of so many steps."""
    options, rate, name = free["schedule_options"], free["learning_rate"], free["schedule"]
    warm = options["warmup_steps"]
    if step < warm:
        return learning_rate(warm, epoch, steps) * (step + 1) / warm
    if name == "cosine":
        return rate * 0.5 * (1 + math.cos(math.pi * min((step - warm) / max(1, steps - warm), 1)))
    if name == "step":
        divisor = options["divisor"] or 10
        if options["constant_epochs"]:
            return rate / divisor ** max(0, epoch + 1 - options["constant_epochs"])
        return rate / divisor ** ((step * 2 >= steps) + (step * 4 >= steps * 3))
    if name != "constant":
        raise SystemExit(f"the run's schedule is {name}, which this script does not know")
    return rate


def detached(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def evaluate(model, ids):
    """The mean loss of all tokens but the first, read as one stream; None for no text."""
    return model.evaluate_ids(ids)["loss"] if len(ids) > 1 else None


def main():
    if fixed["objective"] != "stream":
        raise SystemExit(f"the run's objective is {fixed['objective']}; this script knows stream")
    refuse((fixed["dropouts"], "locked"), (fixed, "from"), (free, "steps"), (free, "patience"), (free, "keep_best"), (free, "skip_not_finite"))
    torch.manual_seed(fixed["seed"])
    train, valid, test = parts()
    model = lmkit_torch.LanguageModel(config, tokenizer, vocabulary)
    initialize(model)
    optimizer, functional = optimizer_of(model), torch.nn.functional
    lanes, length, epochs = fixed["batch"], fixed["sequence"], free["epochs"]
    lane = len(train) // lanes
    rows = train[:lane * lanes].view(lanes, lane)
    per_epoch, step, started = -(-(lane - 1) // length), 0, time.perf_counter()
    dropouts = fixed["dropouts"]
    for epoch in range(epochs):
        state, total = None, 0.0
        for at in range(0, lane - 1, length):
            end = min(at + length, lane - 1)
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(step, epoch, epochs * per_epoch)
            hidden = functional.dropout(model.embedding(rows[:, at:end]), dropouts["embeddings"])
            hidden, state = model.rnn(hidden, state)
            logits = model.fc(functional.dropout(hidden, dropouts["outputs"]))
            loss = functional.cross_entropy(logits.flatten(0, 1), rows[:, at + 1:end + 1].flatten())
            optimizer.zero_grad()
            loss.backward()
            if free["clip_value"]:
                torch.nn.utils.clip_grad_value_(model.parameters(), free["clip_value"])
            if free["clip"]:
                torch.nn.utils.clip_grad_norm_(model.parameters(), free["clip"])
            optimizer.step()
            state, step = detached(state), step + 1
            total += loss.item() * (end - at) * lanes
        print(json.dumps({"epoch": epoch + 1, "loss": total / ((lane - 1) * lanes), "valid_loss": evaluate(model, valid)}), flush=True)
    if len(sys.argv) > 2:
        lmkit_torch.save(model, sys.argv[2])
    print(json.dumps({"test_loss": evaluate(model, test), "steps": step, "seconds": time.perf_counter() - started, "version": torch.__version__}))


main()
