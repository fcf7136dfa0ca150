package report

import (
	"errors"
	"strings"
)

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
