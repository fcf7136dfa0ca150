package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// TestCompressed asks for what is text with and without an encoding: it is the same,
// and shorter; streams and pictures travel as they are.
func TestCompressed(t *testing.T) {
	l := open(t, twoPhotos(t))
	l.control(`{"action":"show","step":"computing"}`, 200)
	ask := func(path, encodings string) (http.Header, []byte) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		header := []string{"Accept-Encoding: " + encodings} // else the client sends its own
		resp := l.open(ctx, "GET", path, nil, header...)
		defer resp.Body.Close()
		if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
			first := make([]byte, 16)
			if _, err := io.ReadFull(resp.Body, first); err != nil { // at once, not when it ends
				t.Errorf("%s: %v", path, err)
			}
			return resp.Header, first
		}
		data, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 {
			t.Errorf("%s: %d, %v", path, resp.StatusCode, err)
		}
		return resp.Header, data
	}
	for path, whole := range map[string]bool{
		"/api/guide/": false, "/api/filters/": false, "/wall": false, "/join": false, "/api/class/qr/": false,
		"/api/class/events/": true, "/wall/events": true, "/static/images/a.jpg": true,
	} {
		_, plain := ask(path, "identity")
		for encodings, coded := range map[string]bool{"gzip": !whole, "gzip, deflate, br": !whole, "gzip;q=0": false} {
			header, data := ask(path, encodings)
			if got := header.Get("Content-Encoding"); (got == "gzip") != coded || got != "" && got != "gzip" {
				t.Errorf("%s for %q: %q", path, encodings, got)
			}
			if !coded {
				continue
			}
			if header.Get("Vary") != "Accept-Encoding" || len(data) > len(plain)*2/3 {
				t.Errorf("%s: %d bytes of %d, %v", path, len(data), len(plain), header)
			}
			read, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if got, err := io.ReadAll(read); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s: %v, and it is not what it was", path, err)
			}
		}
	}
}

// BenchmarkCompressed is what compressing a comparison's answer costs.
func BenchmarkCompressed(b *testing.B) {
	spec := request.Spec{Methods: request.GuideMethods(), Count: 20}
	c := resultOf(spec)
	for i := range c.Spec.Methods {
		lane := result.TimelineLane{}
		for n := range 200 {
			at := 0.01 * float64(n)
			lane.Spans = append(lane.Spans, result.TimelineSpan{Stage: "filter", Task: n, StartS: at, EndS: at + 0.0097123*float64(n%7)})
		}
		c.Timelines = append(c.Timelines, result.Timeline{Method: c.Spec.Methods[i], Lanes: []result.TimelineLane{lane, lane}})
	}
	data, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	for b.Loop() {
		out.Reset()
		w.Reset(&out)
		_, _ = w.Write(data)
		_ = w.Close()
	}
	b.ReportMetric(float64(len(data)), "bytes")
	b.ReportMetric(float64(out.Len()), "gzip-bytes")
}
