package results

import (
	"slices"
	"strings"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/web/draw"
)

// Headline is the one sentence of a result: the host's verdict, or for a single
// method what it took.
func Headline(l i18n.Lang, c *result.Comparison) string {
	names := draw.MethodOrder(c.Results)
	if len(names) == 1 {
		r := c.Results[names[0]]
		if failed := r.ProcessedCount - r.SuccessCount; failed > 0 {
			return l.T("headline.failed", i18n.MethodTitle(l, names[0]), l.Duration(r.Time), failed, r.ProcessedCount)
		}
		return l.T("headline.one", i18n.MethodTitle(l, names[0]), l.Duration(r.Time), l.Images(r.ProcessedCount))
	}
	if s := l.In(c.Performance.Summary); s != "" {
		return s
	}
	return l.T("headline.none")
}

// BrowserHeadline is the sentence of a result that only the browser has.
func BrowserHeadline(l i18n.Lang, r result.MethodResult) string {
	return l.T("headline.one", i18n.MethodTitle(l, r.Method), l.Duration(r.Time), l.Images(r.ProcessedCount))
}

// BrowserShape says how many workers of a browser computed, and whether in
// vectors.
func BrowserShape(l i18n.Lang, workers int, simd string) string {
	text := WorkersText(l, workers)
	if simd == "" || simd == filters.NoSIMD {
		return text + " · " + l.T("shape.plain")
	}
	return text + " · " + l.T("shape.vectors", simd)
}

func WorkersText(l i18n.Lang, workers int) string {
	if workers != 1 {
		return l.T("shape.workers", workers)
	}
	return l.T("shape.worker")
}

// HereText sets the room's methods beside this machine's own; empty without any.
func HereText(l i18n.Lang, c *result.Comparison) string {
	if c == nil {
		return ""
	}
	var all []string
	for _, name := range draw.MethodOrder(c.Results) {
		if here := c.Results[name].Here; here != nil {
			all = append(all, l.In(here.Text))
		}
	}
	return strings.Join(all, " ")
}

// BrowserSpeedup sets one of the browser's methods beside its baseline.
func BrowserSpeedup(l i18n.Lang, own, baseline result.MethodResult) string {
	return l.T("beside.browser", i18n.MethodTitle(l, own.Method), l.Ratio(baseline.Time/own.Time), i18n.LowerTitle(l, baseline.Method))
}

// compared reports whether the browser's methods were measured together, so that
// there is a verdict on them.
func compared(c *result.Comparison) bool { return c != nil && len(c.Spec.Methods) > 1 }

// contestSentence is what the browser's methods gave.
func contestSentence(l i18n.Lang, o measure.Outcome) string {
	if compared(o.Contest) {
		return l.In(o.Contest.Performance.Summary)
	}
	return BrowserSentence(l, *o.Contest.Results[o.Contest.Spec.Methods[0]], o.Result, o.Turns)
}

// besideOf sets the browser's rounds beside those that the host measured in turns with
// them, or else beside those of before; without the latter's rounds, or where they have
// starting in them, there is nothing.
func besideOf(browser result.MethodResult, server *result.Comparison, turns *measure.Turns) (b analysis.Beside, inTurns bool) {
	if turns != nil && !turns.Broken && slices.Contains(turns.With, browser.Method) {
		if b = analysis.BesideOf(turns.Against, browser.Method, turns.Rounds, browser.Rounds); b.Whole.Rounds > 0 {
			return b, true
		}
	}
	if server != nil {
		if r := server.Results[measure.Against(server.Results)]; r != nil && r.Pool == request.Warm {
			return analysis.BesideOf(r.Method, browser.Method, r.Rounds, browser.Rounds), false
		}
	}
	return analysis.Beside{}, false
}

// BrowserWithout says what is not in the times that BrowserSentence compares.
func BrowserWithout(l i18n.Lang, browser result.MethodResult, server *result.Comparison, turns *measure.Turns) string {
	b, _ := besideOf(browser, server, turns)
	switch {
	case b.Whole.Rounds > 0:
		return l.In(b.Without())
	case server == nil || CompareBrowser(browser, server.Results).Ratio == 0:
		return ""
	}
	return l.T("beside.without")
}

// BrowserSentence sets the browser's time beside the host's.
func BrowserSentence(l i18n.Lang, browser result.MethodResult, server *result.Comparison, turns *measure.Turns) string {
	if b, inTurns := besideOf(browser, server, turns); b.Whole.Rounds > 0 {
		return l.In(b.Text(inTurns))
	}
	if server == nil {
		return l.T("beside.alone")
	}
	b := CompareBrowser(browser, server.Results)
	if b.Against == "" || b.Ratio == 0 {
		return l.T("beside.alone")
	}
	return l.T("beside.ratio", l.Times(b.Ratio), i18n.LowerTitle(l, b.Against))
}

// PixelsSentence says whether the host's methods gave the same pixels.
func PixelsSentence(l i18n.Lang, c *result.Comparison) string {
	if len(c.Results) < 2 {
		return l.T("pixels.one")
	}
	switch PixelsOf(c.Results) {
	case Equal:
		return l.T("pixels.equal", len(c.Results))
	case Different:
		return l.T("pixels.different")
	}
	return l.T("pixels.unknown")
}

// BrowserPixelsSentence says whether the browser's pixels are the host's, or
// without the host's whether all its methods gave the same.
func BrowserPixelsSentence(l i18n.Lang, browsers []result.MethodResult, server *result.Comparison) string {
	equal := BrowserPixels(browsers, server)
	switch {
	case server == nil && len(browsers) < 2:
		return l.T("pixels.browser.alone")
	case equal == Unknown:
		return l.T("pixels.browser.unknown")
	case server == nil && equal == Equal:
		return l.T("pixels.browsers.equal", len(browsers))
	case server == nil:
		return l.T("pixels.browsers.different")
	case equal == Equal:
		return l.T("pixels.browser.equal")
	}
	return l.T("pixels.browser.different")
}

// SharesText is a bar in words.
func SharesText(l i18n.Lang, segments []Segment) string { return draw.SharesText(string(l), segments) }

// MainShares is a bar in fewer words: the stages that count, largest first.
func MainShares(l i18n.Lang, all []Segment) string {
	large := draw.MainSegments(all)
	text := SharesText(l, large)
	if len(large) < len(all) {
		text = l.T("shares.rest", text)
	}
	return text
}

// boundSentence says what limited a batch, as it was measured of the baseline: without
// a helper that waits with it, or a lock. Nothing where that is not known.
func boundSentence(l i18n.Lang, c *result.Comparison) string {
	if c == nil || c.Results[request.Sequential] == nil {
		return ""
	}
	switch bound := c.Results[request.Sequential].Bound; bound {
	case "cpu", "io", "lock", "mixed":
		return l.T("bound.said." + bound)
	}
	return ""
}

func BoundText(l i18n.Lang, bound string) string {
	title := l.In(analysis.BoundTitle(bound))
	return i18n.Known(l, title != "", title)
}

// StartsText says what a method of the browser did before it computed: its
// photographs, and what starting its slowest worker took.
func StartsText(l i18n.Lang, b measure.BrowserResult) string {
	text := l.T("download.seconds", i18n.MethodTitle(l, b.Result.Method), l.Duration(b.DownloadS))
	var slowest result.BrowserStart
	for _, s := range b.Starts {
		if s.TotalS+s.CompileS+s.InstantiateS > slowest.TotalS+slowest.CompileS+slowest.InstantiateS {
			slowest = s
		}
	}
	switch {
	case slowest.TotalS > 0:
		return text + " " + l.T("start.workers", l.Duration(slowest.TotalS), l.Duration(slowest.CompileS), l.Duration(slowest.InstantiateS))
	case slowest.CompileS > 0:
		return text + " " + l.T("start.worker", l.Duration(slowest.CompileS), l.Duration(slowest.InstantiateS))
	}
	return text
}

// EnvironmentLine says in one line what a figure was measured on. What is
// unknown is left out.
func EnvironmentLine(l i18n.Lang, e result.Environment) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(e.CPUModel)
	if e.CoresFound > 0 {
		add(l.T("environment.cores", e.CoresUsed, e.CoresFound))
	}
	if e.Engine != "" {
		add(l.T("environment.engine", e.Engine))
	}
	switch e.SIMD {
	case "":
	case "none":
		add(l.T("environment.scalar"))
	default:
		add(strings.ToUpper(e.SIMD))
	}
	if c := e.Ceiling; c != nil {
		add(l.T("environment.ceiling", c.Lanes, l.Ratio(c.Arithmetic), l.Ratio(c.Memory)))
	}
	if e.LoadAverage != nil {
		add(l.T("environment.load", l.Number(*e.LoadAverage, 2)))
	}
	add(strings.TrimSpace(e.OS + " " + e.Arch))
	add(e.GoVersion)
	return strings.Join(parts, " · ")
}

// Equality is what is known of two sets of pixels.
type Equality int

// Whether pixels are equal.
const (
	Unknown Equality = iota
	Equal
	Different
)

// CompareDigests compares two results' pixels. A missing digest means that an
// image failed: then nothing is known.
func CompareDigests(a, b string) Equality {
	switch {
	case a == "" || b == "":
		return Unknown
	case a == b:
		return Equal
	}
	return Different
}

// PixelsOf says whether all of a comparison's methods gave the same pixels;
// one method alone has nothing to be compared with.
func PixelsOf(results map[string]*result.MethodResult) Equality {
	var digests []string
	for _, name := range draw.MethodOrder(results) {
		digests = append(digests, results[name].OutputDigest)
	}
	return compareAll(digests)
}

// BrowserPixels says whether the browser's methods gave the host's pixels, or
// without the host the same ones.
func BrowserPixels(browsers []result.MethodResult, server *result.Comparison) Equality {
	var digests []string
	if server != nil {
		if against := CompareBrowser(result.MethodResult{}, server.Results).Against; against != "" {
			digests = append(digests, server.Results[against].OutputDigest)
		}
	}
	for _, b := range browsers {
		digests = append(digests, b.OutputDigest)
	}
	return compareAll(digests)
}

func compareAll(digests []string) Equality {
	if len(digests) < 2 {
		return Unknown
	}
	answer := Equal
	for _, d := range digests[1:] {
		switch CompareDigests(digests[0], d) {
		case Unknown:
			return Unknown
		case Different:
			answer = Different
		}
	}
	return answer
}

// Beside is the browser's result beside the host's of the same work.
type Beside struct {
	Against string  // the method of the host that it is compared with; empty: none
	Ratio   float64 // the browser's time over that method's
}

// CompareBrowser sets the browser's result beside the host's: sequential, which
// is the same strategy, or else the fastest. results is nil where the host has
// none of the same work.
func CompareBrowser(browser result.MethodResult, results map[string]*result.MethodResult) Beside {
	b := Beside{Against: measure.Against(results)}
	if b.Against == "" {
		return b
	}
	if server := results[b.Against]; server.Time > 0 {
		b.Ratio = browser.Time / server.Time
	}
	return b
}
