// The page lays out no screen: html/template would be in what phones load.

//go:build !js

package draw

import "html/template"

// Screen is what screen.js is handed of a page that the host lays out: the wall, and
// a phone in the class.
type Screen struct {
	// Parts are the contents of elements, by their ids. One that is missing is as it
	// was told last.
	Parts map[string]template.HTML `json:"parts"`
	// Run is the run whose lanes grow; empty if none does. Race has no lanes then.
	Run  string `json:"run,omitempty"`
	Race *Race  `json:"race,omitempty"`
	// LeftS is about how many seconds what is shown will still take; 0 if that is not
	// known.
	LeftS float64 `json:"left_s,omitempty"`
}

// Since is the screen without the parts that are as they were told.
func (s Screen) Since(told Screen) Screen {
	parts := map[string]template.HTML{}
	for name, html := range s.Parts {
		if was, known := told.Parts[name]; !known || was != html {
			parts[name] = html
		}
	}
	s.Parts = parts
	return s
}
