package lesson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPaperIsUpToDate holds the files for teachers against the lesson.
func TestPaperIsUpToDate(t *testing.T) {
	for _, lang := range []string{"es", "en"} {
		file := filepath.Join("..", "..", "..", "docs", "lesson."+lang+".md")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(data) != Paper(lang) {
			t.Errorf("%s is not of this lesson: go run ./docs/paper", file)
		}
	}
}

// TestPaper holds that all is in it, in both languages.
func TestPaper(t *testing.T) {
	es, en := Paper("es"), Paper("en")
	if es == en || len(Likely()) != 10 {
		t.Errorf("%d questions", len(Likely()))
	}
	for _, s := range Guide().Steps {
		for _, c := range s.Commands {
			if !strings.Contains(es, c.Body) || !strings.Contains(en, c.Body) {
				t.Errorf("%s is not in it", c.Body)
			}
		}
		if !strings.Contains(es, s.Say.ES) || !strings.Contains(en, s.Say.EN) {
			t.Errorf("%s is not in it", s.ID)
		}
	}
	for _, a := range append(Likely(), Failing()...) {
		if a.About.ES == a.About.EN || a.Say.ES == a.Say.EN || !strings.Contains(es, a.Say.ES) || !strings.Contains(en, a.Say.EN) {
			t.Errorf("%+v", a)
		}
	}
}
