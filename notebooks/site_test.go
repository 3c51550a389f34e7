package notebooks

import (
	"context"
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

// checkSite checks the HTML pages that a run wrote to a directory with the notebooks: nothing is loaded from outside,
// links lead to pages that are there, the index lists all notebooks in order, and the charts are in the pages and, if
// there is a browser, drawn.
func checkSite(t *testing.T, dir string, all []notebook) {
	t.Helper()
	index := readPage(t, dir, "index")
	rest := index
	for _, n := range all {
		if isSolution(n.Name) {
			if !strings.Contains(index, `href="`+n.Name+`.html">`) {
				t.Errorf("the index does not list %s", n.Name)
			}
		} else if _, after, found := strings.Cut(rest, `<a href="`+n.Name+`.html">`); found {
			rest = after
		} else {
			t.Errorf("the index does not list %s after the notebooks before it", n.Name)
		}
		checkCharts(t, dir, n)
		checkDrawn(t, dir, n)
	}
	for _, e := range readTable(t, "contents.txt") {
		_, err := os.Stat(filepath.Join(dir, e.notebook+".html"))
		if there := strings.Contains(index, html.EscapeString(e.text)); there != (err == nil) {
			t.Errorf("the index says what %s is about: %v, want %v", e.notebook, there, err == nil)
		}
	}
	scripts, err := filepath.Glob(filepath.Join(dir, "*.js"))
	if err != nil || len(scripts) != 1 || filepath.Base(scripts[0]) != "charts.js" {
		t.Fatalf("the scripts are %v, want charts.js alone: %v", scripts, err)
	}
	script, err := os.ReadFile(scripts[0])
	for _, part := range []string{"University of Washington", "vegaEmbed(place"} {
		if !strings.Contains(string(script), part) {
			t.Errorf("charts.js has no %q: %v", part, err)
		}
	}
}

func readPage(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name+".html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	checkReferences(t, dir, name, page)
	return page
}

var (
	reference    = regexp.MustCompile(`<(\w+)[^>]*?\s(?:src|href)=["']?([^"'\s>]+)`)
	cssReference = regexp.MustCompile(`url\(\s*["']?([^"')]{0,60})|@import\s*([^;]*)`)
)

// checkReferences checks what a page loads, and where its links lead.
func checkReferences(t *testing.T, dir, name, page string) {
	t.Helper()
	for _, match := range reference.FindAllStringSubmatch(page, -1) {
		tag, target := match[1], match[2]
		file, _, _ := strings.Cut(target, "#")
		switch {
		case strings.HasPrefix(target, "data:"), tag == "a" && strings.Contains(target, "://"):
		case tag != "a" && path.Join(path.Dir(name), target) != "charts.js":
			t.Errorf("%s.html loads %s", name, target)
		case file != "":
			file = path.Join(path.Dir(name), file)
			if _, err := os.Stat(filepath.Join(dir, file)); err != nil || !filepath.IsLocal(file) {
				t.Errorf("%s.html refers to %s, which is not part of the site", name, target)
			}
		}
	}
	for _, match := range cssReference.FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(match[1], "data:") {
			t.Errorf("the style of %s.html loads %s", name, match[0])
		}
	}
}

// chartsOf returns the Vega-Lite charts in the outputs of a notebook.
func chartsOf(n notebook) (charts []any) {
	for _, c := range n.Cells {
		for _, o := range c.Outputs {
			if chart := o.Data["application/vnd.vegalite.v5+json"]; chart != nil {
				charts = append(charts, chart)
			}
		}
	}
	return charts
}

var chartScript = regexp.MustCompile(`(?s)<script type="application/vnd.vegalite.v5\+json">(.*?)</script>`)

// checkCharts checks that the page of a notebook has its charts, each beside its picture, and no other script than the
// one that draws them.
func checkCharts(t *testing.T, dir string, n notebook) {
	t.Helper()
	page := readPage(t, dir, n.Name)
	want, found := chartsOf(n), chartScript.FindAllStringSubmatch(page, -1)
	if len(found) != len(want) || strings.Count(page, `<figure class="chart">`) != len(want) {
		t.Errorf("%s.html has %d charts, the notebook %d", n.Name, len(found), len(want))
		return
	}
	for i := range want {
		var chart any
		if err := json.Unmarshal([]byte(found[i][1]), &chart); err != nil || !reflect.DeepEqual(chart, want[i]) {
			t.Errorf("chart %d of %s.html is not the notebook's: %v", i+1, n.Name, err)
		}
	}
	up := strings.Repeat("../", strings.Count(n.Name, "/"))
	if loads := strings.Count(page, `<script defer="" src="`+up+`charts.js">`); loads != 1 ||
		strings.Count(page, "<script") != loads+len(want) {
		t.Errorf("%s.html loads charts.js %d times, beside other scripts", n.Name, loads)
	}
}

// checkDrawn opens the page of a notebook in a browser, if there is one, and checks that it draws the charts and
// complains of nothing.
func checkDrawn(t *testing.T, dir string, n notebook) {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Log("there is no chromium: whether charts are drawn is not checked")
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--enable-logging=stderr",
		"file://"+filepath.Join(dir, n.Name+".html"))
	var complaints strings.Builder
	c.Stderr = &complaints
	page, err := c.Output()
	if err != nil {
		t.Errorf("chromium on %s.html: %v", n.Name, err)
		return
	}
	for line := range strings.Lines(complaints.String()) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("%s.html in a browser: %s", n.Name, line)
		}
	}
	if drawn := strings.Count(string(page), ` class="marks"`); drawn != len(chartsOf(n)) {
		t.Errorf("%s.html in a browser: %d charts are drawn, want %d", n.Name, drawn, len(chartsOf(n)))
	}
}
