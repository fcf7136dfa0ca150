package lesson

import (
	"fmt"
	"slices"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Measured is what a command of a step gave.
type Measured struct {
	Command int // of the step
	Result  *result.Comparison
}

// Lane is a method in the picture of a step, in which the methods of all its commands
// stand side by side.
type Lane struct {
	Measured
	Method string // in the result
	// As is its name in the picture: its own, or a variant's that says in what it
	// differs from the same method of another command.
	As string
}

// Picture sets the methods of a step's commands side by side, in the order of the
// commands and of their methods.
func Picture(all []Measured) []Lane {
	var lanes []Lane
	for _, m := range all {
		for _, name := range m.Result.Spec.Methods {
			if m.Result.Results[name] != nil {
				lanes = append(lanes, Lane{Measured: m, Method: name, As: name})
			}
		}
	}
	taken := map[string]bool{}
	for i, lane := range lanes {
		var twins []request.Spec
		for _, other := range lanes {
			if other.Method == lane.Method {
				twins = append(twins, other.Result.Spec)
			}
		}
		if len(twins) > 1 {
			lanes[i].As = apart(lane.Method, lane.Result.Spec, twins)
		}
		for n := 2; taken[lanes[i].As]; n++ { // measured twice in the same way
			lanes[i].As = request.Further(lane.Method, fmt.Sprint("n=", n))
		}
		taken[lanes[i].As] = true
	}
	return lanes
}

// Lines are the timelines of a picture's lanes, by their names in it, and the images
// of the largest batch, as these are cycled over the tasks. of gives those of a result.
func Lines(picture []Lane, of func(Measured) (lines []result.Timeline, images []string)) (all []result.Timeline, images []string) {
	for _, lane := range picture {
		lines, its := of(lane.Measured)
		for _, line := range lines {
			if line.Method == lane.Method {
				line.Method = lane.As
				all = append(all, line)
			}
		}
		if len(its) > len(images) {
			images = its
		}
	}
	return all, images
}

// apart names a method of a batch among others of the same method, by the first things
// that tell it from these: a name has to fit beside its lanes.
func apart(method string, s request.Spec, twins []request.Spec) string {
	var parts []string
	for i, fact := range facts(s) {
		same := slices.DeleteFunc(slices.Clone(twins), func(other request.Spec) bool { return facts(other)[i] != fact })
		if len(same) < len(twins) {
			parts = append(parts, fact)
		}
		if twins = same; len(twins) == 1 {
			break
		}
	}
	return request.Further(method, parts...)
}

// facts are what tells two batches apart, in the same order for all.
func facts(s request.Spec) []string {
	filters := strings.Join(s.FilterNames(), "+")
	intensity := ""
	for _, step := range s.Steps {
		if step.Filter == "sharpen" {
			intensity = text.FormatNumber(step.Params[request.OverIntensity])
		}
	}
	return []string{
		"filters=" + filters, "intensity=" + intensity, "source=" + s.Source, fmt.Sprint("workers=", s.Workers),
		"pool=" + s.Pool, "transport=" + s.Transport, fmt.Sprint("count=", s.Count), fmt.Sprint("rounds=", s.Rounds),
	}
}

// Cells is a line of the guide's table as it stands: what the guide says, what Python
// took here or elsewhere, what was measured here, and whether the guide's winner won.
type Cells struct {
	Filters   string
	Guide     text.Text
	Python    text.Text
	Elsewhere bool // Python's figures are of another machine
	Here      text.Text
	Verdict   text.Text
	Met       string // empty before it is measured
}

// Cells lays a line of the table out. here and python are nil where they were not
// measured: then the guide's winner is not told either, as it would be an answer.
func (r Row) Cells(here, python *result.Comparison) Cells {
	c := Cells{Filters: r.Title}
	if here == nil || here.Performance.Expected == nil {
		return c
	}
	e := here.Performance.Expected
	c.Guide = result.WinnerTitle(e.Winner)
	c.Here = figures(here)
	c.Met = e.Against(here.Performance.Winner).Met
	c.Verdict = metText(c.Met)
	switch {
	case python != nil:
		c.Python = figures(python)
	case len(r.Recorded) > 0:
		c.Elsewhere = true
		var lines []text.Text
		for _, f := range r.Recorded {
			lines = append(lines, f.text())
		}
		c.Python = join(lines, "; ")
	default:
		c.Python = text.Text{ES: "sin cifras", EN: "no figures"}
	}
	return c
}

// figures says who won a comparison, if anybody, and what each method took, all in one
// unit.
func figures(c *result.Comparison) text.Text {
	var all []float64
	for _, m := range c.Results {
		all = append(all, m.Time)
	}
	scale := text.ScaleOf(all...)
	var times []text.Text
	for _, name := range c.Spec.Methods {
		if m := c.Results[name]; m != nil {
			line := func(lang string) string {
				return request.Described(name).Title.In(lang) + " " + scale.Write(lang, m.Time) + text.NoBreak + scale.Unit
			}
			times = append(times, text.Text{ES: line("es"), EN: line("en")})
		}
	}
	return join([]text.Text{result.WinnerTitle(c.Performance.Winner), join(times, ", ")}, ": ")
}

// text writes the recorded figures of a filter.
func (r Recorded) text() text.Text {
	span := func(lang string, of [2]float64) string {
		if of[0] == of[1] {
			return text.Number(lang, of[0], 2) + text.NoBreak + "s"
		}
		return text.Number(lang, of[0], 2) + "–" + text.Number(lang, of[1], 2) + text.NoBreak + "s"
	}
	line := func(lang string) string {
		parts := []string{}
		for _, m := range []struct {
			name string
			of   [2]float64
		}{{request.Sequential, r.Sequential}, {request.Threading, r.Threading}, {request.Multiprocessing, r.Multiprocessing}} {
			parts = append(parts, request.Described(m.name).Title.In(lang)+" "+span(lang, m.of))
		}
		return r.Filter + ": " + strings.Join(parts, ", ")
	}
	return text.Text{ES: line("es"), EN: line("en")}
}

func metText(met string) text.Text {
	switch met {
	case result.MetYes:
		return text.Text{ES: "✓ Se cumple", EN: "✓ It holds"}
	case result.MetNo:
		return text.Text{ES: "✗ No se cumple", EN: "✗ It does not hold"}
	}
	return text.Text{ES: "≈ No se puede decir", EN: "≈ It cannot be told"}
}

func join(all []text.Text, sep string) text.Text {
	var es, en []string
	for _, t := range all {
		es, en = append(es, t.ES), append(en, t.EN)
	}
	return text.Text{ES: strings.Join(es, sep), EN: strings.Join(en, sep)}
}
