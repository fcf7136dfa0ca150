package evidence

// table is a table of text: what a drawing shows, for those who want the figures
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

// figure is a section with a drawing, and the tables that say the same.
type figure struct {
	ID, Title, Note string
	Race            *race
	Bars            []barRow
	Charts          *charts
	Legend          []key
	Twins           []table
}

// key explains a colour of a drawing, by the page's classes.
type key struct{ Class, Text string }
