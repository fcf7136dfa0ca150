package api

import (
	"bytes"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"carriles/cmd/host/internal/evidence"
	"carriles/executor/batch/result"
)

// trace gives a run as Chrome trace events, to be opened in Perfetto.
func (a *api) trace(w http.ResponseWriter, r *http.Request) {
	a.evidence(w, r, "trace.json", "application/json", kept, evidence.WriteTrace)
}

// samples gives a run's raw samples as a table.
func (a *api) samples(w http.ResponseWriter, r *http.Request) {
	a.evidence(w, r, "samples.csv", "text/csv; charset=utf-8", kept, evidence.WriteCSV)
}

// report gives a run as one file that needs no network. It opens in a tab, where it
// is read and printed, and names the scripts that may run in it by their digests; the
// sandbox keeps it apart from the page, whose origin it is shown on.
func (a *api) report(w http.ResponseWriter, r *http.Request) {
	lang := language(r)
	if chosen := r.URL.Query().Get("lang"); chosen == "es" || chosen == "en" { // a link cannot set a header
		lang = chosen
	}
	w.Header().Set("Content-Security-Policy", "sandbox allow-scripts allow-modals; frame-ancestors 'none'")
	a.evidence(w, r, "report.html", "text/html; charset=utf-8", shown, func(out io.Writer, view result.RunView) error {
		return evidence.WriteReport(out, view, a.Assets, func(path string) ([]byte, error) { return a.picture(r, path) }, lang)
	})
}

// What a browser does with a file, in the words of RFC 6266.
const (
	kept  = "attachment"
	shown = "inline"
)

// evidence answers with a file about a run, which is whole or an error.
func (a *api) evidence(w http.ResponseWriter, r *http.Request, name, kind, disposition string, write func(io.Writer, result.RunView) error) {
	view, err := a.Runs.View(chi.URLParam(r, "id"))
	var file bytes.Buffer
	if err == nil {
		err = write(&file, view)
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{
		"filename": "carriles-" + view.ID + "-" + name,
	}))
	_, _ = w.Write(file.Bytes()) // the client may have gone
}

// picture reads a preview by its path on this server.
func (a *api) picture(r *http.Request, path string) ([]byte, error) {
	if strings.HasPrefix(path, previewPrefix) {
		if err := a.ensurePreview(r.Context(), path); err != nil {
			return nil, err
		}
	}
	return fs.ReadFile(a.Library.FS(), strings.TrimPrefix(path, "/static/"))
}
