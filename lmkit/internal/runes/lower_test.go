package runes

import "testing"

// TestLower compares Lower with what Python 3.11.7 makes of letters whose lower case depends on their neighbors.
func TestLower(t *testing.T) {
	for text, want := range map[string]string{
		"ΟΔΟΣ ΣΑΣ Σ":        "οδος σας σ",
		"ΑΣ.Α ΑΣ’ Α\u0301Σ": "ασ.α ας’ α\u0301ς",
		"ΑΣ·Α ΑΣ\u0387Α":    "ασ·α ασ\u0387α",
		"ΑΣ\u2027Α ΑΣ1Α":    "ασ\u2027α ας1α",
		"İSTANBUL I":        "i\u0307stanbul i",
	} {
		if got := Lower(text); got != want {
			t.Errorf("Lower(%q) is %q, want %q", text, got, want)
		}
	}
}

// TestUnlowered goes back from each byte of a text in lower case to the character that it comes from.
func TestUnlowered(t *testing.T) {
	const text = "aİΣẞ\u2126Ⱥb"
	lower := 0
	for at, r := range text {
		if got := Unlowered(text, lower); got != at {
			t.Errorf("%q is at byte %d, want %d", r, got, at)
		}
		lower += LowerLen(r)
	}
	if lower != len(Lower(text)) || Unlowered(text, lower) != len(text) {
		t.Errorf("the end is at byte %d, want %d; in lower case %d, want %d",
			Unlowered(text, lower), len(text), lower, len(Lower(text)))
	}
}
