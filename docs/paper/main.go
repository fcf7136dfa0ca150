// Command paper writes the lesson for teachers from the lesson's data: docs/lesson.es.md
// and docs/lesson.en.md to be read, and the same as .html to be printed, on two pages of
// A4. It is run in the project's folder.
package main

import (
	"fmt"
	"os"

	"carriles/executor/batch/lesson"
)

func main() {
	for _, lang := range []string{"es", "en"} {
		for name, content := range papers(lang) {
			if err := os.WriteFile("docs/"+name, content, 0o644); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
}

// papers are the files of a language, by name.
func papers(lang string) map[string][]byte {
	markdown := []byte(lesson.Paper(lang))
	return map[string][]byte{"lesson." + lang + ".md": markdown, "lesson." + lang + ".html": printed(lang, markdown)}
}
