package library

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// upload receives a file and takes it in.
func (l *lab) upload(ctx context.Context, name, id string, data []byte) (result.ImageInfo, error) {
	l.t.Helper()
	r, err := l.Receive(name, id, bytes.NewReader(data))
	if err != nil {
		l.t.Fatal(err)
	}
	return l.Upload(ctx, r)
}

// What does not arrive whole, or finds no room, leaves nothing; whose fault it is
// can be told.
func TestReceive(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	before := l.files()
	broken := errors.New("the sender hung up")
	if _, err := l.Receive("x.jpg", "id", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); err != broken {
		t.Errorf("a sender that hangs up: %v", err)
	}
	var e *fault.Error
	if err := cannotStore("x.jpg", &os.PathError{Op: "write", Err: syscall.ENOSPC}); err.Code != fault.CodeDiskFull {
		t.Errorf("a full disk: %v", err)
	}
	if err := os.RemoveAll(filepath.Join(l.dir, ".work")); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Receive("x.jpg", "id", strings.NewReader("whole")); !errors.As(err, &e) || e.Code != fault.CodeInternal {
		t.Errorf("a folder that is gone: %v", err)
	}
	if err := os.Mkdir(filepath.Join(l.dir, ".work"), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := l.Receive("x.jpg", "id", strings.NewReader("whole"))
	if err != nil || l.read(".work/id.upload") != "whole" {
		t.Errorf("%+v, %v", r, err)
	}
	l.Drop(r)
	same(t, "files", l.files(), before)
}

func TestUpload(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	tests := []struct {
		name, format, want string
	}{
		{"mi foto.png", "png", "uploads/mi-foto-id1.png"},
		{"lies.png", "jpeg", "uploads/lies-id2.jpg"}, // the ending that the content has
		{"moving.gif", "gif", "uploads/moving-id3.gif"},
		{"../../images/a.jpg", "jpeg", "uploads/images-a-id4.jpg"},
		{"", "png", "uploads/imagen-id5.png"},
	}
	for i, tt := range tests {
		data := hosttest.Encoded(t, tt.format, picture(6, 4, i))
		id := "id" + string(rune('1'+i))
		info, err := l.upload(t.Context(), tt.name, id, data)
		if err != nil {
			t.Errorf("%q: %v", tt.name, err)
			continue
		}
		if info.Name != tt.want || info.Width != 6 || info.Height != 4 || info.Format != tt.format || info.URL != "/static/images/"+tt.want {
			t.Errorf("%q: %+v, want %s", tt.name, info, tt.want)
		}
		if got := l.read("images/" + tt.want); got != string(data) {
			t.Errorf("%q: the file differs from what was sent", tt.name)
		}
		if got := l.read("previews/images/" + tt.want + ".jpg"); got != "preview" {
			t.Errorf("%q: preview %q", tt.name, got)
		}
	}
	same(t, "the default set", l.Names(), []string{"a.jpg", "b.jpg"})
	same(t, "left in .work", filesIn(t, l.dir+"/.work"), []string{})
}

func TestUploadRefuses(t *testing.T) {
	good := hosttest.Encoded(t, "jpeg", picture(6, 4, 0))
	tests := []struct {
		name string
		data []byte
	}{
		{"empty.jpg", nil},
		{"text.jpg", []byte("not a picture")},
		{"vector.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		{"bomb.png", hosttest.GiantPNG(t)},
		{"cut.jpg", good[:20]},
		{"magic.png", []byte("\x89PNG\r\n\x1a\n")},
		{"zeros.gif", bytes.Repeat([]byte{0}, 100)},
	}
	for _, tt := range tests {
		l := open(t, t.TempDir(), photos(t))
		before := l.files()
		_, err := l.upload(t.Context(), tt.name, "id", tt.data)
		var e *fault.Error
		if !errors.As(err, &e) || e.Code != fault.CodeBadImage || !strings.Contains(e.Text.EN, tt.name) || !strings.Contains(e.Text.ES, tt.name) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if len(l.inspected) > 0 {
			t.Errorf("%s was decoded", tt.name)
		}
		same(t, tt.name+" leaves", l.files(), before)
	}
}

// A header is not enough: the child that decodes all of it has the last word.
func TestUploadThatDoesNotDecode(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	before := l.files()
	l.fail = errors.New("unexpected EOF")
	_, err := l.upload(t.Context(), "x.jpg", "id", hosttest.Encoded(t, "jpeg", picture(6, 4, 0)))
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.CodeBadImage || !errors.Is(err, l.fail) || strings.Contains(e.Text.EN, "EOF") {
		t.Errorf("%v", err)
	}
	same(t, "files", l.files(), before)

	// Who goes away, or waits too long, is not told that the image is bad.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = l.upload(ctx, "x.jpg", "id", hosttest.Encoded(t, "jpeg", picture(6, 4, 0))); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	same(t, "files", l.files(), before)
}

// A machine that fails over an upload says nothing against it.
func TestUploadThatCannotBeExamined(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	before := l.files()
	for _, code := range []string{fault.CodeNotExamined, fault.CodeDiskFull} {
		l.fail = fault.Errorf(code, "la máquina", "the machine")
		if _, err := l.upload(t.Context(), "x.png", "id", hosttest.Encoded(t, "png", picture(6, 4, 0))); err != l.fail {
			t.Errorf("%s: %v", code, err)
		}
		same(t, "files", l.files(), before)
	}
}

// An image that cannot be stored leaves no preview either.
func TestUploadThatCannotBeStored(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	if err := os.Remove(filepath.Join(l.dir, "images", "uploads")); err != nil {
		t.Fatal(err)
	}
	_, err := l.upload(t.Context(), "x.png", "id", hosttest.Encoded(t, "png", picture(6, 4, 0)))
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.CodeInternal || len(l.inspected) != 1 {
		t.Errorf("%v", err)
	}
	same(t, "files", l.files("images"), []string{})
}

// The same id twice would be the same name twice: nothing is replaced.
func TestUploadReplacesNothing(t *testing.T) {
	l := open(t, t.TempDir(), photos(t))
	if _, err := l.upload(t.Context(), "x.png", "id", hosttest.Encoded(t, "png", picture(6, 4, 0))); err != nil {
		t.Fatal(err)
	}
	first := l.read("images/uploads/x-id.png")
	_, err := l.upload(t.Context(), "x.png", "id", hosttest.Encoded(t, "png", picture(9, 9, 0)))
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.CodeInternal {
		t.Errorf("%v", err)
	}
	if l.read("images/uploads/x-id.png") != first {
		t.Error("the first upload was replaced")
	}
	if files := l.files("images", "previews"); !slices.Equal(files, []string{}) {
		t.Errorf("left over: %q", files)
	}
}
