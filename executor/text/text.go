// Package text holds sentences in the two languages of the lab, and writes
// numbers as readers of Spanish and of English expect them. The page, the API
// and the report share it, so that a figure looks the same in all of them.
//
// It is a leaf: it imports nothing of this project.
package text

import (
	"fmt"
	"strconv"
)

// Text is a sentence or a word in the two languages of the lab.
type Text struct {
	ES string `json:"es"`
	EN string `json:"en"`
}

// In returns the text in a language, "en" or (any other value) Spanish.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ES
}

// FormatNumber writes x as JSON would: the shortest text that reads back as x.
func FormatNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// Sprintf formats a sentence in both languages with the same arguments.
func Sprintf(es, en string, args ...any) Text {
	return Text{ES: fmt.Sprintf(es, args...), EN: fmt.Sprintf(en, args...)}
}
