package text

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
)

// smallFile returns a tokenizer.json of 257 tokens in one line.
func smallFile(t testing.TB) string {
	b, err := BPE{VocabularySize: 257}.Train(context.Background(), strings.NewReader("owl owl"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := MarshalTokenizer(b)
	if err != nil {
		t.Fatal(err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, data); err != nil {
		t.Fatal(err)
	}
	return line.String()
}

func TestHuggingFaceFiles(t *testing.T) {
	file := smallFile(t)
	const added = `{"id":257,"content":"<|end|>","single_word":false,"lstrip":false,"rstrip":false,` +
		`"normalized":false,"special":true}`
	noneAdded := `"added_tokens":[]`
	adding := func(list string) string { return `"added_tokens":[` + list + `]` }
	addingEdited := func(old, new string) string { return adding(strings.Replace(added, old, new, 1)) }
	for _, c := range []struct {
		name, old, new string
		want           string // part of the error; "": accepted
	}{
		{"as written", "", "", ""},
		{"merges as pairs", `["o w"]`, `[["o","w"]]`, ""},
		{"our kind", `{"version"`, `{"kind":"bpe","version"`, ""},
		{"another kind", `{"version"`, `{"kind":"word","version"`, `kind is "word"`},
		{"no type, as in older files", `"type":"BPE",`, ``, ""},
		{"added token", noneAdded, adding(added), ""},
		{"post-processor", `"post_processor":null`, `"post_processor":{"type":"ByteLevel","trim_offsets":false}`, ""},
		{"unknown token, which never occurs", `"unk_token":null`, `"unk_token":"!"`, ""},

		{"cut off", `]}}`, ``, "unexpected end"},
		{"two values", `]}}`, `]}}{}`, "after top-level value"},
		{"unknown key", `{"version"`, `{"colour":1,"version"`, "colour"},
		{"version", `"1.0"`, `"2.0"`, `version is "2.0"`},
		{"truncation", `"truncation":null`, `"truncation":{"max_length":8}`, "truncation is an object; only null"},
		{"padding", `"padding":null`, `"padding":{}`, "padding is"},
		{"normalizer", `"normalizer":null`, `"normalizer":{"type":"NFC"}`, "normalizer is NFC"},
		{"pre-tokenizer", `"pre_tokenizer":{"type":"ByteLevel"`, `"pre_tokenizer":{"type":"Whitespace"`,
			"pre_tokenizer is Whitespace"},
		{"no pre-tokenizer", `"pre_tokenizer":{`, `"pre_tokenizer":null,"decoder":{`, "pre_tokenizer is null"},
		{"prefix space", `"add_prefix_space":false`, `"add_prefix_space":true`,
			"pre_tokenizer.add_prefix_space is true"},
		{"no prefix space", `"add_prefix_space":false,`, ``, "pre_tokenizer.add_prefix_space is missing"},
		{"no pattern", `"use_regex":true`, `"use_regex":false`, "pre_tokenizer.use_regex"},
		{"decoder", `"decoder":{"type":"ByteLevel"`, `"decoder":{"type":"Metaspace"`, "decoder is Metaspace"},
		{"post-processor", `"post_processor":null`, `"post_processor":{"type":"TemplateProcessing"}`,
			"post_processor is TemplateProcessing"},
		{"model", `"type":"BPE"`, `"type":"WordPiece"`, "model.type is WordPiece"},
		{"model's key", `"dropout"`, `"dropped"`, `model: json: unknown field "dropped"`},
		{"dropout", `"dropout":null`, `"dropout":0.1`, "model.dropout is 0.1"},
		{"prefix", `"continuing_subword_prefix":null`, `"continuing_subword_prefix":"##"`,
			`model.continuing_subword_prefix is "##"`},
		{"suffix", `"end_of_word_suffix":null`, `"end_of_word_suffix":"</w>"`, "model.end_of_word_suffix"},
		{"ignored merges", `"ignore_merges":false`, `"ignore_merges":true`, "model.ignore_merges"},
		{"token twice", `"ow":256`, `"ow":256,"ow":257`, `vocab: "ow" occurs twice`},
		{"id twice", `"ow":256`, `"ow":255`, `the 257 ids must be 0 to 256`},
		{"a gap", `"ow":256`, `"ow":257`, `the id of "ow" is 257`},
		{"id of another type", `"ow":256`, `"ow":"x"`, `vocab: the id of "ow"`},
		{"id not whole", `"ow":256`, `"ow":1.5`, `vocab: the id of "ow" is 1.5`},
		{"vocabulary of another type", `"vocab":{`, `"vocab":[],"x":{`, "vocab must be"},
		{"a byte is missing", `"!":0`, `"!!":0`, `vocab lacks "!"`},
		{"merge of unknown tokens", `"o w"`, `"o xx"`, `model.merges[0]: "xx" is not in model.vocab`},
		{"merge to an unknown token", `"o w"`, `"o o"`, `model.merges[0]: "oo" is not in model.vocab`},
		{"merge twice", `"o w"`, `"o w","o w"`, `model.merges[1]: "o" and "w" are merged in model.merges[0]`},
		{"merge of three", `"o w"`, `"o w l"`, `merges: "o w l"`},
		{"merge of one", `"o w"`, `["o"]`, `merges: ["o"]`},
		{"merge of another type", `"o w"`, `7`, `merges: 7`},
		{"added token twice", noneAdded, adding(added + `,` + added), `added_tokens[1]: "<|end|>" occurs twice`},
		{"added token's id", noneAdded, addingEdited("257", "300"), `added_tokens[0].id is 300`},
		{"added token is empty", noneAdded, addingEdited("<|end|>", ""), `added_tokens[0].content is empty`},
		{"added token strips", noneAdded, addingEdited(`"lstrip":false`, `"lstrip":true`),
			`added_tokens[0]: single_word, lstrip`},
		{"added token is a byte's symbol", noneAdded, addingEdited("<|end|>", "Ġ"),
			`added_tokens[0]: "Ġ" stands for`},
		{"added token of another type", noneAdded, adding(`"x"`), `added_tokens`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(file, c.old) {
				t.Fatalf("the file has no %s", c.old)
			}
			_, err := ParseTokenizer([]byte(strings.Replace(file, c.old, c.new, 1)))
			if c.want != "" {
				want.Error(t, err, c.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// FuzzParseTokenizer changes a file of Hugging Face's in one place. A whole file is too long for the fuzzer to change
// well.
func FuzzParseTokenizer(f *testing.F) {
	file := []byte(smallFile(f))
	for _, edit := range []struct{ old, new string }{
		{"", ""},
		{`"added_tokens":[]`, `"added_tokens":[{"id":257,"content":"<|end|>","special":true},` +
			`{"id":258,"content":"end","normalized":true}]`},
		{`"ow":256`, `"ow":256,"owl":257`}, {`["o w"]`, `["o w","ow l"]`}, {`"BPE"`, `"WordLevel"`}, {`}}`, `}`},
		{"false", "true"},
	} {
		f.Add(uint16(bytes.Index(file, []byte(edit.old))), uint16(len(edit.old)), []byte(edit.new), "owl <|end|> é\xff")
	}
	f.Fuzz(func(t *testing.T, start, length uint16, with []byte, text string) {
		from := min(int(start), len(file))
		to := min(from+int(length), len(file))
		tokenizer, err := ParseTokenizer(slices.Concat(file[:from], with, file[to:]))
		if err != nil {
			return
		}
		tokens := tokenizer.Tokenize(text)
		if b, ok := tokenizer.(BPE); ok {
			if joined := b.Join(tokens); joined != text {
				t.Errorf("%q came back as %q", text, joined)
			}
			if _, err := b.Vocabulary().Encode(tokens); err != nil {
				t.Error(err)
			}
		}
		data, err := MarshalTokenizer(tokenizer)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseTokenizer(data)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if got := again.Tokenize(text); !slices.Equal(got, tokens) {
			t.Errorf("written and read again, the tokens of %q are %q, want %q", text, got, tokens)
		}
	})
}
