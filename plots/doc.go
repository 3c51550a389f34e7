// Package plots draws the pictures of the notebooks and of the command line: loss curves, bars,
// heat maps, labelled points, coloured words and the diagram of a recurrent cell.
//
// A chart is a struct of exported fields; its zero value with data in it is useful. Show puts it
// where the reader is (a notebook or a terminal), Save writes it to a file:
//
//	chart := plots.Loss{Title: "Training", Runs: []plots.Run{{Name: "LSTM", Losses: losses}}}
//	err := plots.Show(chart)             // in a notebook: Vega-Lite, PNG and text in one message
//	err = plots.Save("loss.svg", chart)  // .png .svg .pdf .json
//
// Every chart has two renderers, Vega-Lite v5 (interactive) and gonum/plot (files), which share
// palette, axis ranges, ticks and label places. The palette is Okabe and Ito's, which colour-blind
// readers can tell apart. The same chart always gives the same bytes.
//
// Values that are not finite (NaN, infinities, magnitudes above 1e300) and, on a logarithmic axis,
// values that are not positive are left out: a line has a gap, a bar or a cell is missing. A chart
// with nothing left to draw is an error.
//
// Text is drawn in Liberation Sans, which is part of the program: Latin, Greek and Cyrillic. In PDF
// files letters are outlines, not text that can be searched. SVG and Vega-Lite use the reader's own
// fonts and have no such limits.
//
// The package knows nothing of lmkit; LiveLoss satisfies its training hook by built-in types alone.
package plots
