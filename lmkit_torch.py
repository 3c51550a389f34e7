"""Use in PyTorch what lmkit trained, and the other way round. It needs torch and safetensors, and nothing else of lmkit.

    import lmkit_torch

    model = lmkit_torch.load("runs/owl")                       # a torch.nn.Module: embedding, rnn, fc
    print(" ".join(model.generate("once upon a time", length=20, temperature=0.8, seed=1)))
    print(model.evaluate(open("book.txt").read().split()))     # loss in nats and perplexity, as lmkit eval has them
    lmkit_torch.save(model, "runs/owl-2")                      # lmkit generate --model runs/owl-2 ...

Word tokens and byte-pair encoding are lmkit's to make (lmkit tokenize --model runs/owl < book.txt): texts come here as lists of
tokens, or as strings of words with spaces between. docs/model-directory.md describes the files.
"""

import json
import math
import pathlib
import re

import torch
from safetensors.torch import load_file, save_file

FORMAT = 1  # of model directories


class LanguageModel(torch.nn.Module):
    """A recurrent language model. config, tokenizer and vocabulary are the dictionaries of a model directory's JSON files."""

    def __init__(self, config, tokenizer, vocabulary):
        super().__init__()
        if config["format"] != FORMAT:
            raise ValueError(f"format is {config['format']}, and this module reads format {FORMAT}; use the one that came with lmkit")
        self.config, self.tokenizer, self.vocabulary = config, tokenizer, vocabulary
        self.ids = {token: i for i, token in enumerate(vocabulary["tokens"])}
        cell, hidden = config["cell"], config["hidden_size"]
        self.embedding = torch.nn.Embedding(config["vocabulary_size"], config["embedding_size"])
        if cell == "gru" and not config.get("reset_after", True):
            self.rnn = ResetBeforeGRU(config["embedding_size"], hidden, config["layers"], config["dropout"])
        else:
            module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
            self.rnn = module(config["embedding_size"], hidden, config["layers"], batch_first=True, dropout=config["dropout"])
        self.fc = torch.nn.Linear(hidden, config["vocabulary_size"])
        if config["tie_weights"]:
            self.fc.weight = self.embedding.weight

    def forward(self, ids, state=None):
        """Logits [B,T,V] of the token after each of ids [B,T], and the state after the last, as that of torch.nn.LSTM, GRU or RNN."""
        hidden, state = self.rnn(self.embedding(ids), state)
        return self.fc(hidden), state

    def tokens(self, text):
        """The tokens of a text: a list of them, or a string, which is taken apart into characters or, for words, at spaces."""
        if not isinstance(text, str):
            return list(text)
        kind = self.tokenizer.get("kind", "bpe")  # the file of byte-pair encoding is Hugging Face's, and has no kind
        if kind not in ("word", "character"):
            raise ValueError(f"tokens of the kind {kind!r} are lmkit's to make; pass a list of tokens")
        text = text.lower() if self.tokenizer["lowercase"] else text
        return text.split() if kind == "word" else list(text)

    def encode(self, text):
        """The ids [T] of a text's tokens, for which see tokens."""
        tokens, unknown = self.tokens(text), self.ids.get(self.vocabulary.get("unknown"))
        ids = [self.ids.get(token, unknown) for token in tokens]
        if None in ids:
            raise ValueError(f"token {ids.index(None) + 1}, {tokens[ids.index(None)]!r}, is not in the vocabulary")
        return torch.tensor(ids, dtype=torch.long, device=self.fc.weight.device)

    @torch.no_grad()
    def generate(self, prompt, length=20, temperature=1.0, seed=None, context=None):
        """Continues a prompt by length tokens, which it yields one by one.

        Temperature 0 is greedy. The random numbers are PyTorch's: the same seed gives the same text here, not the one that lmkit
        gives. A context re-reads that many tokens from a zero state for each new one, 0 carries the state; None is the model's rule.
        """
        if length < 0 or not 0 <= temperature < math.inf:
            raise ValueError(f"length is {length} and temperature {temperature}; both must be 0 or more")
        context = self.config.get("context", 0) if context is None else context
        random = torch.Generator(device=self.fc.weight.device)
        random.manual_seed(seed) if seed is not None else random.seed()
        was_training = self.training
        self.eval()
        try:
            ids, state, read = self.encode(prompt), None, 0
            for _ in range(length):
                if len(ids) == 0:
                    logits = self.fc.bias
                else:
                    if context:
                        state, read = None, max(0, len(ids) - context)
                    logits, state = self(ids[None, read:], state)
                    logits, read = logits[0, -1], len(ids)
                if temperature == 0:
                    new = logits.argmax()
                else:
                    new = torch.multinomial(torch.softmax(logits.double() / temperature, -1), 1, generator=random)[0]
                ids = torch.cat([ids, new[None]])
                yield self.vocabulary["tokens"][new]
        finally:
            self.train(was_training)

    @torch.no_grad()
    def evaluate(self, text, context=None):
        """How well the model predicts a text's tokens but the first, by the rule of lmkit eval: {"tokens", "loss", "perplexity"}."""
        return self.evaluate_ids(self.encode(text), context)

    @torch.no_grad()
    def evaluate_ids(self, ids, context=None):
        """As evaluate, for the ids [T] of a text's tokens."""
        if len(ids) < 2:
            raise ValueError(f"the text has {len(ids)} tokens, and evaluation needs at least 2")
        context = self.config.get("context", 0) if context is None else context
        was_training = self.training
        self.eval()
        total, state = 0.0, None
        carried = len(ids) if context == 0 else min(len(ids), context + 1)  # up to there a prediction has less before it than a context
        for start in range(0, carried - 1, 256):
            end = min(start + 256, carried - 1)
            logits, state = self(ids[None, start:end], state)
            total += cross_entropy(logits[0], ids[start + 1:end + 1])
        end = len(ids) - carried + 1
        for start in range(1, end, 256):
            starts = torch.arange(start, min(start + 256, end), device=ids.device)
            windows = ids[starts[:, None] + torch.arange(context, device=ids.device)]
            total += cross_entropy(self(windows)[0][:, -1], ids[starts + context])
        self.train(was_training)
        loss = total / (len(ids) - 1)
        return {"tokens": len(ids), "loss": loss, "perplexity": math.exp(loss)}


def cross_entropy(logits, targets):
    """The sum over rows, in double precision: a long text has many small parts."""
    return torch.nn.functional.cross_entropy(logits.double(), targets, reduction="sum").item()


class ResetBeforeGRU(torch.nn.Module):
    """The GRU of Cho et al. 2014, which PyTorch lacks: the reset gate is applied before the product, and z selects the new state.

    reset = sigmoid(W_ir x + b_ir + W_hr h + b_hr),  update = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
    candidate = tanh(W_in x + b_in + W_hn (reset * h) + b_hn),  h' = (1 - update) h + update candidate
    """

    def __init__(self, inputs, hidden, layers, dropout):
        super().__init__()
        self.hidden, self.layers, self.dropout = hidden, layers, dropout
        for layer in range(layers):
            for name, shape in (("weight_ih", (3 * hidden, hidden if layer else inputs)), ("weight_hh", (3 * hidden, hidden)),
                                ("bias_ih", (3 * hidden,)), ("bias_hh", (3 * hidden,))):
                values = torch.empty(shape).uniform_(-hidden ** -0.5, hidden ** -0.5)
                self.register_parameter(f"{name}_l{layer}", torch.nn.Parameter(values))

    def forward(self, x, state=None):
        """As torch.nn.GRU with batch_first: x [B,T,I], state [layers,B,H]."""
        state = x.new_zeros(self.layers, x.shape[0], self.hidden) if state is None else state
        finals = []
        for layer in range(self.layers):
            if layer and self.dropout:
                x = torch.nn.functional.dropout(x, self.dropout, self.training)
            h, outputs = state[layer], []
            w_reset, w_update, w_candidate = getattr(self, f"weight_hh_l{layer}").chunk(3)
            b_reset, b_update, b_candidate = getattr(self, f"bias_hh_l{layer}").chunk(3)
            inputs = torch.nn.functional.linear(x, getattr(self, f"weight_ih_l{layer}"), getattr(self, f"bias_ih_l{layer}"))
            for i_reset, i_update, i_candidate in (step.chunk(3, -1) for step in inputs.unbind(1)):
                reset = torch.sigmoid(i_reset + h @ w_reset.T + b_reset)
                update = torch.sigmoid(i_update + h @ w_update.T + b_update)
                candidate = torch.tanh(i_candidate + (reset * h) @ w_candidate.T + b_candidate)
                h = (1 - update) * h + update * candidate
                outputs.append(h)
            x = torch.stack(outputs, 1)
            finals.append(h)
        return x, torch.stack(finals)


def load(directory):
    """Reads a model directory and returns its LanguageModel, in evaluation mode."""
    directory = pathlib.Path(directory)
    config, tokenizer, vocabulary = (json.loads((directory / f"{name}.json").read_text(encoding="utf-8")) for name in ("config", "tokenizer", "vocabulary"))
    model = LanguageModel(config, tokenizer, vocabulary)
    weights = {re.sub(r"^(lstm|gru)\.", "rnn.", name): value for name, value in load_file(directory / "model.safetensors").items()}
    if config["tie_weights"]:
        weights.setdefault("fc.weight", weights.get("embedding.weight"))
    model.load_state_dict(weights)
    return model.eval()


def save(model, directory):
    """Writes a LanguageModel as a model directory, which is made if need be; files of other names stay."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer", "vocabulary", "config"):
        (directory / f"{name}.json").write_text(json.dumps(getattr(model, name), ensure_ascii=False) + "\n", encoding="utf-8")
    weights = {name: value.detach().cpu().float().clone().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, directory / "model.safetensors", metadata={"format": "pt"})
