package corpora

import "owlm/lmkit/text"

// OwlText is the tutorial's text: three sentences, 43 tokens and 30 types in lower case.
const OwlText = `
Once upon a time, in a land far away, there lived a wise old owl.
The owl watched over the forest and guided the creatures.
Every night, under the bright moonlight, the owl would share stories.
`

// Owl is OwlText as a source.
var Owl = text.String("owl", OwlText)
