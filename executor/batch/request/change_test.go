package request

import "testing"

func TestChange(t *testing.T) {
	const sharpen = `{"filters": ["sharpen"], "filter_params": {"sharpen": {"intensity": 3}}}`
	tests := []struct {
		change     Change
		body, want string
	}{
		{Change{}, sharpen, sharpen},
		{Change{Intensity: 3}, sharpen, sharpen}, // as it stands: not a letter differs
		{Change{Intensity: 5}, sharpen, `{"filters": ["sharpen"], "filter_params": {"sharpen": {"intensity": 5}}}`},
		{Change{Rounds: 7, Workers: 4}, sharpen, `{"filters": ["sharpen"], "filter_params": {"sharpen": {"intensity": 3}}, "rounds": 7, "workers": 4}`},
		{Change{Rounds: 7}, `{"rounds":  3, "workers": 8}`, `{"rounds":  7, "workers": 8}`},
		{Change{Workers: 2}, `{}`, `{"workers": 2}`},
		{Change{Workers: 2}, `{ }`, `{"workers": 2}`},
		{Change{Intensity: 5}, `{"filters": ["blur"]}`, `{"filters": ["blur"]}`},
		{Change{Workers: 2}, `{"variants": [{"workers": 9}]}`, `{"variants": [{"workers": 9}], "workers": 2}`},
		{Change{Rounds: 5}, `no object`, `no object`},
		{Change{Rounds: 5}, ``, ``},
	}
	for _, tt := range tests {
		if got := tt.change.In(tt.body); got != tt.want {
			t.Errorf("%+v in %s: %s, want %s", tt.change, tt.body, got, tt.want)
		}
	}
	for body, want := range map[string]Change{
		sharpen:                                {Intensity: 3},
		`{"rounds": 4, "workers": 2}`:          {Rounds: 4, Workers: 2},
		`{"rounds": "auto"}`:                   {},
		`{"variants": [{"workers": 9}]}`:       {},
		`{"filters": ["sharpen"], "rounds":1}`: {Rounds: 1},
	} {
		if got, ok := ChangeOf(body); !ok || got != want {
			t.Errorf("%s holds %+v, want %+v", body, got, want)
		}
	}
	if _, ok := ChangeOf(`null`); ok {
		t.Error("null is no batch")
	}
}
