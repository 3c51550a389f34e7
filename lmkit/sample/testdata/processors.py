"""Makes processors.json: probabilities after Hugging Face's logits processors, in float64.

Made with transformers 5.23.0 and torch 2.15.0:

    pip install transformers torch
    python processors.py
"""

import json, pathlib
import torch
from transformers.generation import logits_process as p

torch.manual_seed(0)
cases = []
settings = [
    {}, {"temperature": 0.5}, {"temperature": 2.0}, {"temperature": 1.0, "top_k": 1}, {"temperature": 1.0, "top_k": 3}, {"temperature": 0.7, "top_k": 50},
    {"temperature": 1.0, "top_p": 0.5}, {"temperature": 1.0, "top_p": 0.9}, {"temperature": 1.3, "top_p": 0.01}, {"temperature": 1.0, "min_p": 0.1},
    {"temperature": 1.5, "min_p": 0.5}, {"temperature": 1.0, "min_p": 1.0}, {"temperature": 1.0, "repetition_penalty": 1.3},
    {"temperature": 1.0, "repetition_penalty": 0.7}, {"temperature": 0.8, "top_k": 7, "top_p": 0.8, "min_p": 0.05, "repetition_penalty": 1.2},
    {"temperature": 2.5, "top_k": 12, "top_p": 0.95, "min_p": 0.01, "repetition_penalty": 2.0},
]
for size, scale in ((5, 1.0), (30, 2.0), (30, 8.0)):
    logits = torch.randn(size) * scale
    previous = torch.randint(size, (6,))
    for s in settings:
        s = {"temperature": 1.0} | s
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
        cases.append({"logits": logits.tolist(), "previous": previous.tolist(), "settings": s, "probabilities": torch.softmax(scores[0], 0).tolist()})
path = pathlib.Path(__file__).parent / "processors.json"
path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
