"""Makes kneserney.json: probabilities of n-gram models, by NLTK and by the formulas.

Made with Python 3.11 and nltk 3.10.4:

    pip install nltk==3.10.4
    python kneserney.py [DIRECTORY]

"nltk" is nltk.lm.KneserNeyInterpolated. It has one discount for all orders, takes none off the single tokens and
does not mix them with 1/V; so the Go test sets these discounts. The text begins with tokens that occur again after
others: NLTK counts a token that follows only at the very beginning among the followers of a context, although
nothing stands before it there, and its probabilities then do not sum to 1.

"modified" is interpolated modified Kneser-Ney, written down from Chen & Goodman 1999 with sets and fractions, and
nothing remembered between two probabilities. Where a discount cannot be estimated, all three are KenLM's.
"""

import json, math, pathlib, random, sys
from collections import Counter
from fractions import Fraction as F

import nltk
from nltk.lm import KneserNeyInterpolated, Vocabulary
from nltk.util import everygrams


def text(seed, length, vocabulary):
    """Words from a seeded chain: some contexts are common, some tokens of the vocabulary never occur."""
    r = random.Random(seed)
    ids = [0, 1, 2]
    while len(ids) < length:
        a, b = ids[-1], ids[-2]
        follows = r.random() < 0.8
        ids.append((a * 3 + b + int(r.expovariate(0.7)) if follows else int(r.expovariate(0.4))) % vocabulary)
    return ids


def grams(ids, n):
    return Counter(tuple(ids[i:i + n]) for i in range(len(ids) - n + 1))


def counts(ids, n, order):
    """c of the formulas, for all n-grams of n tokens."""
    if n == order:
        return grams(ids, n)
    return Counter(g[1:] for g in grams(ids, n + 1))  # distinct (n+1)-grams: each is one token before g[1:]


def discounts(c):
    n = [sum(v == i for v in c.values()) for i in range(5)]
    if 0 not in n[1:]:
        y = F(n[1], n[1] + 2 * n[2])
        d = [F(i) - (i + 1) * y * F(n[i + 1], n[i]) for i in (1, 2, 3)]
        if min(d) > 0:
            return d
    return [F(1, 2), F(1), F(3, 2)]


def modified(ids, vocabulary, order):
    tables = {n: counts(ids, n, order) for n in range(1, order + 1)}
    d = {n: [F(0)] + discounts(tables[n]) for n in tables}

    def probability(context, word):
        context = tuple(context)[-(order - 1):] if order > 1 else ()
        shorter = probability(context[1:], word) if context else F(1, vocabulary)
        n = len(context) + 1
        after = {g: v for g, v in tables[n].items() if g[:-1] == context}
        total = sum(after.values())
        if total == 0:
            return shorter
        c = after.get(context + (word,), 0)
        saved = sum(d[n][min(v, 3)] for v in after.values())
        return (c - d[n][min(c, 3)] + saved * shorter) / total

    return probability, [[float(x) for x in d[n][1:]] for n in sorted(d)]


def probes(seed, vocabulary, order, held):
    r = random.Random(seed)
    list = []
    for _ in range(25):
        i = r.randrange(len(held) - order)
        context = held[i:i + r.randrange(order + 1)]
        list.append((context, r.randrange(vocabulary) if r.random() < 0.4 else held[i + order]))
    return list


out = {"versions": {"python": sys.version.split()[0], "nltk": nltk.__version__}, "nltk": [], "modified": []}
for order, length, vocabulary, discount in [(2, 120, 12, 0.1), (3, 150, 9, 0.75), (4, 200, 7, 0.4)]:
    ids = text(order, length, vocabulary)
    ids += ids[:order]  # what the text begins with has something before it, too
    held = text(order + 100, 60, vocabulary)
    words = [str(i) for i in ids]
    model = KneserNeyInterpolated(order, discount=discount)
    model.fit([everygrams(words, max_len=order)], Vocabulary([str(i) for i in range(vocabulary)]))
    out["nltk"].append({
        "order": order, "vocabulary": vocabulary, "discount": discount, "text": ids,
        "probes": [{"context": c, "next": w, "p": model.score(str(w), [str(i) for i in c[-(order - 1):]])}
                   for c, w in probes(order, vocabulary, order, held)],
    })
for order, length, vocabulary in [(1, 40, 12), (2, 200, 30), (3, 600, 40), (4, 800, 25), (5, 1500, 60), (5, 12, 8)]:
    ids = text(order + 10, length, vocabulary)
    held = text(order + 200, 40, vocabulary)
    probability, d = modified(ids, vocabulary, order)
    assert sum(probability(held[3:3 + order], w) for w in range(vocabulary)) == 1
    loss = -sum(math.log(probability(held[:i], held[i])) for i in range(1, len(held))) / (len(held) - 1)
    out["modified"].append({
        "order": order, "vocabulary": vocabulary, "discounts": d, "text": ids, "held": held, "loss": loss,
        "probes": [{"context": c, "next": w, "p": float(probability(c, w))}
                   for c, w in probes(order, vocabulary, order, held)],
    })
directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
(directory / "kneserney.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
print([(m["order"], m["discounts"], m["loss"]) for m in out["modified"]])
