package api

import (
	"context"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// previewPrefix is where the photographs' previews are; previewWait how long a
// request waits for one to be made.
const (
	previewPrefix = "/static/previews/images/"
	previewWait   = time.Minute
)

// maxDelay bounds the slow image's wait, in seconds.
const maxDelay = 10

func (a *api) imageInfo(w http.ResponseWriter, r *http.Request) {
	a.answer(w, http.StatusOK, a.Library.Info(language(r)))
}

// slowDelay declares how long the slow image may take.
func slowDelay() filters.Param {
	return filters.Param{Name: "delay", Kind: filters.Float, Unit: "s", Min: 0, Max: maxDelay, Default: 1, Help: text.Text{ES: "cuánto espera", EN: "how long it waits"}}
}

// imageSlow waits before it gives the image, the one with a name or the usual
// one: something to be I/O-bound on. The source http reads from here.
func (a *api) imageSlow(w http.ResponseWriter, r *http.Request) {
	delay := slowDelay()
	seconds := delay.Default
	if txt := r.URL.Query().Get("delay"); txt != "" {
		x, err := strconv.ParseFloat(txt, 64)
		if err != nil || !delay.Allows(x) {
			a.fail(w, r, fault.Invalid([]fault.Fault{{
				Code: fault.CodeOutOfRange, Field: "delay", Allowed: delay.Allowed(),
				Text: text.Sprintf("«delay» no puede ser %q", "\"delay\" cannot be %q", txt),
			}}))
			return
		}
		seconds = x
	}
	select {
	case <-r.Context().Done(): // who asked has gone, or the server goes
		a.fail(w, r, fault.Errorf(fault.CodeStopping, "el servidor se está parando", "the server is stopping"))
	case <-time.After(time.Duration(seconds * float64(time.Second))):
		a.serveNamed(w, r, r.URL.Query().Get("name"))
	}
}

// serveNamed gives an image of the lab by its name, or the usual one if it has
// none.
func (a *api) serveNamed(w http.ResponseWriter, r *http.Request, name string) {
	switch {
	case name == "":
		a.serveImage(w, r)
	case a.Library.Exists(name):
		a.serveFile(w, r, "images/"+name, mayChange)
	default:
		a.notFound(w, r)
	}
}

// serveImage gives the first photograph that is "4K", or else the first.
func (a *api) serveImage(w http.ResponseWriter, r *http.Request) {
	images := a.Library.Info(language(r)).Images
	if len(images) == 0 {
		a.fail(w, r, request.NoImages(a.Library.Ignored()))
		return
	}
	chosen := images[0]
	for _, i := range images {
		if max(i.Width, i.Height) >= 3840 {
			chosen = i
			break
		}
	}
	a.serveFile(w, r, "images/"+chosen.Name, mayChange)
}

// preview serves a photograph's small picture. One that is not there yet is
// made first, when no timed run is going on.
func (a *api) preview(w http.ResponseWriter, r *http.Request) {
	if err := a.ensurePreview(r.Context(), r.URL.Path); err != nil {
		a.fail(w, r, err)
		return
	}
	a.static(w, r)
}

// ensurePreview makes the preview of a photograph, by the preview's path,
// unless it is there.
func (a *api) ensurePreview(ctx context.Context, path string) error {
	name := strings.TrimSuffix(strings.TrimPrefix(path, previewPrefix), ".jpg")
	if !a.Library.LacksPreview(name) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, previewWait)
	defer cancel()
	return a.Runs.Exclusive(ctx, func() error { return a.Library.MakePreview(ctx, name) })
}

// static serves photographs, outputs and previews.
func (a *api) static(w http.ResponseWriter, r *http.Request) {
	a.serveFile(w, r, strings.TrimPrefix(path.Clean(r.URL.Path), "/static/"), mayChange)
}

// mayChange is for a photograph: it may be replaced by another of its name.
const mayChange = "no-cache"

func (a *api) serveFile(w http.ResponseWriter, r *http.Request, name, caching string) {
	f, err := a.Library.FS().Open(name)
	if err != nil {
		a.notFound(w, r)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	content, seeks := f.(io.ReadSeeker)
	if err != nil || info.IsDir() || !seeks {
		a.notFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", caching)
	http.ServeContent(w, r, info.Name(), info.ModTime(), content)
}
