package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"carriles/executor/codec"
	"carriles/executor/fault"
)

func TestInspector(t *testing.T) {
	l := newLab(t)
	in := NewInspector(l.launcher(), long)
	defer in.Close()
	data, err := os.ReadFile(filepath.Join(l.dir, "images/a.png"))
	if err != nil {
		t.Fatal(err)
	}
	var dec codec.Decoder
	img, _, err := dec.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%x", codec.Digest(img))
	for i := range 3 {
		got, err := in.Inspect(t.Context(), "images/a.png", "preview.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if got.Width != 60 || got.Height != 40 || got.Format != codec.PNG || got.Digest != want {
			t.Errorf("%+v, want 60 x 40, png, %s", got, want)
		}
		preview, err := os.ReadFile(filepath.Join(l.dir, "preview.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		if info, err := codec.Probe(preview); err != nil || info.Format != codec.JPEG || info.Width != 60 {
			t.Errorf("preview %+v, %v; want a JPEG 60 wide", info, err)
		}
		if i == 1 {
			in.child.kill() // the next image finds it dead
		}
	}
	for _, file := range []string{"images/broken.png", "images/missing.png", "../etc/passwd"} {
		var e *fault.Error
		if _, err := in.Inspect(t.Context(), file, "bad.jpg"); !errors.As(err, &e) || e.Code != fault.CodeBadImage {
			t.Errorf("%s: %v, want %s", file, err, fault.CodeBadImage)
		}
	}
	if _, err := os.Stat(filepath.Join(l.dir, "bad.jpg")); err == nil {
		t.Error("a bad image has a preview")
	}
}
