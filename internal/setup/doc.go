// Package setup installs what lmkit needs beyond Go: the XLA plugin, JupyterLab and the programs
// that execute notebooks, a Go kernel for them. All of it goes into one cache directory of
// the user; nothing else on the machine is changed. A second call finds everything in place.
package setup
