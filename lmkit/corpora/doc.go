// Package corpora has the texts that lmkit knows by name: the tutorial's three sentences about an owl, Newton's Opticks and the King James
// Bible. Each is a text.Source, and its plain text is compared with a hash, so that numbers that were measured on it compare.
package corpora
