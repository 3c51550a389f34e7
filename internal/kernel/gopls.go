package kernel

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Gopls becomes gopls, which GoNB starts in a process group of its own, where the end of the kernel would not reach it.
// Gopls notes the process, for endGopls, and on Linux the system ends it if GoNB is killed. It returns the exit status.
func Gopls(arguments []string) int {
	program, err := behind(GoplsName)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	note := filepath.Join(filepath.Dir(os.Getenv(pathVariable)), goplsNote+strconv.Itoa(os.Getpid()))
	if err := os.WriteFile(note, nil, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return become(program, arguments)
}

// goplsNote begins the name of a file in the kernel's temporary directory; the number of a process ends it.
const goplsNote = "gopls-"

// hasGopls reports whether there is a gopls for GoNB to start.
func hasGopls() bool {
	_, err := exec.LookPath(GoplsName)
	return err == nil
}

// endGopls ends the processes that Gopls noted in the kernel's temporary directory.
func endGopls(dir string) {
	notes, _ := filepath.Glob(filepath.Join(dir, goplsNote+"*"))
	for _, note := range notes {
		number, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(note), goplsNote))
		if process, findErr := os.FindProcess(number); err == nil && findErr == nil {
			process.Kill()
		}
	}
}
