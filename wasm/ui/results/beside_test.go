package results

import (
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
)

func TestCompareBrowser(t *testing.T) {
	browser := result.MethodResult{Time: 3.2, OutputDigest: "d"}
	tests := []struct {
		name    string
		results map[string]*result.MethodResult
		want    Beside
		pixels  Equality // of the browser and the one it is set beside
	}{
		{"nothing of the host", nil, Beside{}, Unknown},
		{
			"sequential goes first", map[string]*result.MethodResult{
				"sequential": {Time: 0.5, OutputDigest: "d"}, "threading": {Time: 0.25, OutputDigest: "x"},
			}, Beside{"sequential", 6.4}, Equal,
		},
		{
			"else the fastest", map[string]*result.MethodResult{
				"threading": {Time: 0.8, OutputDigest: "d"}, "multiprocessing": {Time: 0.4, OutputDigest: "other"},
			}, Beside{"multiprocessing", 8}, Different,
		},
		{
			"an image failed", map[string]*result.MethodResult{"sequential": {Time: 1}}, Beside{"sequential", 3.2}, Unknown,
		},
	}
	for _, tt := range tests {
		got := CompareBrowser(browser, tt.results)
		if got.Against != tt.want.Against || !near(got.Ratio, tt.want.Ratio) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
		if got := BrowserPixels([]result.MethodResult{browser}, &result.Comparison{Results: tt.results}); got != tt.pixels {
			t.Errorf("%s: pixels %v, want %v", tt.name, got, tt.pixels)
		}
	}
}

func TestPixelsOf(t *testing.T) {
	of := func(digests ...string) map[string]*result.MethodResult {
		m := map[string]*result.MethodResult{}
		for i, d := range digests {
			m[request.GuideMethods()[i]] = &result.MethodResult{OutputDigest: d}
		}
		return m
	}
	tests := []struct {
		results map[string]*result.MethodResult
		want    Equality
	}{
		{of("a", "a", "a"), Equal},
		{of("a", "a", "b"), Different},
		{of("a", "b", ""), Unknown},
		{of("", "", ""), Unknown},
		{of("a"), Unknown},
	}
	for _, tt := range tests {
		if got := PixelsOf(tt.results); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.results, got, tt.want)
		}
	}
}

func TestSentences(t *testing.T) {
	server := &result.Comparison{Results: map[string]*result.MethodResult{
		"sequential": {Time: 0.5, OutputDigest: "d", ProcessedCount: 5, SuccessCount: 5},
	}}
	browser := result.MethodResult{Method: request.Browser, Time: 3.2, OutputDigest: "d", ProcessedCount: 1}
	tests := []struct{ name, got, want string }{
		{"ratio es", BrowserSentence(i18n.ES, browser, server, nil), "Este navegador tarda 6,4 veces lo que el método secuencial."},
		{"ratio en", BrowserSentence(i18n.EN, browser, server, nil), "This browser needs 6.4 times as long as sequential."},
		{"pixels", BrowserPixelsSentence(i18n.EN, []result.MethodResult{browser, browser}, server), "✓ This browser gives the same pixels as the server."},
		{"headline", Headline(i18n.ES, server), "Secuencial: 0,500\u00a0s para 5 imágenes."},
		{"headline of the browser", BrowserHeadline(i18n.EN, browser), "This browser: 3.20\u00a0s for 1 image."},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	server.Results["sequential"].SuccessCount = 3
	if got := Headline(i18n.EN, server); !strings.Contains(got, "2 of 5 images failed") {
		t.Errorf("failures are not in the headline: %q", got)
	}
	if got := BrowserSentence(i18n.EN, browser, nil, nil); strings.Contains(got, "times") {
		t.Errorf("a ratio to nothing: %q", got)
	}
}

// TestBrowserPixels compares the browser's methods with the host's, and without
// the host with each other.
func TestBrowserPixels(t *testing.T) {
	of := func(digests ...string) (list []result.MethodResult) {
		for _, d := range digests {
			list = append(list, result.MethodResult{OutputDigest: d})
		}
		return list
	}
	server := &result.Comparison{Results: map[string]*result.MethodResult{"threading": {Time: 1, OutputDigest: "a"}}}
	tests := []struct {
		browsers []result.MethodResult
		server   *result.Comparison
		want     Equality
		sentence string
	}{
		{of("a", "a"), server, Equal, "pixels.browser.equal"},
		{of("a", "b"), server, Different, "pixels.browser.different"},
		{of("b"), server, Different, "pixels.browser.different"},
		{of("a", ""), server, Unknown, "pixels.browser.unknown"},
		{of("a"), nil, Unknown, "pixels.browser.alone"},
		{of("b", "b"), nil, Equal, "pixels.browsers.equal"},
		{of("b", "c"), nil, Different, "pixels.browsers.different"},
	}
	for i, tt := range tests {
		if got := BrowserPixels(tt.browsers, tt.server); got != tt.want {
			t.Errorf("%d: %v, want %v", i, got, tt.want)
		}
		want := i18n.ES.T(tt.sentence)
		if tt.sentence == "pixels.browsers.equal" {
			want = i18n.ES.T(tt.sentence, len(tt.browsers))
		}
		if got := BrowserPixelsSentence(i18n.ES, tt.browsers, tt.server); got != want {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
}

func TestBrowserShape(t *testing.T) {
	for _, tt := range []struct {
		workers    int
		simd, want string
	}{
		{1, "simd128", "1 Web Worker · vectors (simd128)"},
		{1, "none", "1 Web Worker · no vectors"},
		{4, "", "4 Web Workers · no vectors"},
	} {
		if got := BrowserShape(i18n.EN, tt.workers, tt.simd); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// TestStartsText tells of the slowest worker, in the parts that are known.
func TestStartsText(t *testing.T) {
	b := measure.BrowserResult{Result: result.MethodResult{Method: request.BrowserWorkers}, DownloadS: 0.5, Starts: []result.BrowserStart{
		{TotalS: 0.2, CompileS: 0.1, InstantiateS: 0.05}, {TotalS: 0.4, CompileS: 0.3, InstantiateS: 0.06},
	}}
	got := strings.ReplaceAll(StartsText(i18n.EN, b), "\u00a0", " ")
	for _, want := range []string{"several workers", "0.500 s", "0.400 s", "0.300 s", "60 ms"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	b.Starts = []result.BrowserStart{{CompileS: 0.3}}
	if got := StartsText(i18n.EN, b); !strings.Contains(got, "Before that") || strings.Contains(got, "slowest") {
		t.Errorf("one worker: %q", got)
	}
}

func TestSharesInWords(t *testing.T) {
	segments := []Segment{{Stage: "spawn", Seconds: 0, Share: 0.004}, {Stage: "decode", Seconds: 0, Share: 0.396}, {Stage: "filter", Seconds: 0, Share: 0.6}}
	if got, want := SharesText(i18n.EN, segments), "start <\u00a01%, decode 40%, filter 60%"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := MainShares(i18n.EN, segments), "filter 60%, decode 40%; the rest, less than 1% each"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := MainShares(i18n.ES, segments[1:]), "filtra 60\u00a0%, decodifica 40\u00a0%"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRunSentence(t *testing.T) {
	running := func(phase string) result.RunView {
		return result.RunView{ID: "x", State: result.Running, Progress: result.Progress{Phase: phase, Method: "threading", Round: 2, Rounds: 4}}
	}
	tests := []struct {
		name string
		ph   measure.Phase
		view result.RunView
		want string
	}{
		{"sending", measure.Sending, result.RunView{}, "Sending the request…"},
		{"next", measure.Watching, result.RunView{State: result.Queued}, "Queued: it is next"},
		{"one ahead", measure.Watching, result.RunView{State: result.Queued, Position: 1}, "Queued: 1 run is ahead"},
		{"two ahead", measure.Watching, result.RunView{State: result.Queued, Position: 2}, "Queued: 2 runs are ahead"},
		{"warm-up", measure.Watching, running(result.PhaseWarmup), "Threads · round 2 of 4, a warm-up"},
		{"timed", measure.Watching, running(result.PhaseTimed), "Threads · round 2 of 4"},
		{"verify", measure.Watching, running(result.PhaseVerify), "Checking the pixels, outside the measured time…"},
		{"starting", measure.Watching, result.RunView{State: result.Running}, "Starting…"},
		{"cancelled", measure.Cancelled, running(result.PhaseTimed), "Run cancelled"},
	}
	for _, tt := range tests {
		if got := runSentence(i18n.EN, tt.ph, tt.view); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	a, b := running(result.PhaseTimed), running(result.PhaseTimed)
	b.Progress.Done = 3
	if spokenProgress(i18n.EN, a) != spokenProgress(i18n.EN, b) {
		t.Error("a screen reader would hear every image")
	}
}

// What the browser took is set beside the rounds that the host measured in turns with
// it; where it measured none beside those of before, if these were running too.
func TestBrowserInTurns(t *testing.T) {
	rounds := func(unit float64) (list []result.Round) {
		list = append(list, result.Round{Warmup: true, Seconds: 99})
		for _, slow := range []float64{1, 1.5, 1.02} { // which both were
			list = append(list, result.Round{Seconds: unit * slow, Stages: result.StageTimes{
				Read: 0.004, Decode: unit * slow / 2, Filter: unit * slow / 4, Encode: unit * slow / 8, Write: 0.006,
			}})
		}
		return list
	}
	browser := result.MethodResult{Method: request.Browser, Time: 2.04, Rounds: rounds(2)}
	sequential := &result.MethodResult{Method: request.Sequential, Time: 1, Pool: request.Warm, Rounds: rounds(1)}
	server := &result.Comparison{Results: map[string]*result.MethodResult{request.Sequential: sequential}}
	turns := &measure.Turns{Against: request.Sequential, With: []string{request.Browser}, Rounds: rounds(0.5)[1:]}
	with := func(sentence string, want ...string) {
		t.Helper()
		for _, part := range want {
			if !strings.Contains(sentence, part) {
				t.Errorf("%q lacks %q", sentence, part)
			}
		}
	}
	with(BrowserSentence(i18n.EN, browser, server, turns), "With both running, this browser needs 4.00 times as long as sequential (4.00 to 4.00); rounds: 3, in turns with the server's. By stages: decode 4.00 (4.00 to 4.00); filter 4.00", "encode 4.00")
	with(BrowserSentence(i18n.ES, browser, server, nil), "este navegador tarda 2,00 veces lo que el modo secuencial", "rondas: 3, una después de otra", "Por etapas: decodifica 2,00")
	turns.Broken = true
	with(BrowserSentence(i18n.EN, browser, server, turns), "2.00 times", "one after the other")
	with(BrowserWithout(i18n.EN, browser, server, nil), "Starting is in neither", "(0.010 s)")
	sequential.Pool = request.Cold
	with(BrowserSentence(i18n.EN, browser, server, nil), "This browser needs 2.0 times as long as sequential.")
	with(BrowserWithout(i18n.EN, browser, server, nil), "Starting", "in the server's time")
	if got := BrowserWithout(i18n.EN, browser, nil, nil); got != "" {
		t.Errorf("without a server: %q", got)
	}
}
