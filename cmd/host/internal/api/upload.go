package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"time"

	"carriles/cmd/host/internal/library"
	"carriles/cmd/host/internal/runs"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// The limits of uploads. One is received whole, onto the disk, and then looked at
// file by file; what was stored is named in the answer, and of a form that is not
// taken nothing is stored.
const (
	MaxUpload      = 10 << 20 // bytes a file
	maxUploadAll   = 64 << 20
	maxUploadFiles = 200
	// uploads are under way at a time, half of them of an address.
	uploads          = 8
	uploadsAnAddress = 4
	// receiveWait is how long a form may take to arrive: phones are slow.
	receiveWait = 5 * time.Minute
	// uploadWait is how long a file waits for timed runs to end: images are
	// decoded between runs, never beside one.
	uploadWait = 2 * time.Minute
	// drainWait is how long the form of who is turned away is read and dropped:
	// most clients read no answer before they have written all.
	drainWait = 20 * time.Second
)

// received is a file of a form, or why there is none.
type received struct {
	library.Received
	err error
}

// upload takes images in, each under a name of the server's.
func (a *api) upload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUploadAll)
	deadline := func(wait time.Duration) { _ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(wait)) }
	leave, ok := func() {}, true
	if !a.presents(r) {
		leave, ok = a.uploads.enter(who{client(r), uploadsAnAddress})
	}
	if !ok {
		deadline(drainWait)
		_, _ = io.Copy(io.Discard, r.Body) // however it ends, the answer is the same
		a.fail(w, r, fault.Errorf(fault.CodeBusy, "ya se están recibiendo otras fotografías: pruebe otra vez dentro de un momento",
			"other photographs are being received: try again in a moment"))
		return
	}
	defer leave()
	deadline(receiveWait)
	files, err := a.receive(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	answer, code := result.UploadInfo{Images: []result.ImageInfo{}}, http.StatusUnprocessableEntity
	for _, f := range files {
		var info result.ImageInfo
		if f.err == nil {
			info, f.err = a.takeIn(r.Context(), f.Received)
		}
		if f.err == nil {
			answer.Images = append(answer.Images, info)
			continue
		}
		a.Log.Warn("upload refused", "name", f.Name, "err", f.err)
		var e *fault.Error
		if !errors.As(f.err, &e) {
			e = fault.Internal(f.err, "«%s» no se pudo guardar", "%q could not be stored", f.Name)
		}
		b := e.Body(language(r)).FaultBody
		b.Field = f.Name
		answer.Refused = append(answer.Refused, b)
		code = max(code, status[e.Code]) // the machine's fault says nothing against an image
	}
	if len(answer.Images) > 0 {
		code = http.StatusCreated
	}
	a.answer(w, code, answer)
}

// receive writes the files of a form to the disk, as far as they may be as large
// as they are. Without an error there is at least one.
func (a *api) receive(r *http.Request) (files []received, err error) {
	defer func() {
		if err != nil {
			for _, f := range files {
				a.Library.Drop(f.Received)
			}
		}
	}()
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, noForm(text.Sprintf("se espera un formulario multipart con archivos", "a multipart form with files is expected"), formField(), err)
	}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		switch {
		case err == io.EOF && len(files) == 0:
			return files, noForm(text.Sprintf("no hay ningún archivo", "there is no file"), text.Sprintf("de 1 a %d archivos", "1 to %d files", maxUploadFiles), nil)
		case err == io.EOF:
			return files, nil
		case err != nil:
			return files, cutForm(err)
		case n >= maxUploadFiles:
			return files, formTooLarge(nil)
		case part.FileName() == "":
			continue
		}
		f, err := a.receiveOne(part)
		if err != nil {
			return files, err
		}
		files = append(files, f)
	}
}

// receiveOne writes a file to the disk. The error ends the form; what is wrong
// with the file only is in it.
func (a *api) receiveOne(part *multipart.Part) (received, error) {
	sent := &io.LimitedReader{R: part, N: MaxUpload + 1}
	file, err := a.Library.Receive(path.Base(part.FileName()), runs.NewID(), sent)
	var e *fault.Error
	switch {
	case errors.As(err, &e):
		return received{}, err
	case err != nil:
		return received{}, cutForm(err)
	case sent.N == 0:
		a.Library.Drop(file)
		return received{file, fault.Errorf(fault.CodeTooLarge, "pasa de %d MiB", "it is over %d MiB", MaxUpload>>20)}, nil
	}
	return received{Received: file}, nil
}

// takeIn stores one file. The error is a *fault.Error or internal.
func (a *api) takeIn(ctx context.Context, file library.Received) (info result.ImageInfo, err error) {
	defer a.Library.Drop(file) // Upload does so too, if it comes to that
	ctx, cancel := context.WithTimeout(ctx, uploadWait)
	defer cancel()
	err = a.Runs.Exclusive(ctx, func() error {
		info, err = a.Library.Upload(ctx, file)
		return err
	})
	if err != nil && err == ctx.Err() { // not a deadline within the inspection
		err = fault.Errorf(fault.CodeBusy, "se está midiendo: pruebe otra vez dentro de un momento",
			"a run is being measured: try again in a moment").Because(err)
	}
	return info, err
}

// cutForm says why a form did not arrive whole.
func cutForm(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return formTooLarge(err)
	}
	return noForm(text.Sprintf("el formulario no llegó entero, o no lo es", "the form did not arrive whole, or is none"), formField(), err)
}

func formTooLarge(cause error) error {
	return fault.Errorf(fault.CodeTooLarge, "la subida pasa de %d MiB o de %d archivos: no se guardó nada",
		"the upload is over %d MiB or %d files: nothing was stored", maxUploadAll>>20, maxUploadFiles).Because(cause)
}

func formField() text.Text {
	return text.Sprintf("multipart/form-data con el campo «files»", "multipart/form-data with the field \"files\"")
}

func noForm(what, allowed text.Text, cause error) error {
	return fault.Invalid([]fault.Fault{{Code: fault.CodeWrongType, Field: "files", Text: what, Allowed: allowed}}).Because(cause)
}
