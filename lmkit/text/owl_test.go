package text

// owl is a copy of corpora.OwlText, because package corpora imports this one.
const owl = `
Once upon a time, in a land far away, there lived a wise old owl.
The owl watched over the forest and guided the creatures.
Every night, under the bright moonlight, the owl would share stories.
`
