package results

import (
	"net/url"
	"path"
	"strings"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
)

// Pair is a photograph before and after.
type Pair struct {
	Name                        string // of the photograph
	Before, After               string // URLs of the full images
	BeforePreview, AfterPreview string
	Seconds                     float64
	Bytes                       int64
	Error                       string // why there is no After
	Attempts                    int
}

// Pairs lists each photograph of a result once: a batch cycles through them,
// and the same photograph gives the same pixels. Every failure is listed.
func Pairs(l i18n.Lang, r result.MethodResult, photos []result.ImageInfo) []Pair {
	var pairs []Pair
	seen := map[string]bool{}
	for _, t := range r.Results {
		failed := t.Status != result.StatusSuccess
		if seen[t.OriginalPath] && !failed {
			continue
		}
		seen[t.OriginalPath] = seen[t.OriginalPath] || !failed
		p := pairOf(imageName(t.OriginalPath), photos)
		p.Seconds, p.Bytes, p.Attempts = t.ProcessingTime, t.FileSize, t.Attempts
		if failed {
			p.Error = t.Why(string(l))
			if p.Error == "" {
				p.Error = l.T("pictures.no_reason")
			}
		} else {
			p.After = PathURL(t.ProcessedPath)
			p.AfterPreview = p.After
			if t.PreviewPath != "" {
				p.AfterPreview = PathURL(t.PreviewPath)
			}
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// BlobPairs lists the pictures that the browser made: names and the URLs of
// their blobs, in the same order.
func BlobPairs(names, urls []string, photos []result.ImageInfo) []Pair {
	var pairs []Pair
	for i := range min(len(names), len(urls)) {
		p := pairOf(names[i], photos)
		p.After, p.AfterPreview = urls[i], urls[i]
		pairs = append(pairs, p)
	}
	return pairs
}

func pairOf(name string, photos []result.ImageInfo) Pair {
	p := Pair{Name: name, Before: PathURL("static/images/" + name)}
	p.BeforePreview = p.Before
	for _, photo := range photos {
		if photo.Name == name {
			p.Before = photo.URL
			p.BeforePreview = photo.PreviewURL
		}
	}
	return p
}

// imageName is the name in static/images/ of a result's original_path.
func imageName(original string) string {
	if _, name, ok := strings.Cut(original, "images/"); ok {
		return name
	}
	return path.Base(original)
}

// PathURL makes a path of the host, with or without its first slash, a URL.
func PathURL(p string) string {
	return (&url.URL{Path: "/" + strings.TrimLeft(p, "/")}).EscapedPath()
}
