package api

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5/middleware"
)

// compressed lets text travel compressed to whom reads it so, but for streams, of
// which each event is to arrive at once and whose reader is to be missed when it has
// gone. It is the fastest level: an answer may be made beside another's clock, and a
// comparison's is a millisecond so.
func compressed(next http.Handler) http.Handler {
	whole := middleware.Compress(gzip.BestSpeed, "application/json", "text/html", "text/csv", "image/svg+xml")(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimSuffix(r.URL.Path, "/")
		if strings.HasSuffix(path, "/events") || strings.HasSuffix(path, "/ws") {
			next.ServeHTTP(w, r)
			return
		}
		r.Header.Set("Accept-Encoding", Accepted(r.Header.Values("Accept-Encoding")))
		whole.ServeHTTP(w, r)
	})
}

// Accepted lists the encodings that a client reads, as RFC 9110 12.5.3 has it:
// chi and statigz take one for accepted that is named with q=0.
func Accepted(header []string) string {
	var read []string
	for coding := range strings.SplitSeq(strings.Join(header, ","), ",") {
		name, params, _ := strings.Cut(coding, ";")
		q, given := strings.CutPrefix(strings.ToLower(strings.TrimSpace(params)), "q=")
		weight, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		if name = strings.TrimSpace(name); name != "" && (!given || err == nil && weight > 0) {
			read = append(read, name)
		}
	}
	return strings.Join(read, ", ")
}
