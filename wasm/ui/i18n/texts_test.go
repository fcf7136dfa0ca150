package i18n

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"carriles/executor/batch/result"
)

var verbs = regexp.MustCompile(`%[a-z%]`)

func TestEveryTextHasBothLanguages(t *testing.T) {
	for key, text := range texts {
		if strings.TrimSpace(text.ES) == "" || strings.TrimSpace(text.EN) == "" {
			t.Errorf("%q lacks a language: %+v", key, text)
		}
		es, en := verbs.FindAllString(text.ES, -1), verbs.FindAllString(text.EN, -1)
		// Literal percent signs may differ: Spanish may word them otherwise.
		percent := func(v string) bool { return v == "%%" }
		es, en = slices.DeleteFunc(es, percent), slices.DeleteFunc(en, percent)
		if !slices.Equal(es, en) {
			t.Errorf("%q has the verbs %v in Spanish and %v in English", key, es, en)
		}
	}
}

// parsePage parses the page's packages without their tests.
func parsePage(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	set := token.NewFileSet()
	names, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	names = append(names, top...)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return set, files
}

// literal is the value of a string literal; ok is false for all else.
func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// TestTextsAndTheirUse holds the table against the sources: a key that is used
// and missing, or there and unused, fails. A key counts as used where it stands
// as a literal, or where a literal is the beginning of what T is called with.
func TestTextsAndTheirUse(t *testing.T) {
	set, files := parsePage(t)
	used := map[string]bool{}
	var prefixes []string
	for _, f := range files {
		if strings.HasSuffix(set.Position(f.Pos()).Filename, "texts.go") {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if s, ok := literal(e); ok {
					used[s] = true
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || !isCallTo(call, "T") || len(call.Args) == 0 {
				return true
			}
			if key, ok := literal(call.Args[0]); ok {
				if _, there := texts[key]; !there {
					t.Errorf("%s: no text %q", set.Position(call.Pos()), key)
				}
			}
			if sum, ok := call.Args[0].(*ast.BinaryExpr); ok {
				if prefix, ok := literal(sum.X); ok {
					prefixes = append(prefixes, prefix)
				}
			}
			return true
		})
	}
	for key := range texts {
		begins := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used[key] && !begins {
			t.Errorf("the text %q is used nowhere", key)
		}
	}
	if len(prefixes) == 0 {
		t.Error("found no composed key: the test no longer sees how texts are looked up")
	}
}

func isCallTo(call *ast.CallExpr, name string) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == name
}

// TestComposedKeys checks the keys that the sources put together.
func TestComposedKeys(t *testing.T) {
	keys := []string{"field.auto"}
	for _, law := range []string{"amdahl", "usl"} {
		keys = append(keys, "fit."+law)
	}
	for _, s := range []result.State{result.Queued, result.Running, result.Done, result.Failed, result.Cancelled, result.Interrupted} {
		keys = append(keys, "state."+string(s))
	}
	for _, key := range keys {
		if _, ok := texts[key]; !ok {
			t.Errorf("no text %q", key)
		}
	}
}

// shows are the methods of go-app's elements whose argument a reader sees or
// hears.
var shows = []string{"Text", "Textf", "Title", "Alt", "Placeholder"}

// TestNoTextOutsideTheTable looks for words in the calls that show something.
func TestNoTextOutsideTheTable(t *testing.T) {
	set, files := parsePage(t)
	seen := 0
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			var args []ast.Expr
			switch {
			case slices.ContainsFunc(shows, func(s string) bool { return isCallTo(call, s) }):
				args = call.Args
			case isCallTo(call, "Aria") && len(call.Args) == 2:
				if key, _ := literal(call.Args[0]); key == "label" || key == "description" || key == "valuetext" {
					args = call.Args[1:]
				}
			}
			for _, a := range args {
				seen++
				for _, word := range words(a) {
					t.Errorf("%s: %q is not in the table", set.Position(a.Pos()), word)
				}
			}
			return true
		})
	}
	if seen < 50 {
		t.Errorf("saw only %d shown texts: the test no longer sees the views", seen)
	}
}

// words collects the literals with letters below an expression, those handed
// to a function apart: they are keys, names of fields or the like.
func words(e ast.Expr) []string {
	var found []string
	ast.Inspect(e, func(n ast.Node) bool {
		if _, call := n.(*ast.CallExpr); call {
			return false
		}
		if lit, ok := n.(ast.Expr); ok {
			if s, ok := literal(lit); ok && strings.ContainsFunc(s, unicode.IsLetter) {
				found = append(found, s)
			}
		}
		return true
	})
	return found
}

func TestWordsFindsLiterals(t *testing.T) {
	e, err := parser.ParseExpr(`"Hola" + l.T("key") + " · " + title`)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(words(e)); got != "[Hola]" {
		t.Errorf("words = %s, want [Hola]", got)
	}
}

// TestSpanishPercentSigns keeps percent signs of Spanish apart from their
// numbers, as its spelling wants.
func TestSpanishPercentSigns(t *testing.T) {
	glued := regexp.MustCompile(`\d%%`)
	for key, text := range texts {
		if glued.MatchString(text.ES) {
			t.Errorf("%q: a Spanish percent sign stands apart from its number: %q", key, text.ES)
		}
	}
}
