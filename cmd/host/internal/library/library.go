// Package library keeps the static folder: the photographs that are processed,
// what users upload, the processed outputs, and small previews of all of them.
//
//	images/            the default set, cycled by every batch that names none
//	images/uploads/    what users brought; used only by those who name it
//	processed/         outputs; whole or not there
//	previews/          small JPEGs of both
//	.work/             unfinished outputs; emptied at the start
//	.pending/          second names of the outputs of unfinished runs
//
// It decodes nothing itself: that is done by a child process, outside any
// timed run. Every access goes through os.Root, so that no name leads out.
//
// # Hard cases
//
// Half an output. Workers write into .work/; only the parent links a finished
// file to its name, which fails if the name exists.
//
// Uploads live in images/uploads/ and take part only where they are named, so
// that one student's picture does not change what everybody's curl measures.
//
// A full disk. Outputs and previews have limits of their own (2 GiB and 7 days,
// prune.go): a run whose pictures are gone keeps its figures, and a run that is
// forgotten leaves its pictures to theirs.
package library

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// The folders below the static one.
const (
	imagesDir    = "images"
	uploadsDir   = "images/uploads"
	processedDir = "processed"
	previewsDir  = "previews"
	workDir      = ".work"
	pendingDir   = ".pending"
)

// halfPreview ends the name of a preview that the child has not written
// whole yet.
const halfPreview = ".part"

// maxFile is the largest file that is looked at, in bytes. A photograph of the
// largest size allowed has some 40 MB as a PNG.
const maxFile = 128 << 20

// Library is the static folder. It is safe for concurrent use.
type Library struct {
	root    *os.Root
	dir     string
	inspect Inspect
	log     *slog.Logger
	now     func() time.Time

	mu     sync.Mutex
	probed map[string]probe // by name below images/
	hashed map[string]hashed
}

// hashed is the digest of an image, valid as a probe is.
type hashed struct {
	size   int64
	time   time.Time
	digest string
}

// probe is what the header of an image told, valid as long as the file has
// the same size and time.
type probe struct {
	size int64
	time time.Time
	info codec.Info
	err  *fault.Error
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
	l := &Library{root: root, dir: dir, inspect: inspect, log: log, now: time.Now, probed: map[string]probe{}, hashed: map[string]hashed{}}
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
	for _, d := range []string{uploadsDir, processedDir, previewsDir + "/" + uploadsDir, previewsDir + "/" + processedDir, workDir, pendingDir} {
		if err := l.root.MkdirAll(d, 0o755); err != nil {
			return l.whyNot(d, err)
		}
	}
	if err := l.probeLinks(); err != nil {
		return err
	}
	if err := l.removeHalfPreviews(); err != nil {
		return err
	}
	if images, ignored := l.list(); len(images)+len(ignored) > 0 {
		return nil // somebody's files, usable or not: nothing is put beside them
	}
	return l.unpack(photos)
}

// whyNot says it where a folder is a link: os.Root follows none that leads out.
func (l *Library) whyNot(dir string, err error) error {
	top, _, _ := strings.Cut(dir, "/")
	if info, gone := l.root.Lstat(top); gone == nil && info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s/ is a link that leads out of the folder, or nowhere: put the folder itself there (%w)", top, err)
	}
	return err
}

// probeLinks makes sure that a finished file can be given its name: by a hard link,
// which needs one file system that has them. Else the first run would find out.
func (l *Library) probeLinks() error {
	probe := path.Join(workDir, "probe")
	if err := l.root.WriteFile(probe, nil, 0o644); err != nil {
		return err
	}
	defer func() { _ = l.root.Remove(probe) }() // or the next start does
	for _, dir := range []string{imagesDir, uploadsDir, pendingDir, processedDir, previewsDir + "/" + uploadsDir, previewsDir + "/" + processedDir} {
		link := path.Join(dir, ".probe")
		_ = l.root.Remove(link) // of a server that died here
		err := l.root.Link(probe, link)
		if err == nil {
			err = l.root.Remove(link)
		}
		if err != nil {
			return fmt.Errorf("%s/ does not take a file of %s/ by a hard link, as finished outputs come: have the whole folder on one file system that has them (%w)", dir, workDir, err)
		}
	}
	return nil
}

// removeHalfPreviews removes what the child that makes previews was writing
// when it was killed.
func (l *Library) removeHalfPreviews() error {
	return fs.WalkDir(l.root.FS(), previewsDir, func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(file, halfPreview) {
			err = l.root.Remove(file)
		}
		return err
	})
}

// unpack writes the photographs of the binary into images/, each whole or not
// at all, and never over a file of the user's.
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
		temp := path.Join(workDir, e.Name())
		if err := l.root.WriteFile(temp, data, 0o644); err != nil {
			return err
		}
		err = l.publish(temp, path.Join(imagesDir, e.Name()))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// publish makes a file of .work/ visible and takes it away from there, in
// either case. A hard link fails if the name exists, so no file is ever
// replaced, and it appears whole.
func (l *Library) publish(temp, file string) error {
	err := l.root.Link(temp, file)
	if gone := l.root.Remove(temp); gone != nil {
		l.log.Warn("a temporary file stays until its folder goes", "file", temp, "err", gone)
	}
	return err
}

// Names lists the default set, sorted: the files right in images/ whose header
// is that of an image.
func (l *Library) Names() []string {
	infos, _ := l.list()
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name
	}
	return names
}

// Ignored are the files right in images/ that cannot be used, each with the
// reason, which is said in the log too, once.
func (l *Library) Ignored() []fault.Fault {
	_, ignored := l.list()
	return ignored
}

// Info lists the default set with sizes and previews, and in the given language
// what is in the folder and is no image.
func (l *Library) Info(lang string) result.ImagesInfo {
	infos, ignored := l.list()
	answer := result.ImagesInfo{Count: len(infos), Images: infos}
	for _, f := range ignored {
		answer.Ignored = append(answer.Ignored, fault.FaultBody{Error: f.Text.In(lang), Code: f.Code, Field: f.Field})
	}
	return answer
}

func (l *Library) list() (infos []result.ImageInfo, ignored []fault.Fault) {
	infos = []result.ImageInfo{}
	entries, err := fs.ReadDir(l.root.FS(), imagesDir)
	if err != nil {
		l.log.Error("reading the images", "err", err)
		return infos, nil
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || e.Name() == "ATTRIBUTION.md" {
			continue
		}
		if info, err := l.describe(e.Name()); err != nil {
			ignored = append(ignored, fault.Fault{Code: err.Code, Field: e.Name(), Text: err.Text})
		} else {
			infos = append(infos, info)
		}
	}
	return infos, ignored
}

// Exists reports whether name is an image of the default set or an upload.
func (l *Library) Exists(name string) bool {
	_, err := l.describe(name)
	return err == nil
}

// Refused says why a file of that name cannot be used, if it is there.
func (l *Library) Refused(name string) (why text.Text, there bool) {
	_, err := l.describe(name)
	if err == nil || err.Code != fault.CodeBadImage {
		return text.Text{}, false
	}
	return err.Text, true
}

// describe tells what there is to know of an image by its name as the "images"
// field has it.
func (l *Library) describe(name string) (result.ImageInfo, *fault.Error) {
	file, ok := fileOf(name)
	if !ok {
		return result.ImageInfo{}, noImage(name)
	}
	stat, err := l.root.Stat(file)
	if err != nil || !stat.Mode().IsRegular() {
		if there, gone := l.root.Lstat(file); gone == nil && !there.IsDir() {
			return result.ImageInfo{}, codec.Unusable(name, fault.Errorf(fault.CodeBadImage,
				"no es un archivo de esta carpeta", "it is not a file of this folder").Because(err))
		}
		return result.ImageInfo{}, noImage(name).Because(err)
	}
	p := l.probe(name, file, stat)
	if p.err != nil {
		return result.ImageInfo{}, p.err
	}
	return result.ImageInfo{
		Name: name, URL: urlOf(file), PreviewURL: urlOf(previewOf(file)),
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
	var data []byte
	var err error = fault.Errorf(fault.CodeBadImage, "pasa de %d MiB", "it is over %d MiB", maxFile>>20)
	if stat.Size() <= maxFile {
		data, err = l.root.ReadFile(file)
	}
	if err == nil {
		p.info, err = codec.Probe(data)
	}
	if err != nil {
		p.err = codec.Unusable(name, err)
		l.log.Warn("an image cannot be used", "file", file, "err", err)
	}
	l.probed[name] = p
	return p
}

// SHA256 is the digest of an image's file, in hexadecimal digits, and its size.
func (l *Library) SHA256(name string) (digest string, size int64, err error) {
	file, ok := fileOf(name)
	if !ok {
		return "", 0, noImage(name)
	}
	stat, err := l.root.Stat(file)
	if err != nil {
		return "", 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.hashed[name]
	if known.size == stat.Size() && known.time.Equal(stat.ModTime()) {
		return known.digest, known.size, nil
	}
	data, err := l.root.ReadFile(file)
	if err != nil {
		return "", 0, err
	}
	sum := sha256.Sum256(data)
	known = hashed{size: int64(len(data)), time: stat.ModTime(), digest: hex.EncodeToString(sum[:])}
	l.hashed[name] = known
	return known.digest, known.size, nil
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

// urlOf is where a file of the static folder is served.
func urlOf(file string) string { return (&url.URL{Path: "/static/" + file}).EscapedPath() }

// previewOf is where the preview of a file of the static folder is.
func previewOf(file string) string { return path.Join(previewsDir, file) + ".jpg" }

func noImage(name string) *fault.Error {
	return fault.Errorf(fault.CodeNotFound, "la imagen «%s» no existe", "there is no image %q", name)
}

// WithoutPreview lists the images of the default set that lack a preview.
func (l *Library) WithoutPreview() []string {
	return slices.DeleteFunc(l.Names(), func(name string) bool { return !l.LacksPreview(name) })
}

// LacksPreview reports whether an image is there, but no preview of it or one
// that is older than the image.
func (l *Library) LacksPreview(name string) bool {
	file, ok := fileOf(name)
	if !ok {
		return false
	}
	image, err := l.root.Stat(file)
	if err != nil {
		return false
	}
	preview, err := l.root.Stat(previewOf(file))
	return err != nil || preview.ModTime().Before(image.ModTime())
}

// FS is the static folder for serving: images, outputs and previews. Nothing
// else that lies there is in it, hidden or not: Windows knows ".runs" by a
// short name too.
func (l *Library) FS() fs.FS { return served{l.root.FS()} }

type served struct{ fs.FS }

func (s served) Open(name string) (fs.File, error) {
	top, _, _ := strings.Cut(name, "/")
	if !slices.Contains([]string{imagesDir, processedDir, previewsDir}, top) || strings.Contains(name, "/.") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.FS.Open(name)
}
