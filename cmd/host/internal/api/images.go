package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"carriles/cmd/host/internal/runs"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// The limits of an upload.
const (
	MaxUpload      = 10 << 20 // bytes a file
	maxUploadAll   = 64 << 20
	maxUploadFiles = 200
	// uploadWait is how long an upload waits for timed runs to end: images are
	// decoded between runs, never beside one.
	uploadWait = 2 * time.Minute
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

// imageSlow waits before it gives the image, the one with a name or the usual
// one: something to be I/O-bound on. The source http reads from here.
func (a *api) imageSlow(w http.ResponseWriter, r *http.Request) {
	delay := filters.Param{Name: "delay", Kind: filters.Float, Min: 0, Max: maxDelay, Default: 1}
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
	case <-r.Context().Done():
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
		a.serveFile(w, r, "images/"+name)
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
	a.serveFile(w, r, "images/"+chosen.Name)
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
	a.serveFile(w, r, strings.TrimPrefix(path.Clean(r.URL.Path), "/static/"))
}

func (a *api) serveFile(w http.ResponseWriter, r *http.Request, name string) {
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
	w.Header().Set("Cache-Control", "no-cache") // a photograph may be replaced by another of its name
	http.ServeContent(w, r, info.Name(), info.ModTime(), content)
}

// upload takes images in, each under a name of the server's.
func (a *api) upload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUploadAll)
	parts, err := r.MultipartReader()
	if err != nil {
		a.fail(w, r, fault.Invalid([]fault.Fault{{
			Code: fault.CodeWrongType, Field: "files",
			Text:    text.Sprintf("se espera un formulario multipart con archivos", "a multipart form with files is expected"),
			Allowed: text.Sprintf("multipart/form-data con el campo «files»", "multipart/form-data with the field \"files\""),
		}}).Because(err))
		return
	}
	answer := result.UploadInfo{Images: []result.ImageInfo{}}
	refuse := func(name string, err error) {
		var e *fault.Error
		if !errors.As(err, &e) {
			e = fault.Errorf(fault.CodeInternal, "«%s» no se pudo guardar", "%q could not be stored", name)
		}
		a.Log.Warn("upload refused", "name", name, "err", err)
		b := e.Body(language(r)).FaultBody
		b.Field = name
		answer.Refused = append(answer.Refused, b)
	}
	for n := 0; ; n++ {
		// Phones are slow, and the file before this one may have waited for a run.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadWait))
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil || n >= maxUploadFiles {
			a.fail(w, r, fault.Errorf(fault.CodeTooLarge,
				"la subida pasa de %d MiB o de %d archivos, o no llegó entera",
				"the upload is over %d MiB or %d files, or did not arrive whole", maxUploadAll>>20, maxUploadFiles).Because(err))
			return
		}
		if part.FileName() == "" {
			continue
		}
		info, err := a.takeIn(r.Context(), part)
		if err != nil {
			refuse(part.FileName(), err)
			continue
		}
		answer.Images = append(answer.Images, info)
	}
	code := http.StatusCreated
	if len(answer.Images) == 0 {
		code = http.StatusUnprocessableEntity
		if len(answer.Refused) == 0 {
			a.fail(w, r, fault.Invalid([]fault.Fault{{
				Code: fault.CodeWrongType, Field: "files",
				Text:    text.Sprintf("no hay ningún archivo", "there is no file"),
				Allowed: text.Sprintf("de 1 a %d archivos", "1 to %d files", maxUploadFiles),
			}}))
			return
		}
	}
	a.answer(w, code, answer)
}

// takeIn stores one file. The error is a *fault.Error or internal.
func (a *api) takeIn(ctx context.Context, part *multipart.Part) (info result.ImageInfo, err error) {
	data, err := io.ReadAll(io.LimitReader(part, MaxUpload+1))
	if err != nil {
		return info, err
	}
	if len(data) > MaxUpload {
		return info, fault.Errorf(fault.CodeTooLarge, "pasa de %d MiB", "it is over %d MiB", MaxUpload>>20)
	}
	ctx, cancel := context.WithTimeout(ctx, uploadWait)
	defer cancel()
	err = a.Runs.Exclusive(ctx, func() error {
		info, err = a.Library.Upload(ctx, path.Base(part.FileName()), runs.NewID(), data)
		return err
	})
	if err != nil && err == ctx.Err() { // not a deadline within the inspection
		err = fault.Errorf(fault.CodeBusy, "se está midiendo: pruebe otra vez dentro de un momento",
			"a run is being measured: try again in a moment").Because(err)
	}
	return info, err
}
