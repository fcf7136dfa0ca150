package library

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/fault"
)

// Received is a file that was sent, whole and not looked at yet.
type Received struct {
	Name string // the sender's
	id   string
	temp string
}

// Receive writes a file to the disk as it comes, so that what waits to be looked
// at is not in memory. id is in the name that the file will have. Upload or Drop
// must follow. The error is a *fault.Error if the disk is in the way, or else
// from's.
func (l *Library) Receive(name, id string, from io.Reader) (Received, error) {
	if err := l.Room(); err != nil {
		return Received{}, err
	}
	r := Received{Name: name, id: id, temp: path.Join(workDir, id+".upload")}
	f, err := l.root.Create(r.temp)
	if err != nil {
		return Received{}, cannotStore(name, err)
	}
	out := &written{to: f}
	_, err = io.Copy(out, from)
	if out.err = errors.Join(out.err, f.Close()); out.err != nil {
		err = cannotStore(name, out.err)
	}
	if err != nil {
		l.Drop(r)
		return Received{}, err
	}
	return r, nil
}

// written tells a disk that does not take something from a sender that does not
// send it.
type written struct {
	to  io.Writer
	err error
}

func (w *written) Write(p []byte) (n int, err error) {
	n, w.err = w.to.Write(p)
	return n, w.err
}

// Drop removes a file that is not taken in.
func (l *Library) Drop(r Received) { _ = l.root.Remove(r.temp) }

// Upload takes an image in under a name made by the server, after a child
// process has decoded all of it; what was received is gone then, or in its place.
// The error is a *fault.Error, or the context's.
func (l *Library) Upload(ctx context.Context, r Received) (result.ImageInfo, error) {
	name, id, temp := r.Name, r.id, r.temp
	defer l.Drop(r)
	data, err := l.root.ReadFile(temp)
	if err != nil {
		return result.ImageInfo{}, cannotStore(name, err)
	}
	info, err := codec.Probe(data)
	if err != nil {
		return result.ImageInfo{}, codec.Unusable(name, err)
	}
	stored := "uploads/" + result.Slug(strings.TrimSuffix(name, path.Ext(name))) + "-" + id + info.Format.Ext()
	file := path.Join(imagesDir, stored)
	if _, err := l.inspect(ctx, temp, previewOf(file), false); err != nil {
		if ctx.Err() != nil {
			return result.ImageInfo{}, ctx.Err() // which says nothing against the image
		}
		var machine *fault.Error
		if errors.As(err, &machine) && machine.Code != fault.CodeBadImage {
			return result.ImageInfo{}, machine // nor does this
		}
		return result.ImageInfo{}, codec.Unusable(name, err)
	}
	if err := l.root.Link(temp, file); err != nil { // which replaces no file
		_ = l.root.Remove(previewOf(file))
		return result.ImageInfo{}, cannotStore(name, err)
	}
	l.prune(uploadsDir, keepBytes, l.now().Add(-keepFor))
	answer, bad := l.describe(stored)
	if bad != nil {
		return answer, bad
	}
	return answer, nil
}

func cannotStore(name string, cause error) *fault.Error {
	return fault.Internal(cause, "«%s» no se pudo guardar", "%q could not be stored", name)
}
