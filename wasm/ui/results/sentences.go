package results

import (
	"cmp"
	"slices"
	"strings"

	"carriles/executor/analysis"
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

// WorkersText says how many Web Workers there are.
func WorkersText(l i18n.Lang, workers int) string {
	if workers != 1 {
		return l.T("shape.workers", workers)
	}
	return l.T("shape.worker")
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
	return BrowserSentence(l, *o.Contest.Results[o.Contest.Spec.Methods[0]], o.Result)
}

// BrowserSentence sets the browser's time beside the host's.
func BrowserSentence(l i18n.Lang, browser result.MethodResult, server *result.Comparison) string {
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

// SharesText is a bar in words: "filtra 41 %, decodifica 30 %".
func SharesText(l i18n.Lang, segments []Segment) string {
	var parts []string
	for _, s := range segments {
		parts = append(parts, i18n.StageTitle(l, s.Stage)+" "+l.Percent(s.Share))
	}
	return strings.Join(parts, ", ")
}

// MainShares is a bar in fewer words: the stages that count, largest first.
func MainShares(l i18n.Lang, all []Segment) string {
	large := slices.Clone(all)
	slices.SortStableFunc(large, func(a, b Segment) int { return cmp.Compare(b.Share, a.Share) })
	large = slices.DeleteFunc(large, func(s Segment) bool { return s.Share < 0.01 })
	text := SharesText(l, large)
	if len(large) < len(all) {
		text = l.T("shares.rest", text)
	}
	return text
}

// BoundText says what limits a method.
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
