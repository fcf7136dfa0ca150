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

// WriteCSV writes a row a round and method, under a line with the columns' names: of
// a comparison every round, the warm-up marked, of a sweep those at every value.
// Times are in seconds, shares of processors in cores. It is RFC 4180 with lines that end in LF; numbers
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
	// measured is the round itself; nil of a run that was stored before rounds were.
	measured *result.Round
	env      result.Environment
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
		ofRound("warmup", func(r result.Round) string { return strconv.FormatBool(r.Warmup) }),
		ofRound("order", func(r result.Round) string { return whole(r.Order) }),
		ofRound("started_at", func(r result.Round) string { return r.StartedAt.UTC().Format(time.RFC3339Nano) }),
		ofRound("cpu_user", func(r result.Round) string { return text.FormatNumber(r.CPUUser) }),
		ofRound("cpu_system", func(r result.Round) string { return text.FormatNumber(r.CPUSystem) }),
		ofRound("server_cpu", func(r result.Round) string { return text.FormatNumber(r.Server) }),
		ofRound("minor_faults", func(r result.Round) string { return known(r.MinorFaults) }),
		ofRound("major_faults", func(r result.Round) string { return known(r.MajorFaults) }),
		ofRound("queued", func(r result.Round) string { return known(r.QueuedS) }),
		ofRound("other_cores", func(r result.Round) string { return known(r.OtherCores) }),
		ofRound("stolen", func(r result.Round) string { return known(r.StolenCores) }),
		ofRound("peak_memory_bytes", func(r result.Round) string { return strconv.FormatInt(r.PeakMemory, 10) }),
		ofRound("clipped", func(r result.Round) string { return text.FormatNumber(r.ClippedS) }),
		ofRound("failed", func(r result.Round) string { return whole(r.Failed) }),
		{"version", func(s csvSample) string { return plainText(s.env.Version) }},
		{"cpu_model", func(s csvSample) string { return plainText(s.env.CPUModel) }},
		{"cores", func(s csvSample) string { return whole(s.env.CoresUsed) }},
		{"kernel", func(s csvSample) string { return plainText(s.env.Kernel) }},
		{"ceiling", func(s csvSample) string {
			if s.env.Ceiling == nil {
				return ""
			}
			return text.FormatNumber(s.env.Ceiling.Arithmetic)
		}},
	}
}

// ofRound is a column of what was measured of a round; empty where nothing was.
func ofRound(name string, cell func(result.Round) string) csvColumn {
	return csvColumn{name, func(s csvSample) string {
		if s.measured == nil {
			return ""
		}
		return cell(*s.measured)
	}}
}

// known is a figure that the system may not tell.
func known[T int64 | float64](x *T) string {
	if x == nil {
		return ""
	}
	return text.FormatNumber(float64(*x))
}

func samplesOf(view result.RunView) ([]csvSample, error) {
	var list []csvSample
	var env result.Environment
	if view.Result != nil {
		env = view.Result.Environment
	} else {
		env = view.Sweep.Environment
	}
	add := func(s csvSample, seconds, base []float64, rounds, baseRounds []result.Round) {
		s.run, s.created, s.env = view.ID, view.Created, env
		if len(rounds) > 0 { // those of the warm-up too
			for _, r := range rounds {
				s.round, s.seconds, s.base, s.digest, s.measured = r.Round, r.Seconds, 0, r.Digest, &r
				for _, b := range baseRounds {
					if b.Round == r.Round {
						s.base = b.Seconds
					}
				}
				list = append(list, s)
			}
			return
		}
		for i, x := range seconds {
			s.round, s.seconds, s.base = i+1, x, 0
			if len(base) == len(seconds) { // else it cannot be told which rounds belong together
				s.base = base[i]
			}
			list = append(list, s)
		}
	}
	if view.Result != nil {
		all := result.Contestants(view.Result.Results)
		for _, name := range draw.MethodOrder(all) {
			method, base, r := name, request.Sequential, all[name]
			if of, nothing := request.IsFromNothing(name); nothing { // which the column of the pool says
				method, base = of, request.FromNothing(base)
			}
			var baseline result.MethodResult
			if all[base] != nil {
				baseline = *all[base]
			}
			add(csvSample{method: method, workers: r.Workers, digest: r.OutputDigest, spec: view.Spec.As(name)}, r.Samples, baseline.Samples, r.Rounds, baseline.Rounds)
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
				r.Samples, p.Results[request.Sequential].Samples, r.Rounds, p.Results[request.Sequential].Rounds)
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
