package report

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Text writes the results for a terminal, with the quartiles of each ratio.
func (r Results) Text(out io.Writer) error {
	fmt.Fprintf(out, "%s: %s\n", r.Title, r.machine())
	for _, t := range r.Tables {
		ratios, overall, err := t.Ratios()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s (%s; rounds: %d)\n", t.Title, t.Input, len(t.Rows[0].Ours))
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(w, "\tours, %[1]s\tpeer, %[1]s\tratio\tquartiles\t\t  peer\n", t.Unit)
		for i, ratio := range ratios {
			s := ratio.Spread
			fmt.Fprintf(w, "%s\t%s\t%s\t%.2f\t%.2f\t%.2f\t  %s\n", t.Rows[i].Name, number(ratio.Ours), number(ratio.Theirs), s.Median, s.Q1, s.Q3, ratio.Peer)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if t.Overall {
			fmt.Fprintf(out, "  median of all ratios: %.2f\n", overall)
		}
	}
	return nil
}

// Markdown writes the results as the README shows them.
func (r Results) Markdown(out io.Writer) error {
	fmt.Fprintf(out, "**%s**: %s.\n", r.Title, r.machine())
	for _, t := range r.Tables {
		ratios, overall, err := t.Ratios()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n| %s | ours, %[2]s | peer, %[2]s | ratio | quartiles | peer |\n|---|--:|--:|--:|--:|---|\n", t.Title, t.Unit)
		for i, ratio := range ratios {
			s := ratio.Spread
			fmt.Fprintf(out, "| %s | %s | %s | **%.2f** | %.2f to %.2f | %s |\n", t.Rows[i].Name, number(ratio.Ours), number(ratio.Theirs), s.Median, s.Q1, s.Q3, ratio.Peer)
		}
		if t.Overall {
			fmt.Fprintf(out, "| median of all | | | **%.2f** | | |\n", overall)
		}
		fmt.Fprintf(out, "\nInput: %s; rounds: %d.\n", t.Input, len(t.Rows[0].Ours))
	}
	return nil
}

// machine says on what and with what the figures were measured.
func (r Results) machine() string {
	parts := []string{fmt.Sprintf("%s, %d cores, %s", r.CPU, r.Cores, r.Date.Format("2006-01-02"))}
	for _, name := range slices.Sorted(maps.Keys(r.Versions)) {
		parts = append(parts, name+" "+r.Versions[name])
	}
	return strings.Join(parts, ", ")
}

// number gives three significant digits, as many as such times are worth.
func number(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	case x >= 1:
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.3f", x)
}

// The lines of the README between which the tables stand.
const (
	Begin = "<!-- bench:begin -->"
	End   = "<!-- bench:end -->"
)

// ErrMarkers says that a document has no place for the tables.
var ErrMarkers = errors.New("the document needs the lines " + Begin + " and " + End + ", each once and in this order")

// Insert replaces what stands between the two markers of a document. The
// error is ErrMarkers.
func Insert(document, tables string) (string, error) {
	before, rest, begins := strings.Cut(document, Begin+"\n")
	_, after, ends := strings.Cut(rest, End+"\n")
	if !begins || !ends || strings.Count(document, Begin) != 1 || strings.Count(document, End) != 1 {
		return "", ErrMarkers
	}
	return before + Begin + "\n" + strings.TrimRight(tables, "\n") + "\n" + End + "\n" + after, nil
}
