package results

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/web/draw"
)

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
	var b Beside
	if results[request.Sequential] != nil {
		b.Against = request.Sequential
	} else {
		for _, name := range draw.MethodOrder(results) {
			if b.Against == "" || results[name].Time < results[b.Against].Time {
				b.Against = name
			}
		}
	}
	if b.Against == "" {
		return b
	}
	if server := results[b.Against]; server.Time > 0 {
		b.Ratio = browser.Time / server.Time
	}
	return b
}
