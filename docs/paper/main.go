// Command paper writes the lesson for teachers, docs/lesson.es.md and docs/lesson.en.md,
// from the lesson's data. It is run in the project's folder.
package main

import (
	"fmt"
	"os"

	"carriles/executor/batch/lesson"
)

func main() {
	for _, lang := range []string{"es", "en"} {
		if err := os.WriteFile("docs/lesson."+lang+".md", []byte(lesson.Paper(lang)), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
