package report

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/result"
)

func TestRatio(t *testing.T) {
	for _, tt := range []struct {
		name string
		row  Row
		want Ratio
	}{
		// Ratios 0.5, 0.5, 2: their median, not the ratio of the medians (1).
		{"the median of the rounds' ratios", Row{Ours: []float64{1, 2, 4}, Peers: map[string][]float64{"a": {2, 4, 2}}},
			Ratio{"a", 2, 2, result.Spread{Min: 0.5, Q1: 0.5, Median: 0.5, Q3: 1.25, Max: 2}}},
		{"an even number", Row{Ours: []float64{3, 1}, Peers: map[string][]float64{"a": {2, 2}}},
			Ratio{"a", 2, 2, result.Spread{Min: 0.5, Q1: 0.75, Median: 1, Q3: 1.25, Max: 1.5}}},
		{"the faster peer counts", Row{Ours: []float64{6}, Peers: map[string][]float64{"a": {12}, "b": {3}, "c": {4}}},
			Ratio{"b", 6, 3, result.Spread{Min: 2, Q1: 2, Median: 2, Q3: 2, Max: 2}}},
		// b is once the fastest of all, but a is by its median (2 against 3).
		{"faster by the median", Row{Ours: []float64{4, 4, 4}, Peers: map[string][]float64{"a": {2, 2, 8}, "b": {1, 3, 3}}},
			Ratio{"a", 4, 2, result.Spread{Min: 0.5, Q1: 1.25, Median: 2, Q3: 2, Max: 2}}},
		{"equals go by name", Row{Ours: []float64{1}, Peers: map[string][]float64{"b": {1}, "a": {1}}},
			Ratio{"a", 1, 1, result.Spread{Min: 1, Q1: 1, Median: 1, Q3: 1, Max: 1}}},
	} {
		got, err := tt.row.Ratio()
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", tt.name, got, err, tt.want)
		}
	}
}

func TestRatioRefuses(t *testing.T) {
	for name, row := range map[string]Row{
		"no rounds":       {Peers: map[string][]float64{"a": {}}},
		"no peer":         {Ours: []float64{1}},
		"unequal numbers": {Ours: []float64{1, 2}, Peers: map[string][]float64{"a": {1}}},
		"ours is 0":       {Ours: []float64{0}, Peers: map[string][]float64{"a": {1}}},
		"theirs is 0":     {Ours: []float64{1}, Peers: map[string][]float64{"a": {0}}},
		"negative":        {Ours: []float64{-1}, Peers: map[string][]float64{"a": {-1}}},
		"no number":       {Ours: []float64{1}, Peers: map[string][]float64{"a": {math.NaN()}}},
	} {
		row.Name = "blur"
		var e *SampleError
		if _, err := row.Ratio(); !errors.As(err, &e) || e.Row != "blur" {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := (Table{Title: "t", Rows: []Row{row}}).Ratios(); !errors.As(err, &e) {
			t.Errorf("%s in a table: %v", name, err)
		}
	}
	var e *SampleError
	if _, _, err := (Table{Title: "empty"}).Ratios(); !errors.As(err, &e) {
		t.Errorf("an empty table: %v", err)
	}
}

// example has the ratios 0.5 and 2 in one table, and 0.1 in the other.
func example() Results {
	return Results{
		Title: "Native", Date: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), CPU: "Abacus", Cores: 2,
		Versions: map[string]string{"Pillow": "9.4.0", "Carriles": "1.0"},
		Tables: []Table{
			{Title: "batch", Input: "four photographs", Unit: "s", Overall: true, Rows: []Row{
				{Name: "resize", Ours: []float64{0.25, 0.25}, Peers: map[string][]float64{"Pillow": {0.5, 0.5}}},
				{Name: "blur", Ours: []float64{20, 20}, Peers: map[string][]float64{"Pillow": {10, 10}}},
			}},
			{Title: "kernels", Input: "one", Unit: "ms", Rows: []Row{
				{Name: "edges", Ours: []float64{12.34}, Peers: map[string][]float64{"OpenCV": {123.4}}},
			}},
		},
	}
}

func TestText(t *testing.T) {
	const want = `Native: Abacus, 2 cores, 2026-11-23, Carriles 1.0, Pillow 9.4.0

batch (four photographs; rounds: 2)
          ours, s  peer, s  ratio  quartiles        peer
  resize    0.250    0.500   0.50       0.50  0.50  Pillow
    blur     20.0     10.0   2.00       2.00  2.00  Pillow
  median of all ratios: 1.25

kernels (one; rounds: 1)
         ours, ms  peer, ms  ratio  quartiles        peer
  edges      12.3       123   0.10       0.10  0.10  OpenCV
`
	var out strings.Builder
	if err := example().Text(&out); err != nil || out.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out.String(), want)
	}
}

func TestMarkdown(t *testing.T) {
	const want = `**Native**: Abacus, 2 cores, 2026-11-23, Carriles 1.0, Pillow 9.4.0.

| batch | ours, s | peer, s | ratio | quartiles | peer |
|---|--:|--:|--:|--:|---|
| resize | 0.250 | 0.500 | **0.50** | 0.50 to 0.50 | Pillow |
| blur | 20.0 | 10.0 | **2.00** | 2.00 to 2.00 | Pillow |
| median of all | | | **1.25** | | |

Input: four photographs; rounds: 2.

| kernels | ours, ms | peer, ms | ratio | quartiles | peer |
|---|--:|--:|--:|--:|---|
| edges | 12.3 | 123 | **0.10** | 0.10 to 0.10 | OpenCV |

Input: one; rounds: 1.
`
	var out strings.Builder
	if err := example().Markdown(&out); err != nil || out.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out.String(), want)
	}
}

func TestBadSamplesAreNotShown(t *testing.T) {
	bad := example()
	bad.Tables[1].Rows[0].Ours = nil
	var out strings.Builder
	var e *SampleError
	if err := bad.Text(&out); !errors.As(err, &e) {
		t.Errorf("text: %v", err)
	}
	if err := bad.Markdown(&out); !errors.As(err, &e) {
		t.Errorf("markdown: %v", err)
	}
}

func TestInsert(t *testing.T) {
	const begin, end = Begin + "\n", End + "\n"
	for _, tt := range []struct{ name, document, want string }{
		{"empty", "a\n" + begin + end + "b\n", "a\n" + begin + "new\n" + end + "b\n"},
		{"written before", "a\n" + begin + "old\n\nolder\n" + end + "b\n", "a\n" + begin + "new\n" + end + "b\n"},
		{"no markers", "a\n", ""},
		{"no end", begin + "a\n", ""},
		{"no begin", "a\n" + end, ""},
		{"the wrong order", end + begin, ""},
		{"two begins", begin + begin + end, ""},
		{"two begins apart", begin + end + begin, ""},
		{"two ends", begin + end + end, ""},
	} {
		got, err := Insert(tt.document, "new\n")
		if got != tt.want || (tt.want == "") != errors.Is(err, ErrMarkers) {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestReadAndWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "r.json")
	if err := example().Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(path); err != nil || !reflect.DeepEqual(got, example()) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, text := range map[string]string{"none": "", "cut": `{"tables": [`, "other": `{"name": "x"}`} {
		bad := filepath.Join(t.TempDir(), name)
		if text != "" {
			if err := os.WriteFile(bad, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Read(bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
