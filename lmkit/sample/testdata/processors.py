"""Makes processors.json: probabilities after Hugging Face's logits processors, in float64 and in the order of generate().

Made with transformers 5.23.0 and torch 2.15.0:

    pip install transformers torch
    python processors.py [DIRECTORY]
"""

import itertools, json, pathlib, sys
import torch
from transformers.generation import logits_process as p

torch.manual_seed(0)
# Each processor alone, and every combination of them.
alone = [
    {}, {"temperature": 0.5}, {"temperature": 2.0}, {"top_k": 1}, {"top_k": 3}, {"temperature": 0.7, "top_k": 50}, {"top_p": 0.5}, {"top_p": 0.9},
    {"temperature": 1.3, "top_p": 0.01}, {"min_p": 0.1}, {"temperature": 1.5, "min_p": 0.5}, {"min_p": 1.0}, {"repetition_penalty": 1.3}, {"repetition_penalty": 0.7},
]
values = {"temperature": (0.6, 1.7), "top_k": (7, 20), "top_p": (0.8, 0.97), "min_p": (0.02, 0.2), "repetition_penalty": (1.2, 2.0)}
combined = [dict(zip(names, choice)) for n in range(2, 6) for names in itertools.combinations(values, n) for choice in zip(*(values[name] for name in names))]


def probabilities(logits, previous, s):
    scores, ids = logits.double().unsqueeze(0), previous.unsqueeze(0)
    if "repetition_penalty" in s:
        scores = p.RepetitionPenaltyLogitsProcessor(s["repetition_penalty"])(ids, scores)
    scores = p.TemperatureLogitsWarper(s["temperature"])(ids, scores)
    if "top_k" in s:
        scores = p.TopKLogitsWarper(s["top_k"])(ids, scores)
    if "top_p" in s:
        scores = p.TopPLogitsWarper(s["top_p"])(ids, scores)
    if "min_p" in s:
        scores = p.MinPLogitsWarper(s["min_p"])(ids, scores)
    return torch.softmax(scores[0], 0)


cases = []
for size, scale in ((5, 1.0), (30, 2.0), (30, 8.0), (60, 4.0)):
    logits = torch.randn(size) * scale
    if size == 60:  # ties, and tokens that are ruled out
        logits, logits[-3:] = logits.round(), float("-inf")
    previous = torch.randint(size, (6,))
    for s in alone + combined:
        s = {"temperature": 1.0} | s
        if size == 60 and "top_p" in s:
            continue  # among equal tokens, which ones top-p keeps is open
        cases.append({"logits": [max(v, -3e38) for v in logits.tolist()], "previous": previous.tolist(), "settings": s,
                      "probabilities": [float(f"{v:.9g}") for v in probabilities(logits, previous, s).tolist()]})
path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "processors.json"
path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
