// Package plots draws the pictures of the notebooks and of the command line: loss curves, bars, heat maps, labelled
// points, coloured words and the diagram of a recurrent cell.
//
// A chart is a struct of exported fields. Only the data are required. Show displays it where the reader is, in a
// notebook or a terminal; Save writes it to a file:
//
//	chart := plots.Loss{Title: "Training", Runs: []plots.Run{{Name: "LSTM", Losses: losses}}}
//	err := plots.Show(chart)             // in a notebook: Vega-Lite, PNG and text in one message
//	err = plots.Save("loss.svg", chart)  // .png .svg .pdf .json
//
// Every chart has two renderers, Vega-Lite v5 (interactive) and gonum/plot (files). Both use the same palette, axis
// ranges, ticks and label places. The palette is Okabe and Ito's, whose colours colour-blind readers can distinguish.
// The same chart always gives the same bytes.
//
// Vega-Lite charts stand on the page's own background and take the colour of its text, so that they fit JupyterLab's
// light and dark themes. Files have a white background. The width is fixed: in JupyterLab 4.6 a chart whose width is
// "container" is 0 pixels wide, because its place there is as wide as the chart.
//
// Values that are not finite (NaN, infinities, magnitudes above 1e300) are left out, and so are values that are not
// positive on a logarithmic axis: a line has a gap, a bar or a cell is missing. A chart with nothing left to draw is an
// error.
//
// Text is drawn in Liberation Sans, which is part of the program: Latin, Greek and Cyrillic. In PDF files letters are
// outlines, not text that can be searched. SVG and Vega-Lite use the reader's own fonts and have no such limits.
//
// The package does not import lmkit. LiveLoss satisfies its training hook with built-in types alone.
package plots
