package library

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/disk"

	"carriles/executor/fault"
)

// What is kept of outputs and uploads, each: the newest, up to this.
const (
	keepBytes = 2 << 30
	keepFor   = 7 * 24 * time.Hour
	// needFree is how much disk must be free for a run to start.
	needFree = 1 << 30
)

// Room fails when the disk is too full to start a run.
func (l *Library) Room() error {
	usage, err := disk.Usage(l.dir)
	if err != nil {
		l.log.Warn("the free disk space is unknown", "err", err)
		return nil // an unknown figure is no reason to refuse
	}
	if usage.Free < needFree {
		return diskFull()
	}
	return nil
}

func diskFull() *fault.Error {
	return fault.Errorf(fault.CodeDiskFull,
		"queda menos de 1 GiB libre en el disco: borre archivos de static/processed/",
		"less than 1 GiB of disk is free: delete files in static/processed/")
}

// Prune deletes the oldest outputs and uploads beyond what is kept, with their
// previews.
func (l *Library) Prune() {
	for _, dir := range []string{processedDir, uploadsDir} {
		l.prune(dir, keepBytes, l.now().Add(-keepFor))
	}
}

func (l *Library) prune(dir string, bytes int64, oldest time.Time) {
	entries, err := fs.ReadDir(l.root.FS(), dir)
	if err != nil {
		l.log.Error("pruning", "dir", dir, "err", err)
		return
	}
	var files []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && !strings.HasPrefix(e.Name(), ".") { // a .gitkeep stays
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, f := range files {
		bytes -= f.Size()
		if bytes >= 0 && !f.ModTime().Before(oldest) {
			continue
		}
		file := path.Join(dir, f.Name())
		if err := l.root.Remove(file); err != nil {
			l.log.Error("pruning", "file", file, "err", err)
		}
		_ = l.root.Remove(previewOf(file))
	}
}
