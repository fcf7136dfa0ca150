package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"carriles/cmd/host/internal/disk"
	"carriles/executor/fault"
)

// Inspect decodes an image in a child process, writes its preview and gives the
// digest of its pixels; both paths are below the static folder. An output is one
// that the lab has made, any other image somebody's. The error is the context's or
// a *fault.Error, which says whose fault it is.
type Inspect func(ctx context.Context, file, preview string, output bool) (digest string, err error)

// TempDir gives an empty folder for the unfinished outputs of one method of a
// run; what was in it is deleted.
func (l *Library) TempDir(run, method string) (string, error) {
	dir := path.Join(workDir, run, method)
	if err := l.root.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := l.root.MkdirAll(path.Join(pendingDir, run), 0o755); err != nil {
		return "", err
	}
	return dir, l.root.MkdirAll(dir, 0o755)
}

// Put leaves an unfinished output in such a folder.
func (l *Library) Put(temp string, data []byte) error { return l.root.WriteFile(temp, data, 0o644) }

// Unfinished reads an unfinished output.
func (l *Library) Unfinished(temp string) ([]byte, error) { return l.root.ReadFile(temp) }

// RemoveTempDirs takes all folders of a run away.
func (l *Library) RemoveTempDirs(run string) error { return l.root.RemoveAll(path.Join(workDir, run)) }

// Commit makes a finished output visible under a name that no other has. Until
// the run is settled the file has a second name in .pending/: should the server
// die, the next one knows by it whose the output was. The temporary name becomes
// that one, so the clock sees as many system calls as without it. A run must not
// ask for a name twice.
func (l *Library) Commit(temp, name string) error {
	parts := strings.Split(temp, "/")
	if len(parts) != 4 || parts[0] != workDir {
		return fmt.Errorf("%s is not in a run's folder", temp)
	}
	second := path.Join(pendingDir, parts[1], name)
	if err := l.root.Rename(temp, second); err != nil {
		return err
	}
	err := l.root.Link(second, path.Join(processedDir, name))
	if err != nil {
		_ = l.root.Remove(second)
	}
	return err
}

// Sync waits until outputs are on the disk, for a run that is about to be done.
func (l *Library) Sync(names []string) error {
	for _, name := range names {
		if err := disk.SyncFile(l.root, path.Join(processedDir, name)); err != nil {
			return err
		}
	}
	return disk.SyncFolder(l.root, processedDir)
}

// Settle lets a run's outputs stay, whatever happens: the history says that it
// is done. Of a run that ended otherwise nothing is left to stay.
func (l *Library) Settle(run string) error { return l.root.RemoveAll(path.Join(pendingDir, run)) }

// RemoveUnsettled removes, with their previews, the outputs of the runs that an
// earlier server left unsettled and that are not done. It is for the start.
func (l *Library) RemoveUnsettled(done func(run string) bool) error {
	for _, run := range l.unsettled() {
		if !done(run) {
			if err := l.removeOutputsOf(run); err != nil {
				return err
			}
		}
		if err := l.Settle(run); err != nil {
			return err
		}
	}
	return nil
}

func (l *Library) removeOutputsOf(run string) error {
	names, err := fs.ReadDir(l.root.FS(), path.Join(pendingDir, run))
	if err != nil {
		return err
	}
	for _, d := range names {
		if l.isOutput(run, d.Name()) {
			l.Remove(d.Name())
		}
	}
	return nil
}

// isOutput reports whether the output of a name is a run's: another file may
// have had that name before.
func (l *Library) isOutput(run, name string) bool {
	second, err := l.root.Lstat(path.Join(pendingDir, run, name))
	if err != nil {
		return false
	}
	output, err := l.root.Lstat(path.Join(processedDir, name))
	return err == nil && os.SameFile(second, output)
}

// unsettled lists the runs that are not settled.
func (l *Library) unsettled() []string {
	entries, err := fs.ReadDir(l.root.FS(), pendingDir)
	if err != nil {
		l.log.Error("reading the unsettled runs", "err", err)
	}
	runs := make([]string, len(entries))
	for i, d := range entries {
		runs[i] = d.Name()
	}
	return runs
}

// Remove deletes an output and its preview.
func (l *Library) Remove(name string) {
	file := path.Join(processedDir, name)
	_ = l.root.Remove(previewOf(file)) // most outputs of earlier rounds have none
	if err := l.root.Remove(file); err != nil {
		l.log.Error("removing an output", "file", file, "err", err)
	}
	// Last, so that a server that dies here leaves no output without its run.
	for _, run := range l.unsettled() {
		_ = l.root.Remove(path.Join(pendingDir, run, name))
	}
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
		if digest, err = l.inspect(ctx, file, preview, true); err != nil {
			return "", "", err
		}
	}
	if err := l.root.Link(preview, previewOf(file)); err != nil {
		if fault.NoRoom(err) {
			err = fault.DiskFull(err)
		}
		return "", "", err
	}
	return hash, digest, nil
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
	_, err := l.inspect(ctx, file, previewOf(file), false)
	return err
}
