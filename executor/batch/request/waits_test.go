package request

import (
	"reflect"
	"slices"
	"testing"
)

func TestParseWaits(t *testing.T) {
	lab := Lab{Limits: Limits{Workers: 8}, Pool: 2}
	all := []string{WaitSequential, WaitPool, WaitThreads, WaitGoroutines, WaitProcesses}
	for _, tt := range []struct {
		body string
		want Waits
	}{
		{"", Waits{1000, 1, 2, all}},
		{"{}", Waits{1000, 1, 2, all}},
		{`{"n": 10000, "seconds": 0.1, "workers": 8, "ways": ["goroutines"]}`, Waits{10000, 0.1, 8, []string{WaitGoroutines}}},
		{`{"n": 1, "seconds": 10, "ways": ["threads", "pool"]}`, Waits{1, 10, 2, []string{WaitThreads, WaitPool}}},
	} {
		got, err := ParseWaits([]byte(tt.body), lab)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v; want %+v", tt.body, got, err, tt.want)
		}
	}
	for _, tt := range []struct {
		body string
		want []string // "code field"
	}{
		{`[]`, []string{"invalid_json "}},
		{`{"n": 10001}`, []string{"out_of_range n"}},
		{`{"n": 0}`, []string{"out_of_range n"}},
		{`{"n": 1.5}`, []string{"out_of_range n"}},
		{`{"n": "1000"}`, []string{"wrong_type n"}},
		{`{"seconds": 0.05}`, []string{"out_of_range seconds"}},
		{`{"seconds": 11, "n": 0, "workers": 9, "filters": []}`, []string{"unknown_field filters", "out_of_range n", "out_of_range seconds", "out_of_range workers"}},
		{`{"ways": []}`, []string{"out_of_range ways"}},
		{`{"ways": "threads"}`, []string{"wrong_type ways"}},
		{`{"ways": ["threads", "fibres", "threads"]}`, []string{"unknown_name ways[1]", "duplicate ways[2]"}},
		{`{"n": 1, "n": 2}`, []string{"duplicate n"}},
	} {
		_, err := ParseWaits([]byte(tt.body), lab)
		var got []string
		for _, f := range faultsOf(t, err) {
			got = append(got, f.Code+" "+f.Field)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestWaitWays(t *testing.T) {
	w := Waits{Requests: 1005, Workers: 4}
	for _, tt := range []struct {
		name             string
		processes, lanes int
	}{{WaitSequential, 1, 1}, {WaitPool, 1, 4}, {WaitThreads, 1, 1005}, {WaitGoroutines, 1, 1005}, {WaitProcesses, 10, 101}} {
		way, ok := LookupWaitWay(tt.name)
		if p, l := way.Shape(w); !ok || p != tt.processes || l != tt.lanes {
			t.Errorf("%s: %d processes of %d, want %d of %d", tt.name, p, l, tt.processes, tt.lanes)
		}
	}
	way, _ := LookupWaitWay(WaitProcesses)
	if p, l := way.Shape(Waits{Requests: 3}); p != 3 || l != 1 {
		t.Errorf("3 requests in %d processes of %d", p, l)
	}
}
