package library

import (
	"context"
	"errors"
	"path"
	"strings"

	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/fault"
)

// Upload takes an image in under a name made by the server, after a child
// process has decoded all of it. The error is a *fault.Error, or the context's.
func (l *Library) Upload(ctx context.Context, name, id string, data []byte) (result.ImageInfo, error) {
	info, err := codec.Probe(data)
	if err != nil {
		return result.ImageInfo{}, codec.Unusable(name, err)
	}
	if err := l.Room(); err != nil {
		return result.ImageInfo{}, err
	}
	stored := "uploads/" + result.Slug(strings.TrimSuffix(name, path.Ext(name))) + "-" + id + info.Format.Ext()
	file := path.Join(imagesDir, stored)
	temp := path.Join(workDir, id+info.Format.Ext())
	if err := l.root.WriteFile(temp, data, 0o644); err != nil {
		return result.ImageInfo{}, cannotStore(name, err)
	}
	if _, err := l.inspect(ctx, temp, previewOf(file), false); err != nil {
		_ = l.root.Remove(temp)
		if ctx.Err() != nil {
			return result.ImageInfo{}, ctx.Err() // which says nothing against the image
		}
		var machine *fault.Error
		if errors.As(err, &machine) && machine.Code != fault.CodeBadImage {
			return result.ImageInfo{}, machine // nor does this
		}
		return result.ImageInfo{}, codec.Unusable(name, err)
	}
	if err := l.publish(temp, file); err != nil {
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
	return fault.Errorf(fault.CodeInternal, "«%s» no se pudo guardar", "%q could not be stored", name).Because(cause)
}
