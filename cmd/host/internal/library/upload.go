package library

import (
	"context"
	"path"
	"strings"

	"carriles/executor/batch"
	"carriles/executor/codec"
)

// Upload takes an image in under a name made by the server, after a child
// process has decoded all of it. The error is a *batch.Error, or the context's.
func (l *Library) Upload(ctx context.Context, name, id string, data []byte) (batch.ImageInfo, error) {
	info, err := codec.Probe(data)
	if err != nil {
		return batch.ImageInfo{}, badUpload(name, err)
	}
	if err := l.Room(); err != nil {
		return batch.ImageInfo{}, err
	}
	stored := "uploads/" + Slug(strings.TrimSuffix(name, path.Ext(name))) + "-" + id + info.Format.Ext()
	file := path.Join(imagesDir, stored)
	temp := path.Join(workDir, id+info.Format.Ext())
	if err := l.root.WriteFile(temp, data, 0o644); err != nil {
		return batch.ImageInfo{}, cannotStore(name, err)
	}
	if _, err := l.inspect(ctx, temp, previewOf(file)); err != nil {
		_ = l.root.Remove(temp)
		if ctx.Err() != nil {
			return batch.ImageInfo{}, ctx.Err() // which says nothing against the image
		}
		return batch.ImageInfo{}, badUpload(name, err)
	}
	if err := l.publish(temp, file); err != nil {
		_ = l.root.Remove(previewOf(file))
		return batch.ImageInfo{}, cannotStore(name, err)
	}
	l.prune(uploadsDir, keepBytes, l.now().Add(-keepFor))
	answer, bad := l.describe(stored)
	if bad != nil {
		return answer, bad
	}
	return answer, nil
}

func badUpload(name string, cause error) *batch.Error {
	return batch.Errorf(batch.CodeBadImage,
		"«%s» no es una imagen JPEG, PNG o GIF que se pueda decodificar, o es demasiado grande",
		"%q is not a JPEG, PNG or GIF image that can be decoded, or it is too large", name).Because(cause)
}

func cannotStore(name string, cause error) *batch.Error {
	return batch.Errorf(batch.CodeInternal, "«%s» no se pudo guardar", "%q could not be stored", name).Because(cause)
}
