"""Makes bpe.json: what Hugging Face's tokenizers learn and encode for hard cases and for books.

Made with tokenizers 0.23.3, which looks characters up in Unicode 16:

    pip install tokenizers==0.23.3
    python bpe.py [DIRECTORY [kjv=kjv.txt]]

It also reads written.json, which `go test -run TestWrittenFile -update` makes, to show that the library reads our
files. Of books it keeps numbers and hashes only. Opticks comes with Go's sources; lmkit corpus get kjv --out kjv.txt
fetches the King James Bible, without which its numbers stay as they are.
"""

import hashlib, json, pathlib, random, struct, subprocess, sys
import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).parent

TEXTS = [
    "", " ", "  ", "\n", "\r\n", "\t", "a", "é", "🦉", "\0", "'", "''", "'s", "'S", "'ll", "'l", "'re", "'ve",
    "Once upon a time, in a land far away, there lived a wise old owl.",
    "The owl watched over the forest and guided the creatures.",
    "I've don't can't we'll they're he'd I'm it's o'clock rock'n'roll 'tis ''quoted'' "
    "'start 'srt 'revel 'vex 'llama 'dog 'mat",
    "IT'S DON'T WE'LL THEY'RE I'VE", "it’s don’t we’ll", "a's's't're", " 's 't '", "x''s", "'s's 's", "…'s",
    "one  two   three    four", "trailing   ", "   leading", "tabs\t\tand\t spaces \t\n",
    "line\nline\n\nline\n\n\nline", "  \n  x", " \n", "\n ",
    "a\r\nb\r\n\r\nc\rd", "x \u00a0y\u00a0\u00a0z", "em\u2003space\u3000ideographic\u2028line\u2029paragraph\u0085next",
    "zero\u200bwidth\u200djoiner\ufeff",
    "0 1 12 123 1234 3.14 1,000,000 0x1F 2nd ½ ² ⅷ Ⅷ ٣٤ ৭", "v2.0.1-rc3+build.5", "a1b2c3", "1st2nd",
    "$3.88 (roughly 3,36 euros) 50% #5 @home",
    "e\u0301 e\u0301e\u0301 a\u030a\u0323 n\u0303 \u0301alone", "नमस्ते दुनिया", "สวัสดีชาวโลก", "안녕하세요 세계",
    "こんにちは、世界。", "你好，世界！", "שלום עולם", "مرحبا بالعالم",
    "Ünïcödé straße ÆØÅ ﬁ ﬀ Ǆ ǅ İı", "Привет, мир! Ёлка", "Ελληνικά ς Σ", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙𝟚 𐍈",
    "🦉🦉 🦉  🦉", "👨‍👩‍👧‍👦 👍🏽 🇩🇪🇫🇷 ☂️ ❤️‍🔥", "a🦉b 1🦉2 🦉's",
    "\U0001fae8\U0001faef\u1c89\U0001ccf0\U0002ebf0 new in Unicode 15.1 and 16",
    "----------", "-- --- ---- -----", "....", "!!??!!", "== === ====", "________", "a_b __init__",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abababababab", "ha ha haha hahaha",
    "<html>&amp;</html> {\"k\": [1, 2]} \\n \"q\"", "if (x<=y) { return a[i++]; } // c",
    "https://example.org/a?b=c&d=%20#e", "C:\\dir\\file.txt",
    "\x01\x02\x7f\x80\x9f\xa0\xad\xff", "Ġ Ċ ĉ the Ġthe", "<|endoftext|>", "<|end|><|endoftext|>x<|end",
    "\u0378\ue000\U0010ffff\ufffd",
    "the " * 40, "x" * 300, "ab" * 150, " " * 70, "\n" * 33,
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
]


def bare(vocab=None, merges=None):
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges) if vocab else models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(text, size, frequency, special=()):
    tokenizer = bare()
    tokenizer.train_from_iterator([text], trainers.BpeTrainer(
        vocab_size=size, min_frequency=frequency, special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return tokenizer


def merges(tokenizer):
    return [" ".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


def ids_hash(ids):
    return hashlib.sha256(struct.pack(f"<{len(ids)}i", *ids)).hexdigest()


def trained(text, size, frequency):
    tokenizer = train(text, size, frequency)
    return {"text": text, "vocabulary_size": size, "min_frequency": frequency, "tokens": tokenizer.get_vocab_size(),
            "merges": merges(tokenizer), "ids": [tokenizer.encode(t).ids for t in TEXTS]}


def random_texts():
    """Trains on texts of few letters, in which many pairs overlap or are equally frequent. Merges are hashed."""
    cases = []
    for seed in range(60):
        r = random.Random(seed)
        letters = r.choice(["ab", "abc", "a", "-=", "aé", "abcdef \n", "-. 1"])
        text = "".join(r.choice(letters) * r.choice([1, 1, 1, 2, 3, 5, 8]) + (" " if r.random() < .2 else "")
                       for _ in range(r.choice([20, 60, 200])))
        size, frequency = 256 + r.choice([5, 20, 60, 200, 1000]), r.choice([1, 2, 3])
        tokenizer = train(text, size, frequency)
        cases.append({"text": text, "vocabulary_size": size, "min_frequency": frequency,
                      "tokens": tokenizer.get_vocab_size(),
                      "merges_sha256": hashlib.sha256("\n".join(merges(tokenizer)).encode()).hexdigest(),
                      "ids_sha256": ids_hash(tokenizer.encode(text).ids)})
    return cases


def foreign():
    """Makes files that lmkit does not write: with special tokens, other added tokens, two merges to the same token."""
    corpus = "\n".join(TEXTS)
    special = train(corpus, 320, 2, ["<|endoftext|>", "<pad>"])
    special.add_tokens(["owl", "owls in", AddedToken("e\u0301", normalized=False), "  "])
    special.add_special_tokens(["<|end|>", "<|end|><|end|>"])
    cases = [special]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    for seed in range(4):
        r = random.Random(seed)
        tokens, pairs = list(alphabet), []
        parts = ["a", "b", "c"]
        while len(pairs) < 60:
            a, b = r.choice(parts), r.choice(parts)
            if (a, b) in pairs or len(a + b) > 6:
                continue
            pairs.append((a, b))
            if a + b not in tokens:
                tokens.append(a + b)
                parts.append(a + b)
        cases.append(bare({t: i for i, t in enumerate(tokens)}, pairs))
    r = random.Random(0)
    texts = ["an owl, owls in the <pad> night<|end|><|end|><|end|>.<|endoftext|> owlowls inowls e\u0301\u0301  x   y"]
    texts += ["".join(r.choice("abc") for _ in range(n)) for n in [3, 5, 8, 13, 40, 200]]
    return [{"file": json.loads(c.to_str()), "texts": texts, "ids": [c.encode(t).ids for t in texts],
             "decoded": [c.decode(c.encode(t).ids, skip_special_tokens=False) for t in texts]} for c in cases]


def decoded():
    """Decodes bytes that are not UTF-8."""
    tokenizer, r, cases = train("", 256, 1), random.Random(0), []
    for length in [1, 2, 3, 4, 5, 9] * 30:
        pool = [0x41, 0x80, 0xbf, 0xc3, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0xa6, 0x89, 0xf4, 0x90, 0xff, 0xc0,
                0xe0]
        content = bytes(r.choice(pool) for _ in range(length))
        symbols = {b: chr(b) for b in [*range(33, 127), *range(161, 173), *range(174, 256)]}
        for i, b in enumerate(b for b in range(256) if b not in dict.fromkeys(symbols)):
            symbols[b] = chr(256 + i)
        ids = [tokenizer.token_to_id(symbols[b]) for b in content]
        cases.append({"bytes": content.hex(), "text": tokenizer.decode(ids)})
    return cases


def classes():
    """Returns a letter for each code point: its class in GPT-2's pattern, seen from what the pattern keeps together."""
    split = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str
    letters = []
    for point in range(0x110000):
        if 0xd800 <= point < 0xe000:
            continue
        whole = [name for before, name in [("a", "L"), ("1", "N"), ("!", "O")] if len(split(before + chr(point))) == 1]
        letters.append(whole[0] if whole else "S")
    return {"count": {name: letters.count(name) for name in "LNOS"},
            "sha256": hashlib.sha256("".join(letters).encode()).hexdigest()}


def book(path):
    text = path.read_bytes().decode()
    tokenizer = train(text, 4000, 2)
    ids = tokenizer.encode(text).ids
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "vocabulary_size": 4000, "min_frequency": 2,
            "tokens": tokenizer.get_vocab_size(),
            "merges_sha256": hashlib.sha256("\n".join(merges(tokenizer)).encode()).hexdigest(), "ids": len(ids),
            "ids_sha256": ids_hash(ids)}


def books():
    root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    found = {"opticks": book(pathlib.Path(root) / "src/testdata/Isaac.Newton-Opticks.txt")}
    before = HERE / "bpe.json"
    if before.exists():
        found = json.loads(before.read_text())["books"] | found
    arguments = (argument.split("=", 1) for argument in sys.argv[2:])
    return found | {name: book(pathlib.Path(path)) for name, path in arguments}


def written():
    path = HERE / "written.json"
    if not path.exists():
        return []
    tokenizer = Tokenizer.from_file(str(path))
    return [tokenizer.encode(t).ids for t in TEXTS]


corpus = "\n".join(TEXTS)
golden = {
    "library": "tokenizers " + tokenizers.__version__, "texts": TEXTS,
    "trained": [trained(corpus, 400, 2), trained(corpus, 1200, 1), trained(" ".join(TEXTS[18:21]), 300, 2)],
    "random": random_texts(), "foreign": foreign(), "decoded": decoded(), "classes": classes(), "books": books(),
    "written": written(),
}
lines = [json.dumps(key) + ":" + json.dumps(value, ensure_ascii=False, separators=(",", ":"))
         for key, value in golden.items()]
(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE) / "bpe.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
