package evidence

import (
	"math"
	"strconv"

	"carriles/executor/text"
)

// chart is an inline SVG. Horizontal places are percentages of its width and
// vertical ones pixels, so that it fills any width while its text keeps its
// size.
type chart struct {
	ID string
	// Title and Desc are for those who do not see it. Without a Title it is a part
	// of the charts beside it, and hidden from them.
	Title, Desc string
	Height      int
	Rects       []rect
	Lines       []line
	Marks       []mark
	Labels      []label
}

// share is a horizontal place or length in percent of the chart's width.
type share float64

// String writes a hundredth of a percent: a tenth of a pixel on a wide screen.
func (s share) String() string { return strconv.FormatFloat(float64(s), 'f', -1, 64) + "%" }

// shareOf rounds x of an axis to what String writes.
func shareOf(x, full float64) share {
	if full <= 0 {
		return 0
	}
	return share(math.Round(1e4*x/full) / 100)
}

type rect struct {
	X, W  share
	Y, H  float64
	Class string
}

type line struct {
	X1, X2 share
	Y1, Y2 float64
	Class  string
}

// mark is one of the small shapes that the page defines once, by its number.
type mark struct {
	X     share
	Y     float64
	Shape int
	Class string
}

type label struct {
	X      share
	Y      float64
	Anchor string // "start", "middle" or "end"
	Class  string
	Text   string
}

// axis is a scale from Min to Max with ticks at round values.
type axis struct {
	Min, Max float64
	Ticks    []float64
}

// newAxis covers lo to hi with about n ticks.
func newAxis(lo, hi float64, n int) axis {
	if hi <= lo {
		hi = lo + 1
	}
	step := text.NiceStep((hi - lo) / float64(n))
	a := axis{Min: lo, Max: hi}
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step; i++ {
		a.Ticks = append(a.Ticks, i*step+0) // +0: Ceil may have given -0
	}
	return a
}

// at is a value's place on the axis.
func (a axis) at(x float64) share { return shareOf(x-a.Min, a.Max-a.Min) }

// width is a length on the axis.
func (a axis) width(x float64) share { return shareOf(x, a.Max-a.Min) }

// decimals are as many as the ticks need.
func (a axis) decimals() int {
	if len(a.Ticks) < 2 {
		return 2
	}
	return text.Decimals(a.Ticks[1] - a.Ticks[0])
}

// bottom writes the ticks under a chart: upright lines from top to y, and the
// values beneath. The last one carries the unit.
func (c *chart) bottom(l language, a axis, top, y float64, unit string) {
	for i, t := range a.Ticks {
		text := l.number(t, a.decimals())
		if i == len(a.Ticks)-1 && unit != "" {
			text += noBreak + unit
		}
		x := a.at(t)
		c.Lines = append(c.Lines, line{X1: x, X2: x, Y1: top, Y2: y, Class: "grid"})
		c.Labels = append(c.Labels, label{X: x, Y: y + 15, Anchor: anchor(x), Class: "tick", Text: text})
	}
}

// timeAxis is the axis beneath the rows of a figure, in seconds.
func (l language) timeAxis(a axis) *chart {
	c := &chart{Height: 20}
	c.bottom(l, a, -4, 4, "s")
	return c
}

// anchor keeps the labels at the ends inside of the chart.
func anchor(x share) string {
	switch {
	case x < 3:
		return "start"
	case x > 90:
		return "end"
	}
	return "middle"
}

// left writes the ticks of an upright axis: level lines, and the values beside
// them. The top of the chart is y 0 and its ground y.
func (c *chart) left(l language, a axis, y float64, unit string) {
	for i, t := range a.Ticks {
		at := a.up(t, y)
		text := l.number(t, a.decimals())
		if i == len(a.Ticks)-1 && unit != "" {
			text += noBreak + unit
		}
		c.Lines = append(c.Lines, line{X1: 0, X2: 100, Y1: at, Y2: at, Class: "grid"})
		c.Labels = append(c.Labels, label{X: 0, Y: at - 3, Anchor: "start", Class: "tick", Text: text})
	}
}

// up is a value's height on an axis whose ground is at y.
func (a axis) up(x, y float64) float64 {
	return math.Round(10*y*(1-(x-a.Min)/(a.Max-a.Min))) / 10
}

// table is a table of text: what a chart shows, for those who want the figures
// or do not see it.
type table struct {
	Caption string
	Head    []string
	Rows    []row
	Words   bool // its cells are words rather than figures
}

type row struct {
	Head  string
	Cells []string
}
