package corpora

import "owlm/lmkit/text"

// OwlText is the text of the tutorial: three sentences with 43 words, 30 of them distinct, in lower case.
const OwlText = `
Once upon a time, in a land far away, there lived a wise old owl.
The owl watched over the forest and guided the creatures.
Every night, under the bright moonlight, the owl would share stories.
`

// Owl is a source with OwlText.
var Owl = text.String("owl", OwlText)
