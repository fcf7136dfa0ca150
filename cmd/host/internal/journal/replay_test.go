package journal

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// at is a moment that JSON tells exactly.
func at(second int) time.Time { return time.Date(2026, 11, 23, 9, 30, second, 5000, time.UTC) }

func pointer(t time.Time) *time.Time { return &t }

func specOf(images ...string) request.Spec {
	return request.Spec{
		Steps:  []request.Step{{Filter: "blur", Params: filters.Values{"radius": 2.5}}},
		Images: images, Count: 5, Workforce: request.Workforce{Workers: 2, Processes: 2, Threads: 1},
		WorkersReason: text.Text{ES: "así", EN: "so"}, Rounds: 3, Engine: "native", Methods: []string{"sequential"},
		Auto: &request.Auto{PrecisionPercent: 5, BudgetS: 60}, Sweep: &request.SweepPlan{Over: "workers", Values: []float64{1, 2}},
	}
}

func body(code, text string) *fault.ErrorBody {
	return &fault.ErrorBody{FaultBody: fault.FaultBody{Code: code, Error: text}}
}

// The runs of the tests: one in each state.
func queued(id string) result.RunView {
	return result.RunView{ID: id, State: result.Queued, Created: at(0), Spec: specOf("a.jpg")}
}

func running(id string) result.RunView {
	v := queued(id)
	v.State, v.Started = result.Running, pointer(at(1))
	return v
}

func done(id string) result.RunView {
	v := running(id)
	v.State, v.Finished, v.Progress = result.Done, pointer(at(2)), result.Progress{Overall: 15, OverallTotal: 15}
	v.Winner, v.Times = request.Threading, map[string]float64{request.Sequential: 0.5, request.Threading: 0.25}
	return v
}

func failed(id string) result.RunView {
	v := done(id)
	v.State, v.Winner, v.Times, v.Error, v.ErrorEN = result.Failed, "", nil, body("disk_full", "lleno"), body("disk_full", "full")
	return v
}

func cancelled(id string) result.RunView {
	v := queued(id)
	v.State, v.Finished, v.Error, v.ErrorEN = result.Cancelled, pointer(at(2)), body("cancelled", "se canceló"), body("cancelled", "was cancelled")
	return v
}

// text is the journal of entries.
func textOf(t testing.TB, entries ...entry) string {
	t.Helper()
	var b strings.Builder
	for _, e := range entries {
		line, err := e.line()
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
	}
	return b.String()
}

func TestALineIsWhatItSays(t *testing.T) {
	const want = `{"id":"abc","state":"failed","at":"2026-11-23T09:30:02.000005Z",` +
		`"progress":{"round":0,"rounds":0,"done":0,"total":0,"failed":0,"overall":15,"overall_total":15},` +
		`"error":{"error":"lleno","code":"disk_full"},"error_en":{"error":"full","code":"disk_full"}}` + "\n"
	if got := textOf(t, lastOf(failed("abc"))); got != want {
		t.Errorf("line\n%swant\n%s", got, want)
	}
}

func TestReplay(t *testing.T) {
	of := func(views ...result.RunView) string {
		var all []entry
		for _, v := range views {
			all = append(all, entriesOf(v)...)
		}
		return textOf(t, all...)
	}
	q, r, d, f, c := of(queued("q")), of(running("r")), of(done("d")), of(failed("f")), of(cancelled("c"))
	unstarted := done("d")
	unstarted.Started = nil
	interrupted := running("r")
	interrupted.State, interrupted.Finished, interrupted.Error, interrupted.ErrorEN = result.Interrupted, pointer(at(9)), body("interrupted", "se cerró"), body("interrupted", "ended")
	lines := func(s string) []string { return strings.SplitAfter(s, "\n") }
	tests := []struct {
		name  string
		data  string
		want  []result.RunView
		wrong []skipped
	}{
		{"nothing", "", nil, nil},
		{"one in each state", q + r + d + f + c, []result.RunView{queued("q"), running("r"), done("d"), failed("f"), cancelled("c")}, nil},
		{"interleaved", lines(d)[0] + lines(r)[0] + lines(d)[1] + lines(d)[2] + lines(r)[1], []result.RunView{done("d"), running("r")}, nil},
		{"interrupted", r + textOf(t, lastOf(interrupted)), []result.RunView{interrupted}, nil},
		{"the last line is not whole", d + r[:len(r)-1], []result.RunView{done("d"), queued("r")}, nil},
		{"only half a line", q[:20], nil, nil},
		{"an empty line", q + "\n" + r, []result.RunView{queued("q"), running("r")}, nil},
		{"a line that was cut short and closed", q + r[:30] + "\n" + d, []result.RunView{queued("q"), done("d")}, []skipped{{2, errNoEntry}}},
		{"zeros", q + strings.Repeat("\x00", 100) + "\n" + d, []result.RunView{queued("q"), done("d")}, []skipped{{2, errNoEntry}}},
		{"JSON of another kind", "[]\n7\n\"x\"\n" + q, []result.RunView{queued("q")}, []skipped{{1, errNoEntry}, {2, errNoEntry}, {3, errNoEntry}}},
		{"the submission is lost", lines(d)[1] + lines(d)[2] + q, []result.RunView{queued("q")}, []skipped{{1, errUnknownRun}, {2, errUnknownRun}}},
		{"a submission without its spec", textOf(t, entry{ID: "x", State: result.Queued, At: at(0)}), nil, []skipped{{1, errUnknownRun}}},
		{"the start is lost", lines(d)[0] + lines(d)[2], []result.RunView{unstarted}, nil},
		{"back from a final state", d + lines(d)[1] + lines(f)[2], []result.RunView{done("d")}, []skipped{{4, errImpossible}, {5, errUnknownRun}}},
		{"done twice", d + lines(d)[2], []result.RunView{done("d")}, []skipped{{4, errImpossible}}},
		{"started twice", r + lines(r)[1], []result.RunView{running("r")}, []skipped{{3, errImpossible}}},
		{"submitted twice", r + lines(r)[0], []result.RunView{running("r")}, []skipped{{3, errImpossible}}},
		{"forgotten", d + q + textOf(t, entry{ID: "d", State: forgotten, At: at(0)}), []result.RunView{queued("q")}, nil},
		{"forgotten by nobody", textOf(t, entry{ID: "d", State: forgotten, At: at(0)}), nil, []skipped{{1, errUnknownRun}}},
		{"a state of the future", q + textOf(t, entry{ID: "q", State: "paused", At: at(1)}), []result.RunView{queued("q")}, []skipped{{2, errBadState}}},
		{"an id that leads elsewhere", strings.ReplaceAll(q, `"q"`, `"../q"`), nil, []skipped{{1, errBadID}}},
		{"no id", strings.ReplaceAll(q, `"q"`, `""`), nil, []skipped{{1, errBadID}}},
		{"an id too long for a file", strings.ReplaceAll(q, `"q"`, `"`+strings.Repeat("q", 65)+`"`), nil, []skipped{{1, errBadID}}},
		{"no time", `{"id":"q","state":"queued","spec":{}}` + "\n", nil, []skipped{{1, errBadTime}}},
		{"a time that JSON cannot tell", `{"id":"q","state":"queued","at":"9999-12-31T23:00:00-23:00","spec":{}}` + "\n", nil, []skipped{{1, errBadTime}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, wrong := replay([]byte(tt.data))
			if got := h.views(); len(got) != len(tt.want) || len(got) > 0 && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("runs\n%+v\nwant\n%+v", got, tt.want)
			}
			if len(wrong) != len(tt.wrong) {
				t.Fatalf("skipped %v, want %v", wrong, tt.wrong)
			}
			for i, s := range wrong {
				if s.Line != tt.wrong[i].Line || !errors.Is(s.Err, tt.wrong[i].Err) {
					t.Errorf("skipped %v, want %v", s, tt.wrong[i])
				}
			}
		})
	}
}

// A journal may end anywhere: what its whole lines say is there, and no more.
func TestReplayOfEveryBeginning(t *testing.T) {
	var all []entry
	for _, v := range []result.RunView{done("d"), running("r"), cancelled("c"), failed("f")} {
		all = append(all, entriesOf(v)...)
	}
	data := textOf(t, all...)
	want := newHistory()
	whole, next := 0, len(textOf(t, all[0]))
	for end := range len(data) + 1 {
		if end == next {
			if err := want.apply(all[whole]); err != nil {
				t.Fatal(err)
			}
			if whole++; whole < len(all) {
				next += len(textOf(t, all[whole]))
			}
		}
		got, wrong := replay([]byte(data[:end]))
		if len(wrong) > 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("of %d bytes: %v\n%+v\nwant\n%+v", end, wrong, got.views(), want.views())
		}
	}
	if whole != len(all) {
		t.Errorf("%d of %d lines", whole, len(all))
	}
}

// FuzzReplay: whatever the bytes are, a replay ends, keeps every line before a
// truncation, and tells the same when it is written down again.
func FuzzReplay(f *testing.F) {
	whole := textOf(f, append(append(entriesOf(done("d")), entriesOf(running("r"))...), entriesOf(cancelled("c"))...)...)
	f.Add([]byte(whole), 0)
	f.Add([]byte(whole[:len(whole)-7]), 100)
	f.Add([]byte("\n\n{}\nnull\n"+whole), 13)
	f.Add([]byte(strings.Replace(whole, "queued", "que\x00ed", 1)), 500)
	f.Add([]byte(`{"id":"q","state":"queued","at":"2026-01-01T00:00:00+23:59","spec":{"steps":[{"params":{"a":-0}}]}}`+"\n"), 90)
	f.Add([]byte(`{"id":"q","state":"queued","at":"0001-01-01T00:00:00.1Z","spec":{"images":["\ud800"]}}`+"\n"), 20)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		h, wrong := replay(data)
		for _, s := range wrong {
			if s.Line < 1 || s.Err == nil {
				t.Errorf("skipped %+v", s)
			}
		}
		again, err := h.lines()
		if err != nil {
			t.Fatalf("cannot be written down again: %v", err)
		}
		copied, wrong := replay(again)
		third, err := copied.lines()
		if err != nil || len(wrong) > 0 || !bytes.Equal(again, third) || len(copied.order) != len(h.order) {
			t.Fatalf("%v, skipped %v: written down again\n%s\nthen\n%s", err, wrong, again, third)
		}

		// Cut off somewhere: the same as what its whole lines alone tell.
		if cut < 0 || cut > len(data) {
			return
		}
		short, _ := replay(data[:cut])
		lines := data[:bytes.LastIndexByte(data[:cut], '\n')+1]
		full, _ := replay(lines)
		if !reflect.DeepEqual(short, full) {
			t.Fatalf("cut off after %d bytes: %v, want %v", cut, short.order, full.order)
		}
		// Garbage after whole lines takes no run away.
		h, _ = replay(append(bytes.Clone(lines), "\x00\xff{\"id\""...))
		if !reflect.DeepEqual(h, full) {
			t.Fatal("half a line at the end changes what the others tell")
		}
	})
}
