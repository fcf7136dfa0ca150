// Package journal keeps the history of runs in the static folder, so that it
// outlives the server:
//
//	.runs/journal.jsonl     a line for each change of a run's state
//	.runs/<id>.json.gz      the view of a run that is done, with its result
//	.runs/lock              held by the server that uses the folder
//
// A run is done when its line says so, or its whole result is there, which is on
// the disk before the line. While a run is being measured, lines are written but not forced
// to the disk: they survive the death of the server at once, and that of the
// machine from the end of the measured run on.
//
// It knows no HTTP, and nothing in .runs/ is served: see library.FS.
//
// # Hard cases
//
// Half a run. Until a run is done its outputs have a second name in
// .pending/<run>/. The next server removes, by that name and only if it is the
// same file, the outputs of runs that its history does not call done; those runs
// are "interrupted".
//
// Half a journal. It may end anywhere: its whole lines count, a damaged one is
// skipped, and each start rewrites it without what is out of date. The outputs and
// the result are on the disk before the line "done", and that before anybody sees
// the run done.
//
// No journal, an empty one, or one of which much is lost. Each result carries all
// there is to know of its run, so one that is there and whole makes it done. The
// old journal is set aside under a name that says what it is, and one line of the
// log tells of it. What is no longer known are runs without a result.
//
// A result that is not one: cut short, of another run, {}, or a few kilobytes that
// grow to gigabytes. It is an error where it is asked for, and read no further than
// the largest that is ever written.
//
// Two servers on one folder would take each other's work for that of a dead one:
// the second does not start (.runs/lock).
package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"carriles/cmd/host/internal/disk"
	"carriles/executor/batch/result"
)

const (
	folder      = ".runs"
	journalFile = "journal.jsonl"
	resultExt   = ".json.gz"
	tempExt     = ".tmp"
	// compactAfter is how many bytes are written before the journal is
	// rewritten without what is out of date; at least as many as it then had.
	compactAfter = 1 << 20
)

// Journal is the history of runs. It is safe for concurrent use.
type Journal struct {
	root *os.Root
	lock *os.File
	log  *slog.Logger

	mu       sync.Mutex
	history  *history
	sizes    map[string]int64 // of the results, in bytes
	file     appender
	torn     bool   // the last line may not be whole
	compact  int    // bytes after the last rewriting
	written  int    // bytes since then
	measured string // the run whose clock is going
	largest  int    // maxResult; less in a test, which fills it
}

// appender is the journal's file, to which lines are added.
type appender interface {
	io.WriteCloser
	Sync() error
}

// Open reads the history below a static folder, which is made if it is missing,
// and rewrites it without what is out of date. The error is ErrInUse if another
// server has the folder.
func Open(static string, log *slog.Logger) (_ *Journal, err error) {
	j := &Journal{log: log, sizes: map[string]int64{}, largest: maxResult}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("history in %s: %w", static, err), j.Close())
		}
	}()
	if err := os.MkdirAll(static, 0o755); err != nil {
		return nil, err
	}
	above, err := os.OpenRoot(static)
	if err != nil {
		return nil, err
	}
	defer above.Close()
	if err := above.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	if j.root, err = above.OpenRoot(folder); err != nil {
		return nil, err
	}
	if j.lock, err = takeLock(j.root); err != nil {
		return nil, err
	}
	if err := j.read(); err != nil {
		return nil, err
	}
	if err := j.rewrite(); err != nil {
		return nil, err
	}
	return j, nil
}

// Close gives the folder back. Nothing may be noted afterwards.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var errs []error
	if j.file != nil {
		errs = append(errs, j.file.Sync(), j.file.Close())
	}
	if j.lock != nil {
		errs = append(errs, j.lock.Close())
	}
	if j.root != nil {
		errs = append(errs, j.root.Close())
	}
	return errors.Join(errs...)
}

// Runs are the runs that are kept, the oldest first, without results. Those
// that a server left unfinished are queued or running.
func (j *Journal) Runs() []result.RunView {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.history.views()
}

// Done reports whether a run has ended well, as far as the history tells.
func (j *Journal) Done(id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	v := j.history.runs[id]
	return v != nil && v.State == result.Done
}

// Note writes down that a run is in its state now; the result of one that is
// done is stored before. From Running to that run's final state no line is
// forced to the disk, so that nothing of ours uses the disk beside a clock.
func (j *Journal) Note(v result.RunView) error {
	var size int64
	var err error
	if v.State == result.Done {
		size, err = j.save(v)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.measured == v.ID {
		j.measured = ""
	}
	if err != nil {
		return err // a run without its result is not done
	}
	if err := j.append(lastOf(v)); err != nil {
		return err
	}
	switch v.State {
	case result.Running:
		j.measured = v.ID
	case result.Done:
		j.sizes[v.ID] = size
	}
	return nil
}

// Forget removes a run and its result.
func (j *Journal) Forget(v result.RunView) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.append(entry{ID: v.ID, State: forgotten, At: v.Created})
	if _, ok := j.sizes[v.ID]; ok {
		delete(j.sizes, v.ID)
		err = errors.Join(err, j.root.Remove(v.ID+resultExt))
	}
	return err
}

// Size is what a run's result takes on disk, in bytes; 0 if it has none.
func (j *Journal) Size(id string) int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.sizes[id]
}

// append writes a line; j.mu is held.
func (j *Journal) append(e entry) error {
	if err := j.history.apply(e); err != nil {
		return fmt.Errorf("run %q, %s: %w", e.ID, e.State, err)
	}
	line, err := e.line()
	if err != nil {
		return err
	}
	if j.torn {
		line = append([]byte{'\n'}, line...)
	}
	n, err := j.file.Write(line)
	j.torn = err != nil
	j.written += n
	if err != nil || j.measured != "" {
		return err
	}
	if j.written > max(compactAfter, j.compact) {
		return j.rewrite()
	}
	return j.file.Sync()
}

// read takes in what the folder holds, and removes what a server that died
// left half done.
func (j *Journal) read() error {
	data, err := j.root.ReadFile(journalFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var wrong []skipped
	j.history, wrong = replay(data)
	found, err := j.tidy()
	if err != nil {
		return err
	}
	if found.adopted > 0 {
		j.history.sort()
	}
	for _, v := range j.history.views() {
		if _, ok := j.sizes[v.ID]; !ok && v.State == result.Done {
			j.log.Warn("a run is forgotten: its result is gone", "run", v.ID)
			j.history.drop(v.ID)
		}
	}
	return j.tellDamage(len(data), wrong, found)
}

// tellDamage sets a damaged journal aside, under a name that says so, and writes
// one line of the log about it. A last line that is cut short is no damage, and
// nor is a result whose line alone is missing: the server was killed.
func (j *Journal) tellDamage(size int, wrong []skipped, found results) error {
	lost := found.unknown > 0 || found.adopted > 1
	if len(wrong) == 0 && !lost && found.damaged == 0 {
		return nil
	}
	told := []any{"skipped_lines", len(wrong), "adopted_results", found.adopted, "unreadable_results", found.damaged}
	if len(wrong) > 0 {
		told = append(told, "first_line", wrong[0].Line, "err", wrong[0].Err)
	}
	if size > 0 && (len(wrong) > 0 || lost) {
		aside := "damaged-" + time.Now().UTC().Format("20060102T150405.000") + "-" + journalFile
		if err := j.root.Rename(journalFile, aside); err != nil {
			return err
		}
		told = append(told, "kept_as", path.Join(folder, aside))
	}
	j.log.Warn("the history was damaged: what there are results of is there all the same", told...)
	return nil
}

// results counts those that are there and that the journal does not call done.
type results struct {
	adopted int // now they are
	unknown int // of them, those of which the journal said nothing
	damaged int // cannot be read; they stay
}

// tidy notes which results there are. A whole one makes its run done, whatever the
// journal has lost, unless it says that the run is forgotten.
func (j *Journal) tidy() (found results, err error) {
	entries, err := fs.ReadDir(j.root.FS(), ".")
	if err != nil {
		return found, err
	}
	for _, e := range entries {
		id, isResult := strings.CutSuffix(e.Name(), resultExt)
		info, err := e.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return found, err
		case !info.Mode().IsRegular():
			continue // somebody else's
		case strings.HasSuffix(e.Name(), tempExt), isResult && j.history.forgotten[id]:
			if err := j.root.Remove(e.Name()); err != nil {
				return found, err
			}
			continue
		case !isResult:
			continue
		}
		if v := j.history.runs[id]; v == nil || v.State != result.Done {
			full, err := j.Result(id)
			if err != nil {
				found.damaged++
				continue
			}
			j.history.adopt(full, info.ModTime())
			if found.adopted++; v == nil {
				found.unknown++
			}
		}
		j.sizes[id] = info.Size()
	}
	return found, nil
}

// rewrite puts the shortest journal in the place of the present one; j.mu is
// held, or nobody else knows j yet.
func (j *Journal) rewrite() error {
	data, err := j.history.lines()
	if err != nil {
		return err
	}
	if j.file != nil { // Windows replaces no file that is open
		if err := j.file.Close(); err != nil {
			j.log.Error("closing the history", "err", err)
		}
	}
	failed := j.replace(journalFile, data)
	j.file, err = j.root.OpenFile(journalFile, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err := errors.Join(failed, err); err != nil {
		return err
	}
	j.torn, j.compact, j.written = false, len(data), 0
	return nil
}

// replace makes a file appear whole and stay, in place of an older one.
func (j *Journal) replace(name string, data []byte) error {
	temp := name + tempExt
	if err := j.writeThrough(temp, data); err != nil {
		return errors.Join(err, j.root.Remove(temp))
	}
	if err := j.root.Rename(temp, name); err != nil {
		return errors.Join(err, j.root.Remove(temp))
	}
	return disk.SyncFolder(j.root, ".")
}

// writeThrough writes a file that is on disk when it returns.
func (j *Journal) writeThrough(name string, data []byte) error {
	f, err := j.root.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
