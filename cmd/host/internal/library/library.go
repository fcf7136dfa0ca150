// Package library keeps the static folder: the photographs that are processed,
// what users upload, the processed outputs, and small previews of all of them.
//
//	images/            the default set, cycled by every batch that names none
//	images/uploads/    what users brought; used only by those who name it
//	processed/         outputs; whole or not there
//	previews/          small JPEGs of both
//	.work/             unfinished outputs; emptied at the start
//
// It decodes nothing itself: that is done by a child process, outside any
// timed run. Every access goes through os.Root, so that no name leads out.
package library

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"carriles/executor/batch"
	"carriles/executor/codec"
)

// The folders below the static one.
const (
	imagesDir    = "images"
	uploadsDir   = "images/uploads"
	processedDir = "processed"
	previewsDir  = "previews"
	workDir      = ".work"
)

// Library is the static folder. It is safe for concurrent use.
type Library struct {
	root    *os.Root
	dir     string
	inspect Inspect
	log     *slog.Logger
	now     func() time.Time

	mu     sync.Mutex
	probed map[string]probe // by name below images/
}

// probe is what the header of an image told, valid as long as the file has
// the same size and time.
type probe struct {
	size int64
	time time.Time
	info codec.Info
	err  error
}

// Open makes the folders that are missing, removes what an earlier server left
// unfinished, and writes the photographs where there is no image.
func Open(dir string, photos fs.FS, inspect Inspect, log *slog.Logger) (*Library, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	l := &Library{root: root, dir: dir, inspect: inspect, log: log, now: time.Now, probed: map[string]probe{}}
	if err := l.prepare(photos); err != nil {
		root.Close()
		return nil, fmt.Errorf("static folder %s: %w", dir, err)
	}
	return l, nil
}

// Close gives the folder back.
func (l *Library) Close() error { return l.root.Close() }

func (l *Library) prepare(photos fs.FS) error {
	if err := l.root.RemoveAll(workDir); err != nil {
		return err
	}
	for _, d := range []string{uploadsDir, processedDir, previewsDir + "/" + uploadsDir, previewsDir + "/" + processedDir, workDir} {
		if err := l.root.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	if len(l.Names()) > 0 {
		return nil
	}
	return l.unpack(photos)
}

// unpack writes the photographs of the binary into images/.
func (l *Library) unpack(photos fs.FS) error {
	entries, err := fs.ReadDir(photos, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := fs.ReadFile(photos, e.Name())
		if err != nil {
			return err
		}
		if err := l.root.WriteFile(path.Join(imagesDir, e.Name()), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Names lists the default set, sorted: the files right in images/ whose header
// is that of an image. What is there and is not one is said in the log, once.
func (l *Library) Names() []string {
	infos, _ := l.list()
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name
	}
	return names
}

// Info lists the default set with sizes and previews.
func (l *Library) Info() batch.ImagesInfo {
	infos, ignored := l.list()
	return batch.ImagesInfo{Count: len(infos), Images: infos, Ignored: ignored}
}

func (l *Library) list() (infos []batch.ImageInfo, ignored []batch.FaultBody) {
	infos = []batch.ImageInfo{}
	entries, err := fs.ReadDir(l.root.FS(), imagesDir)
	if err != nil {
		l.log.Error("reading the images", "err", err)
		return infos, nil
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || e.Name() == "ATTRIBUTION.md" {
			continue
		}
		info, err := l.Describe(e.Name())
		if err != nil {
			var shown *batch.Error
			if errors.As(err, &shown) {
				ignored = append(ignored, batch.FaultBody{Error: shown.Text.ES, Code: shown.Code, Field: e.Name()})
			}
			continue
		}
		infos = append(infos, info)
	}
	return infos, ignored
}

// Exists reports whether name is an image of the default set or an upload.
func (l *Library) Exists(name string) bool {
	_, err := l.Describe(name)
	return err == nil
}

// Describe tells what there is to know of an image by its name as the "images"
// field has it. The error is a *batch.Error.
func (l *Library) Describe(name string) (batch.ImageInfo, error) {
	file, ok := fileOf(name)
	if !ok {
		return batch.ImageInfo{}, noImage(name)
	}
	stat, err := l.root.Stat(file)
	if err != nil || !stat.Mode().IsRegular() {
		return batch.ImageInfo{}, noImage(name).Because(err)
	}
	p := l.probe(name, file, stat)
	if p.err != nil {
		return batch.ImageInfo{}, p.err
	}
	return batch.ImageInfo{
		Name: name, URL: "/static/" + file, PreviewURL: "/static/" + previewOf(file),
		Format: string(p.info.Format), Width: p.info.Width, Height: p.info.Height, SizeBytes: stat.Size(),
	}, nil
}

// probe reads an image's header, once for each version of the file.
func (l *Library) probe(name, file string, stat fs.FileInfo) probe {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p, ok := l.probed[name]; ok && p.size == stat.Size() && p.time.Equal(stat.ModTime()) {
		return p
	}
	p := probe{size: stat.Size(), time: stat.ModTime()}
	data, err := l.root.ReadFile(file)
	if err == nil {
		p.info, err = codec.Probe(data)
	}
	if err != nil {
		p.err = batch.Errorf(batch.CodeBadImage, "«%s» no es una imagen que se pueda usar", "%q is not an image that can be used", name).Because(err)
		l.log.Warn("not an image", "file", file, "err", err)
	}
	l.probed[name] = p
	return p
}

// fileOf turns an image's name into its path below the static folder: a plain
// name, or one in uploads/.
func fileOf(name string) (string, bool) {
	plain := strings.TrimPrefix(name, "uploads/")
	if plain == "" || strings.ContainsAny(plain, `/\`) || strings.HasPrefix(plain, ".") || !fs.ValidPath(name) {
		return "", false
	}
	return path.Join(imagesDir, name), true
}

// previewOf is where the preview of a file of the static folder is.
func previewOf(file string) string { return path.Join(previewsDir, file) + ".jpg" }

func noImage(name string) *batch.Error {
	return batch.Errorf(batch.CodeNotFound, "la imagen «%s» no existe", "there is no image %q", name)
}

// Read gives the bytes of an image of the default set or an upload.
func (l *Library) Read(name string) ([]byte, error) {
	file, ok := fileOf(name)
	if !ok {
		return nil, noImage(name)
	}
	data, err := l.root.ReadFile(file)
	if err != nil {
		return nil, noImage(name).Because(err)
	}
	return data, nil
}

// WithoutPreview lists the images of the default set that have no preview, or
// one older than the image.
func (l *Library) WithoutPreview() []string {
	return slices.DeleteFunc(l.Names(), func(name string) bool {
		file, _ := fileOf(name)
		image, err := l.root.Stat(file)
		if err != nil {
			return true
		}
		preview, err := l.root.Stat(previewOf(file))
		return err == nil && !preview.ModTime().Before(image.ModTime())
	})
}

// FS is the static folder for serving: what is in .work/ is not in it.
func (l *Library) FS() fs.FS { return served{l.root.FS()} }

type served struct{ fs.FS }

func (s served) Open(name string) (fs.File, error) {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && part != "." {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
	}
	return s.FS.Open(name)
}
