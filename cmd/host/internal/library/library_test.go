package library

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// picture is a small image; seed makes two of the same size different.
func picture(w, h, seed int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, color.NRGBA{uint8(i + seed), uint8(i / w), uint8(seed), 255})
	}
	return m
}

// lab is a library in a folder of its own, with an inspector that the test can
// make fail.
type lab struct {
	*Library
	t         *testing.T
	dir       string
	log       *bytes.Buffer
	inspected []string
	fail      error
}

// photos are two photographs and their attribution.
func photos(t *testing.T) fstest.MapFS {
	return fstest.MapFS{
		"b.jpg":          {Data: hosttest.Encoded(t, "jpeg", picture(40, 20, 1))},
		"a.jpg":          {Data: hosttest.Encoded(t, "jpeg", picture(30, 10, 2))},
		"ATTRIBUTION.md": {Data: []byte("# Who took them\n")},
	}
}

func open(t *testing.T, dir string, photos fs.FS) *lab {
	t.Helper()
	l := &lab{t: t, dir: dir, log: &bytes.Buffer{}}
	var err error
	l.Library, err = Open(dir, photos, l.inspect, slog.New(slog.NewTextHandler(l.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *lab) inspect(_ context.Context, file, preview string, _ bool) (string, error) {
	if l.fail != nil {
		return "", l.fail
	}
	l.inspected = append(l.inspected, file)
	data, err := os.ReadFile(filepath.Join(l.dir, file))
	if err != nil {
		return "", err
	}
	l.write(preview, []byte("preview"))
	return fmt.Sprintf("digest of %d bytes", len(data)), nil
}

func (l *lab) write(name string, data []byte) {
	l.t.Helper()
	if err := os.WriteFile(filepath.Join(l.dir, name), data, 0o644); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) read(name string) string {
	l.t.Helper()
	data, err := os.ReadFile(filepath.Join(l.dir, name))
	if err != nil {
		l.t.Fatal(err)
	}
	return string(data)
}

// files lists the files below the static folder, but for the given folders.
func (l *lab) files(but ...string) []string {
	l.t.Helper()
	return filesIn(l.t, l.dir, but...)
}

func filesIn(t *testing.T, dir string, but ...string) []string {
	t.Helper()
	names := []string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, p)
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(but, name):
			return fs.SkipDir
		case !d.IsDir():
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestOpenWritesThePhotographs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	l := open(t, dir, photos(t))
	same(t, "names", l.Names(), []string{"a.jpg", "b.jpg"})
	same(t, "files", l.files(), []string{"images/ATTRIBUTION.md", "images/a.jpg", "images/b.jpg"})
	for _, d := range []string{"images/uploads", "processed", "previews/processed", "previews/images/uploads", ".work", ".pending"} {
		if info, err := os.Stat(filepath.Join(dir, d)); err != nil || !info.IsDir() {
			t.Errorf("folder %s: %v", d, err)
		}
	}
	info := l.Info("es")
	if info.Count != 2 || info.Ignored != nil || info.Images[1] != (result.ImageInfo{
		Name: "b.jpg", URL: "/static/images/b.jpg", PreviewURL: "/static/previews/images/b.jpg.jpg",
		Format: "jpeg", Width: 40, Height: 20, SizeBytes: int64(len(photos(t)["b.jpg"].Data)),
	}) {
		t.Errorf("info %+v", info)
	}
}

func TestOpenLeavesImagesAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	own := hosttest.Encoded(t, "png", picture(5, 5, 0))
	if err := os.WriteFile(filepath.Join(dir, "images", "own.png"), own, 0o644); err != nil {
		t.Fatal(err)
	}
	l := open(t, dir, photos(t))
	same(t, "names", l.Names(), []string{"own.png"})
}

// Where somebody's files are, usable or not, nothing is put beside them: they are
// named with the reason, and never called absent.
func TestOpenPutsNothingBesideFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "images", "folder.jpg"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"a.jpg": "half a phot", "empty.jpg": "", "phone.jpg": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
	} {
		if err := os.WriteFile(filepath.Join(dir, "images", name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := open(t, dir, photos(t))
	same(t, "names", l.Names(), []string{})
	same(t, "files", filesIn(t, filepath.Join(dir, "images")), []string{"a.jpg", "empty.jpg", "phone.jpg"})
	if got := l.read("images/a.jpg"); got != "half a phot" {
		t.Errorf("the user's file is now %q", got)
	}
	same(t, "left in .work", filesIn(t, filepath.Join(dir, ".work")), []string{})
	var said []string
	for _, f := range l.Ignored() {
		said = append(said, f.Code+" "+f.Text.EN)
	}
	same(t, "ignored", said, []string{
		`bad_image "a.jpg" cannot be used: it is not a JPEG, PNG, GIF or WebP`,
		`bad_image "empty.jpg" cannot be used: it is not a JPEG, PNG, GIF or WebP`,
		`bad_image "phone.jpg" cannot be used: it is HEIC, the iPhone's format, which is not read here: export it as JPEG, or choose Settings › Camera › Formats › Most Compatible on the iPhone`,
	})
	for name, there := range map[string]bool{"a.jpg": true, "folder.jpg": false, "none.jpg": false, "../a.jpg": false} {
		if _, got := l.Refused(name); got != there || l.Exists(name) {
			t.Errorf("%s: refused %v, there %v", name, got, l.Exists(name))
		}
	}
}

// A folder of nothing but hidden files is empty, and a file is never replaced.
func TestOpenReplacesNoFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "images", ".gitkeep"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	l := open(t, dir, photos(t))
	same(t, "names", l.Names(), []string{"a.jpg", "b.jpg"})
	l.write("images/a.jpg", []byte("half a phot"))
	if err := l.unpack(photos(t)); err != nil {
		t.Fatal(err)
	}
	if got := l.read("images/a.jpg"); got != "half a phot" {
		t.Errorf("the user's file is now %q", got)
	}
	same(t, "left in .work", filesIn(t, filepath.Join(dir, ".work")), []string{})
}

func TestOpenRemovesUnfinishedWork(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, ".work", "run", "threading"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "previews", "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".work/half.png", ".work/run/threading/0.1.jpg", "previews/images/a.jpg.jpg.part"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := open(t, dir, photos(t))
	same(t, "files", l.files("images"), []string{})
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	inTheWay := t.TempDir()
	if err := os.WriteFile(filepath.Join(inTheWay, "processed"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, inTheWay} {
		if l, err := Open(dir, photos(t), nil, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s opened", dir)
			_ = l.Close()
		}
	}
}

func TestWhichFilesAreImages(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	l.write("images/c.png", hosttest.Encoded(t, "png", picture(7, 9, 0)))
	l.write("images/d.gif", hosttest.Encoded(t, "gif", picture(3, 2, 0)))
	l.write("images/e.dat", hosttest.Encoded(t, "jpeg", picture(8, 8, 0))) // by content, not by name
	l.write("images/uploads/mine.png", hosttest.Encoded(t, "png", picture(4, 4, 0)))
	l.write("images/text.jpg", []byte("not a picture"))
	l.write("images/empty.png", nil)
	l.write("images/vector.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
	l.write("images/.hidden.jpg", hosttest.Encoded(t, "jpeg", picture(8, 8, 0)))
	if err := os.Truncate(filepath.Join(l.dir, "images/empty.png"), maxFile+1); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.jpg", filepath.Join(l.dir, "images/link.jpg")); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "outside.jpg")
	if err := os.WriteFile(outside, hosttest.Encoded(t, "jpeg", picture(8, 8, 0)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(l.dir, "images/leads-out.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(l.dir, "images/folder.jpg"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"es", "en"} {
		info := l.Info(lang)
		var images, ignored []string
		for _, i := range info.Images {
			images = append(images, fmt.Sprintf("%s %s %dx%d", i.Name, i.Format, i.Width, i.Height))
		}
		same(t, "images", images, []string{"a.jpg jpeg 30x10", "b.jpg jpeg 40x20", "c.png png 7x9", "d.gif gif 3x2", "e.dat jpeg 8x8", "link.jpg jpeg 30x10"})
		for _, f := range info.Ignored {
			ignored = append(ignored, f.Field+" "+f.Code)
			if wanted := map[string]string{"es": "no se puede usar: ", "en": "cannot be used: "}[lang]; !strings.Contains(f.Error, wanted) {
				t.Errorf("%s: %q", lang, f.Error)
			}
		}
		same(t, "ignored", ignored, []string{"empty.png bad_image", "leads-out.jpg bad_image", "text.jpg bad_image", "vector.png bad_image"})
	}
	if n := strings.Count(l.log.String(), "file=images/text.jpg"); n != 1 {
		t.Errorf("the log names a file that is not an image %d times, want once", n)
	}
	if !l.Exists("uploads/mine.png") || slices.Contains(l.Names(), "uploads/mine.png") {
		t.Error("an upload must exist, but not be in the default set")
	}
}

func TestNamesThatLeadElsewhere(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	l.write("secret.jpg", hosttest.Encoded(t, "jpeg", picture(8, 8, 0)))
	l.write("images/.hidden.jpg", hosttest.Encoded(t, "jpeg", picture(8, 8, 0)))
	l.write("images/uploads/.hidden.jpg", hosttest.Encoded(t, "jpeg", picture(8, 8, 0)))
	l.write("images/uploads/x.jpg", hosttest.Encoded(t, "jpeg", picture(8, 8, 0)))
	absolute := filepath.Join(l.dir, "images", "a.jpg")
	bad := []string{
		"", ".", "..", "/", "../secret.jpg", "uploads/../a.jpg", "uploads/../../secret.jpg", "uploads/", "uploads", "uploads/.",
		"uploads/..", "uploads/.hidden.jpg", "uploads/uploads/x.jpg", "./a.jpg", "a.jpg/", "a.jpg/.", "x/../a.jpg", ".hidden.jpg",
		`..\secret.jpg`, `uploads\x.jpg`, `a.jpg\..`, absolute, "//a.jpg", "a.jpg\x00", "a.jpg\x00.png", "a.jpg\n", "\xff.jpg",
		strings.Repeat("a", 300) + ".jpg", strings.Repeat("x", 100_000), "nada.jpg", "C:a.jpg", "%2e%2e/secret.jpg",
	}
	for _, name := range bad {
		if l.Exists(name) {
			t.Errorf("%q exists", name)
		}
		if _, err := l.describe(name); err == nil || err.Code != fault.CodeNotFound {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"a.jpg", "uploads/x.jpg"} {
		if !l.Exists(name) {
			t.Errorf("%q does not exist", name)
		}
	}
	if err := l.MakePreview(t.Context(), "../secret.jpg"); err == nil || len(l.inspected) > 0 {
		t.Errorf("a preview of a file outside: %v", err)
	}
}

// A file that is replaced is looked at again, and only then.
func TestReplacedFileIsProbedAgain(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	size := func() string {
		info, err := l.describe("a.jpg")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%dx%d", info.Width, info.Height)
	}
	if got := size(); got != "30x10" {
		t.Errorf("at first %s", got)
	}
	l.write("images/a.jpg", hosttest.Encoded(t, "jpeg", picture(12, 34, 0)))
	if got := size(); got != "12x34" {
		t.Errorf("replaced: %s", got)
	}
	// Of equal length and new time.
	data := hosttest.Encoded(t, "png", picture(12, 34, 0))
	l.write("images/a.jpg", data)
	old, err := os.Stat(filepath.Join(l.dir, "images/a.jpg"))
	if err != nil || size() != "12x34" {
		t.Fatal(err)
	}
	data[19] ^= 1 // the last byte of the width; its checksum fails
	l.write("images/a.jpg", data)
	later := old.ModTime().Add(time.Second)
	if err := os.Chtimes(filepath.Join(l.dir, "images/a.jpg"), later, later); err != nil {
		t.Fatal(err)
	}
	if l.Exists("a.jpg") {
		t.Error("a damaged file of the same length still counts as the image that it was")
	}
	l.write("images/a.jpg", photos(t)["a.jpg"].Data)
	if got := size(); got != "30x10" {
		t.Errorf("mended: %s", got)
	}
	if err := os.Remove(filepath.Join(l.dir, "images/a.jpg")); err != nil || l.Exists("a.jpg") {
		t.Errorf("a file that is gone exists; %v", err)
	}
}

func TestFS(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	l.write(".secret", []byte("x"))
	l.write("processed/.gitkeep", nil)
	l.write(".work/half.png", []byte("x"))
	l.write("processed/out.png", []byte("whole"))
	l.write(".pending/out.png", []byte("whole"))
	l.write("other.txt", []byte("x"))
	for name, there := range map[string]bool{
		"processed/out.png": true, "images/a.jpg": true, "images/ATTRIBUTION.md": true,
		".secret": false, ".pending/out.png": false, "PENDIN~1/out.png": false, "other.txt": false, ".": false, ".work/half.png": false, ".work": false, "processed/.gitkeep": false,
		"../x": false, "processed/../.secret": false, "/etc/passwd": false, "": false, "images/nada.jpg": false, "processed//out.png": false,
	} {
		f, err := l.FS().Open(name)
		if (err == nil) != there {
			t.Errorf("%q: %v", name, err)
		}
		if err == nil {
			_ = f.Close()
		}
	}
}

func TestPreviews(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	same(t, "without a preview", l.WithoutPreview(), []string{"a.jpg", "b.jpg"})
	if err := l.MakePreview(t.Context(), "a.jpg"); err != nil {
		t.Fatal(err)
	}
	same(t, "inspected", l.inspected, []string{"images/a.jpg"})
	same(t, "without a preview", l.WithoutPreview(), []string{"b.jpg"})
	if got := l.read("previews/images/a.jpg.jpg"); got != "preview" {
		t.Errorf("preview %q", got)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(l.dir, "images/a.jpg"), later, later); err != nil {
		t.Fatal(err)
	}
	same(t, "with one that is older than its image", l.WithoutPreview(), []string{"a.jpg", "b.jpg"})
	l.fail = errors.New("child died")
	if err := l.MakePreview(t.Context(), "b.jpg"); !errors.Is(err, l.fail) {
		t.Errorf("a failing inspector: %v", err)
	}
}
