package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"

	"carriles/executor/process"
)

// Inspect decodes an image in a child process and writes its preview; both
// paths are below the static folder. process.Inspector does it.
type Inspect func(ctx context.Context, file, preview string) (process.Inspection, error)

// TempDir gives an empty folder for the unfinished outputs of one method of a
// run; what was in it is deleted.
func (l *Library) TempDir(run, method string) (string, error) {
	dir := path.Join(workDir, run, method)
	if err := l.root.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, l.root.MkdirAll(dir, 0o755)
}

// RemoveTempDirs takes all folders of a run away.
func (l *Library) RemoveTempDirs(run string) error { return l.root.RemoveAll(path.Join(workDir, run)) }

// Commit makes a finished output visible under a name that no other has.
func (l *Library) Commit(temp, name string) error {
	return l.publish(temp, path.Join(processedDir, name))
}

// Remove deletes an output and its preview.
func (l *Library) Remove(name string) {
	file := path.Join(processedDir, name)
	if err := l.root.Remove(file); err != nil {
		l.log.Error("removing an output", "file", file, "err", err)
	}
	_ = l.root.Remove(previewOf(file)) // most outputs of earlier rounds have none
}

// Look tells the hash of an output's file and the digest of its pixels, and
// leaves its preview. A file of the run whose hash is known is not decoded
// again: its preview is the one that stayed in the run's folder.
func (l *Library) Look(ctx context.Context, run, name string, known map[string]string) (hash, digest string, err error) {
	file := path.Join(processedDir, name)
	data, err := l.root.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	sum := sha256.Sum256(data)
	hash = hex.EncodeToString(sum[:])
	preview := path.Join(workDir, run, hash+".jpg")
	digest, ok := known[hash]
	if !ok {
		in, err := l.inspect(ctx, file, preview)
		if err != nil {
			return "", "", err
		}
		digest = in.Digest
	}
	return hash, digest, l.root.Link(preview, previewOf(file))
}

// MakePreview makes the preview of an image of the default set or an upload, if
// it lacks one: somebody else may have made it meanwhile.
func (l *Library) MakePreview(ctx context.Context, name string) error {
	file, ok := fileOf(name)
	if !ok {
		return noImage(name)
	}
	if !l.LacksPreview(name) {
		return nil
	}
	_, err := l.inspect(ctx, file, previewOf(file))
	return err
}
