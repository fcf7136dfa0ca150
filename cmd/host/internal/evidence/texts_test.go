package evidence

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/result"
)

var (
	verb = regexp.MustCompile(`%[a-z]`)
	// A key stands in quotes, in the sources and in the template; composed keys
	// begin with one that ends in a point.
	quoted   = regexp.MustCompile(`"([a-z0-9]+(?:\.[a-z0-9]+)*\.?)"`)
	lookedUp = regexp.MustCompile(`\bT[ (]"([^"\n]+)"`)
)

func TestEveryTextHasBothLanguages(t *testing.T) {
	for key, text := range texts {
		if strings.TrimSpace(text.ES) == "" || strings.TrimSpace(text.EN) == "" {
			t.Errorf("%q lacks a language: %+v", key, text)
		}
		if es, en := verb.FindAllString(text.ES, -1), verb.FindAllString(text.EN, -1); !slices.Equal(es, en) {
			t.Errorf("%q has the verbs %v in Spanish and %v in English", key, es, en)
		}
	}
}

// TestTextsAndTheirUse holds the table against the sources and the template.
func TestTextsAndTheirUse(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	var prefixes []string
	for _, name := range append(files, "report.html.tmpl") {
		if strings.HasSuffix(name, "_test.go") || name == "texts.go" {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(source), -1) {
			used[m[1]] = true
		}
		for _, m := range lookedUp.FindAllStringSubmatch(string(source), -1) {
			if strings.HasSuffix(m[1], ".") {
				prefixes = append(prefixes, m[1])
			} else if _, ok := texts[m[1]]; !ok {
				t.Errorf("%s: no text %q", name, m[1])
			}
		}
	}
	if len(prefixes) == 0 || len(used) < len(texts)/2 {
		t.Fatal("the test no longer sees how texts are looked up")
	}
	for key := range texts {
		composed := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used[key] && !composed && !strings.HasPrefix(key, "expected.") {
			t.Errorf("the text %q is used nowhere", key)
		}
	}
}

// TestComposedKeys checks the keys that the sources put together.
func TestComposedKeys(t *testing.T) {
	keys := []string{"expected.yes", "expected.no", "expected.open"}
	for _, s := range []result.State{result.Done, result.Failed, result.Cancelled, result.Interrupted} {
		keys = append(keys, "state."+string(s))
	}
	for _, key := range keys {
		if _, ok := texts[key]; !ok {
			t.Errorf("no text %q", key)
		}
	}
}
