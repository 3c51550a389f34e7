// Package setup installs what lmkit needs beyond Go: the XLA plugin, JupyterLab, the programs that execute notebooks,
// and a Go kernel for them. It installs all of it into one cache directory of the user, and changes nothing else on
// the machine. A second call finds everything installed.
package setup
