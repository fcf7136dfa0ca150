package evidence

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"strconv"

	"carriles/web/draw"
)

// styleFiles are the styles of the page that a report carries, in their order,
// and scriptFiles the scripts, which draw as they do on the page.
func styleFiles() []string {
	return []string{"tokens.css", "app.css", "race.css", "result.css", "vendor/uplot/uPlot.min.css", "narrow.css", "report.css"}
}

func scriptFiles() []string {
	return []string{"shown.js", "tracks.js", "lanes.js", "vendor/uplot/uPlot.iife.min.js", "sweep.js", "report.js"}
}

// carry puts styles into the page, and scripts if there is something to draw. Its
// policy lets these scripts run and no other, each by its digest.
func (p *page) carry(assets fs.FS) error {
	p.Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
	for _, name := range styleFiles() {
		data, err := fs.ReadFile(assets, name)
		if err != nil {
			return fmt.Errorf("a style of the report: %w", err)
		}
		p.Style += template.CSS(data)
	}
	if len(p.Figures) == 0 {
		return nil
	}
	p.Policy += "; script-src"
	for _, name := range scriptFiles() {
		data, err := fs.ReadFile(assets, name)
		if err != nil {
			return fmt.Errorf("a script of the report: %w", err)
		}
		digest := sha256.Sum256(data)
		p.Policy += " 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'"
		p.Scripts = append(p.Scripts, template.JS(data))
	}
	return nil
}

// handed is what a script is given, as JSON. Marshal writes <, > and & as
// escapes of JSON's: it cannot end its element.
func handed(what any) template.JS {
	data, err := json.Marshal(what)
	if err != nil {
		panic(err) // numbers of a run, which were JSON before
	}
	return template.JS(data)
}

// charts are curves, and what explains them.
type charts struct {
	Drawn draw.Charts
	Data  template.JS
}

func chartsOf(c draw.Charts) *charts { return &charts{c, handed(c)} }

// race are the lanes of methods on one axis.
type race struct {
	Rows  []raceRow
	Ticks []tick
	// Data is a draw.Race but for its methods, which stand in the run.
	Data template.JS
}

type raceRow struct {
	Method, Name, Under string
	Label               string  // of the drawing, for those who do not see it
	Height              int     // of the drawing, in pixels; 0: there is none, but a plain bar
	Share               percent // of the axis
	Figure, Unit        string
	More                []string // beneath the figure
}

// percent is a place or a length in a drawing, as a style has it.
type percent float64

func (p percent) String() string { return strconv.FormatFloat(float64(p), 'f', 3, 64) + "%" }

// tick is a mark on an axis.
type tick struct {
	At   percent
	Text string
}

// barRow are bars of one method, one a worker.
type barRow struct {
	Name, Under string
	Bars        [][]segment
}

// segment is a stage's part of a bar: how much of the longest.
type segment struct {
	Stage string
	Share percent
}
