package lab

import (
	"encoding/json"
	"os"
	"testing"

	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
)

// TestRecorded: what the program brings along for a host without a race is a comparison
// as this version tells it, with lanes for each of its methods.
func TestRecorded(t *testing.T) {
	data, err := os.ReadFile("../../../web/static/recorded.json")
	if err != nil {
		t.Fatal(err)
	}
	var r measure.Recording
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	lines := measure.Timelines{Lines: r.Timelines}
	if r.Run.Result == nil || len(r.Run.Result.Results) < 2 {
		t.Fatalf("no comparison: %+v", r.Run)
	}
	for method := range r.Run.Result.Results {
		if lines.Of(method) == nil {
			t.Errorf("%s has no lanes", method)
		}
	}
	for _, lang := range []i18n.Lang{i18n.ES, i18n.EN} {
		if results.Headline(lang, r.Run.Result) == "" || results.SettingsOf(lang, r.Run.Result) == "" {
			t.Errorf("%v: no sentence", lang)
		}
	}
}
