// Package report turns the raw samples of a comparison with other libraries
// into ratios, and those into text and into the README's table.
//
// It is arithmetic and formatting: it measures nothing, and apart from Read and
// Write, which keep results in a file, it does no I/O.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/result"
)

// Results is one comparison: the raw samples and what they were measured on.
type Results struct {
	Title    string            `json:"title"`
	Date     time.Time         `json:"date"`
	CPU      string            `json:"cpu"`   // its brand string
	Cores    int               `json:"cores"` // that the process may use
	Versions map[string]string `json:"versions"`
	Tables   []Table           `json:"tables"`
}

// Table is a set of rows with one unit.
type Table struct {
	Title string `json:"title"`
	// Input says what was worked on.
	Input string `json:"input"`
	Unit  string `json:"unit"` // of the samples: "ms" or "s"
	Rows  []Row  `json:"rows"`
	// Overall asks for the median of the rows' ratios, where the rows are of
	// one kind.
	Overall bool `json:"overall"`
}

// Row is one piece of work, done by us and by others in the same rounds: the
// samples with the same index belong to one round.
type Row struct {
	Name  string               `json:"name"`
	Ours  []float64            `json:"ours"`
	Peers map[string][]float64 `json:"peers"`
}

// SampleError says what makes a row's samples unfit for a ratio.
type SampleError struct{ Row, Problem string }

func (e *SampleError) Error() string { return fmt.Sprintf("the samples of %s: %s", e.Row, e.Problem) }

// Ratio compares us with the fastest of the others: that with the lowest
// median.
type Ratio struct {
	Peer string
	// Ours and Theirs are medians, in the table's unit.
	Ours, Theirs float64
	// Spread is that of the rounds' ratios, ours over theirs: below 1 we are
	// faster. Its median is the ratio that is shown; what slows a whole round
	// down cancels out in it.
	Spread result.Spread
}

// Ratio compares the row's samples. The error is a *SampleError: no peer, no
// rounds, unequal numbers of them, or a time that is not positive.
func (r Row) Ratio() (Ratio, error) {
	fail := func(format string, args ...any) (Ratio, error) {
		return Ratio{}, &SampleError{r.Name, fmt.Sprintf(format, args...)}
	}
	if len(r.Ours) == 0 {
		return fail("there are no rounds")
	}
	best := Ratio{Ours: analysis.SpreadOf(r.Ours).Median}
	for peer, theirs := range r.Peers {
		if len(theirs) != len(r.Ours) {
			return fail("%d rounds of ours, %d of %s", len(r.Ours), len(theirs), peer)
		}
		ratios := make([]float64, len(theirs))
		for i := range theirs {
			// The speedup of theirs to ours is the ratio of ours over theirs.
			if ratios[i] = analysis.Speedup(r.Ours[i], theirs[i]); ratios[i] == 0 {
				return fail("round %d took %g, and %g with %s", i+1, r.Ours[i], theirs[i], peer)
			}
		}
		median := analysis.SpreadOf(theirs).Median
		if best.Peer == "" || median < best.Theirs || median == best.Theirs && peer < best.Peer {
			best.Peer, best.Theirs, best.Spread = peer, median, analysis.SpreadOf(ratios)
		}
	}
	if best.Peer == "" {
		return fail("there is nothing to compare with")
	}
	return best, nil
}

// Ratios compares every row, and gives the median of all ratios. The error is
// a *SampleError.
func (t Table) Ratios() (each []Ratio, overall float64, err error) {
	if len(t.Rows) == 0 {
		return nil, 0, &SampleError{t.Title, "there are no rows"}
	}
	var medians []float64
	for _, r := range t.Rows {
		ratio, err := r.Ratio()
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", t.Title, err)
		}
		each = append(each, ratio)
		medians = append(medians, ratio.Spread.Median)
	}
	return each, analysis.SpreadOf(medians).Median, nil
}

// Read reads a file that Write has written.
func Read(path string) (Results, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Results{}, err
	}
	var r Results
	if err := json.Unmarshal(data, &r); err != nil {
		return Results{}, fmt.Errorf("%s: %w", path, err)
	}
	if len(r.Tables) == 0 {
		return Results{}, fmt.Errorf("%s: it has no tables", path)
	}
	return r, nil
}

// Write keeps results in a file, whose folder it makes.
func (r Results) Write(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
