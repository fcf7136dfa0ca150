package results

import (
	"slices"
	"strconv"
	"strings"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
)

// QueueRow is a line of the list of runs.
type QueueRow struct {
	Place string // "1" is the next one; a word for the one that is measured
	What  string // its methods and images
	Mine  bool
	Left  int // in place of all that: how many runs are left out here
}

// queueShown is how many runs the list names, one's own apart: with a class of
// thirty it would fill a phone.
const queueShown = 4

// QueueRows lists what is measured and what waits. mine are the ids of the
// runs that this browser asked for.
func QueueRows(l i18n.Lang, queue []result.QueuedRun, mine []string) []QueueRow {
	var rows []QueueRow
	waiting := 0
	for i, r := range queue {
		row := QueueRow{Place: l.T("queue.now"), What: QueuedText(l, r), Mine: slices.Contains(mine, r.ID)}
		if r.State != result.Running {
			waiting++
			row.Place = strconv.Itoa(waiting)
		}
		last := len(rows) - 1
		switch {
		case i < queueShown || row.Mine:
			rows = append(rows, row)
		case rows[last].Left > 0:
			rows[last].Left++
		default:
			rows = append(rows, QueueRow{Left: 1})
		}
	}
	return rows
}

// QueuedText says in a line what a run measures.
func QueuedText(l i18n.Lang, r result.QueuedRun) string {
	parts := []string{i18n.MethodTitles(l, r.Methods), l.Images(r.Images)}
	if r.Over != "" {
		parts = append(parts, l.T("history.sweep", r.Over))
	}
	return strings.Join(parts, " · ")
}

// QueueText says how the server's queue stands.
func QueueText(l i18n.Lang, queue []result.QueuedRun) string {
	running, waiting := 0, 0
	for _, r := range queue {
		if r.State == result.Running {
			running++
		} else {
			waiting++
		}
	}
	switch {
	case running+waiting == 0:
		return l.T("class.queue.none")
	case waiting == 0:
		return l.T("class.queue.one")
	case waiting == 1:
		return l.T("class.queue.two")
	}
	return l.T("class.queue", waiting)
}
