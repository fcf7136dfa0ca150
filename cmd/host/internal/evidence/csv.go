package evidence

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/web/draw"
)

// WriteCSV writes a row a sample, under a line with the columns' names: of a
// comparison every counted round of every method, of a sweep every sample of
// every method at every value. It is RFC 4180 with lines that end in LF; numbers
// have a decimal point and all their digits, whatever the reader's language.
//
// Text that a spreadsheet would take for a formula begins with an apostrophe.
//
// A run that is not finished or gave no result is a *fault.Error with
// CodeNotFound.
func WriteCSV(w io.Writer, view result.RunView) error {
	if err := missing(view); err != nil {
		return err
	}
	samples, err := samplesOf(view)
	if err != nil {
		return err
	}
	columns := csvColumns()
	out := csv.NewWriter(w)
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = c.name
	}
	_ = out.Write(record) // the writer keeps its first error
	for _, s := range samples {
		for i, c := range columns {
			record[i] = c.cell(s)
		}
		_ = out.Write(record)
	}
	out.Flush()
	return out.Error()
}

type csvSample struct {
	run     string
	created time.Time
	// over and value are the point of a sweep; value is nil in a comparison.
	over    string
	value   *float64
	method  string
	round   int // from 1
	seconds float64
	// base is sequential's time in the same round; 0 if it has none.
	base    float64
	workers int
	digest  string
	// spec is that of the point of a sweep.
	spec request.Spec
}

type csvColumn struct {
	name string
	cell func(csvSample) string
}

func csvColumns() []csvColumn {
	whole := strconv.Itoa
	return []csvColumn{
		{"run", func(s csvSample) string { return plainText(s.run) }},
		{"created", func(s csvSample) string { return s.created.UTC().Format(time.RFC3339) }},
		{"over", func(s csvSample) string { return plainText(s.over) }},
		{"value", func(s csvSample) string {
			if s.value == nil {
				return ""
			}
			return text.FormatNumber(*s.value)
		}},
		{"method", func(s csvSample) string { return plainText(s.method) }},
		{"round", func(s csvSample) string { return whole(s.round) }},
		{"seconds", func(s csvSample) string { return text.FormatNumber(s.seconds) }},
		{"speedup", func(s csvSample) string {
			if s.base <= 0 || s.seconds <= 0 {
				return ""
			}
			return text.FormatNumber(s.base / s.seconds)
		}},
		{"workers", func(s csvSample) string { return whole(s.workers) }},
		{"engine", func(s csvSample) string { return plainText(s.spec.Engine) }},
		{"pool", func(s csvSample) string { return plainText(s.spec.Pool) }},
		{"source", func(s csvSample) string { return plainText(s.spec.Source) }},
		{"latency_ms", func(s csvSample) string { return whole(s.spec.LatencyMS) }},
		{"transport", func(s csvSample) string { return plainText(s.spec.Transport) }},
		{"kill_after", func(s csvSample) string {
			if s.spec.Chaos == nil {
				return ""
			}
			return whole(s.spec.Chaos.KillAfter)
		}},
		{"images", func(s csvSample) string { return whole(s.spec.Count) }},
		{"filters", func(s csvSample) string { return plainText(chainText(s.spec.Steps, " ")) }},
		{"image_names", func(s csvSample) string { return plainText(strings.Join(s.spec.UsedImages(), "; ")) }},
		{"digest", func(s csvSample) string { return plainText(s.digest) }},
	}
}

func samplesOf(view result.RunView) ([]csvSample, error) {
	var list []csvSample
	add := func(s csvSample, seconds, base []float64) {
		s.run, s.created = view.ID, view.Created
		for i, x := range seconds {
			s.round, s.seconds, s.base = i+1, x, 0
			if len(base) == len(seconds) { // else it cannot be told which rounds belong together
				s.base = base[i]
			}
			list = append(list, s)
		}
	}
	if view.Result != nil {
		var base []float64
		if r := view.Result.Results[request.Sequential]; r != nil {
			base = r.Samples
		}
		for _, name := range draw.MethodOrder(view.Result.Results) {
			r := view.Result.Results[name]
			add(csvSample{method: name, workers: r.Workers, digest: r.OutputDigest, spec: view.Spec.As(name)}, r.Samples, base)
		}
		return list, nil
	}
	axis, ok := request.LookupAxis(request.Limits{}, 1, view.Sweep.Over)
	if !ok {
		return nil, fmt.Errorf("a sweep over %q, which is no axis", view.Sweep.Over)
	}
	for _, p := range view.Sweep.Points {
		spec := axis.At(view.Spec, p.Value)
		for _, name := range draw.MethodOrder(p.Results) {
			r := p.Results[name]
			add(csvSample{over: view.Sweep.Over, value: &p.Value, method: name, workers: r.Workers, digest: r.OutputDigest, spec: spec},
				r.Samples, p.Results[request.Sequential].Samples)
		}
	}
	return list, nil
}

// formulaStarts begin what a spreadsheet may take for a formula, the wide forms
// of East Asian keyboards among them. OWASP, "CSV Injection",
// https://owasp.org/www-community/attacks/CSV_Injection
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// plainText keeps a cell from being computed.
func plainText(s string) string {
	if s != "" && strings.ContainsRune(formulaStarts, []rune(s)[0]) {
		return "'" + s
	}
	return s
}
