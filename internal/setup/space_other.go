//go:build !unix

package setup

// freeSpace does not know the free space on this system.
func freeSpace(string) (free uint64, ok bool) { return 0, false }
