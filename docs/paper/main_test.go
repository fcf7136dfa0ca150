package main

import (
	"bytes"
	"os"
	"testing"
)

// TestThePapersAreUpToDate holds the files for teachers against the lesson.
func TestThePapersAreUpToDate(t *testing.T) {
	for _, lang := range []string{"es", "en"} {
		for name, want := range papers(lang) {
			got, err := os.ReadFile("../" + name)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s is not of this lesson: go run ./docs/paper (%v)", name, err)
			}
		}
	}
}
