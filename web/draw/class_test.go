package draw

import (
	"html/template"
	"reflect"
	"testing"

	"carriles/executor/batch/class"
	"carriles/executor/batch/result"
)

func TestDots(t *testing.T) {
	axis := Axis{Max: 100} // a second is a percent of it
	var in []class.Browser
	for _, s := range []float64{10, 11, 12, 13.5, 60} {
		in = append(in, class.Browser{Seconds: s})
	}
	type place struct {
		at    float64
		level int
	}
	var got []place
	for _, d := range Dots(in, axis) {
		got = append(got, place{d.At, d.Level})
	}
	// A dot covers 3.5 %: the fourth is free of the first, and no other.
	want := []place{{10, 0}, {11, 1}, {12, 2}, {13.5, 0}, {60, 0}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestWhoIsHere(t *testing.T) {
	for _, tt := range []struct {
		members class.Members
		want    string
	}{
		{class.Members{}, "In class: 0"},
		{class.Members{All: 3, Phones: 2}, "In class: 3 · phones: 2 · other devices: 1"},
		{class.Members{All: 2, Phones: 2, Silent: 1}, "In class: 2 · phones: 2 · silent: 1"},
	} {
		if got := MembersText("en", tt.members); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestQueueText(t *testing.T) {
	queue := []result.QueuedRun{{State: result.Running}, {State: result.Queued}, {State: result.Queued}}
	for n, want := range []string{
		"The server is free", "The server is measuring", "The server is measuring; 1 run is waiting", "The server is measuring; 2 runs are waiting",
	} {
		if got := QueueText("en", queue[:n]); got != want {
			t.Errorf("%d runs: %q, want %q", n, got, want)
		}
	}
}

// TestClassWords holds each of the class's words in both languages.
func TestClassWords(t *testing.T) {
	for key, word := range classWords {
		if word.ES == "" || word.EN == "" {
			t.Errorf("%q lacks a language: %+v", key, word)
		}
	}
}

// TestSince tells only the parts that are not as they were told.
func TestSince(t *testing.T) {
	first := Screen{Parts: map[string]template.HTML{"head": "1", "stage": "2", "foot": ""}}
	next := Screen{Parts: map[string]template.HTML{"head": "1", "stage": "3", "foot": ""}, LeftS: 2}
	if got := first.Since(Screen{}); !reflect.DeepEqual(got, first) {
		t.Errorf("at first %+v, want all of %+v", got, first)
	}
	if got := next.Since(first); len(got.Parts) != 1 || got.Parts["stage"] != "3" || got.LeftS != 2 {
		t.Errorf("then %+v, want the stage alone", got)
	}
}
