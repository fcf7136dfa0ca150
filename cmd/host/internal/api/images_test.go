package api

import (
	"bytes"
	"context"
	"errors"
	"image"
	"mime/multipart"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"carriles/cmd/host/internal/hosttest"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

func TestImageInfo(t *testing.T) {
	l := open(t, twoPhotos(t))
	if err := os.WriteFile(filepath.Join(l.dir, "images", "notes.jpg"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	for header, word := range map[string]string{"es": "no se puede usar: no es JPEG", "en": "cannot be used: it is not a JPEG"} {
		o := l.do("GET", "/api/image/info/", "", "Accept-Language: "+header).object(t, 200, "count", "images", "ignored")
		first := o["images"].([]any)[0].(map[string]any)
		if o["count"] != 2.0 || first["name"] != "a.jpg" || first["width"] != 40.0 || first["height"] != 30.0 || first["format"] != "jpeg" ||
			first["url"] != "/static/images/a.jpg" || first["preview_url"] != "/static/previews/images/a.jpg.jpg" || first["size_bytes"] == 0.0 {
			t.Errorf("info %v", o)
		}
		ignored := o["ignored"].([]any)[0].(map[string]any)
		if ignored["field"] != "notes.jpg" || !strings.Contains(ignored["error"].(string), word) {
			t.Errorf("%s: ignored %v", header, ignored)
		}
	}
}

func TestImage4K(t *testing.T) {
	l := open(t, fstest.MapFS{"a.jpg": {Data: jpegOf(t, 40, 30)}, "b.jpg": {Data: jpegOf(t, 3840, 2)}})
	size := func(path string) image.Config {
		t.Helper()
		r := l.do("GET", path, "")
		c, _, err := image.DecodeConfig(bytes.NewReader(r.body))
		if r.code != 200 || err != nil || r.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: %d, %v, %v", path, r.code, err, r.header)
		}
		return c
	}
	for _, path := range []string{"/api/image/4k", "/api/image/4k/", "/api/image/slow/?delay=0", "/api/image/slow?delay=0.001"} {
		if c := size(path); c.Width != 3840 {
			t.Errorf("%s: %d pixels wide; the photograph of 3840 is the one", path, c.Width)
		}
	}
	small := open(t, twoPhotos(t))
	if r := small.do("GET", "/api/image/4k/", ""); r.code != 200 || !bytes.Equal(r.body, jpegOf(t, 40, 30)) {
		t.Errorf("without a large photograph: %d, %d bytes", r.code, len(r.body))
	}
	if r := small.do("GET", "/api/image/4k/", "", "Range: bytes=0-1"); r.code != 206 || string(r.body) != "\xff\xd8" {
		t.Errorf("a part: %d %q", r.code, r.body)
	}
}

func TestSlowImageBounds(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, delay := range []string{"-1", "-0.001", "10.001", "1e309", "NaN", "Inf", "-Inf", "abc", "1s", "0x", "1,5"} {
		e := l.do("GET", "/api/image/slow/?delay="+delay, "").fault(t, 400, "out_of_range")
		if e.Field != "delay" || e.Allowed != "un número de 0 a 10" {
			t.Errorf("%s: %+v", delay, e)
		}
	}
	// A wait ends with its client.
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	if _, err := clientGet(ctx, l.url+"/api/image/slow/?delay=10"); !errors.Is(err, context.Canceled) {
		t.Errorf("hung up: %v", err)
	}
}

func TestStatic(t *testing.T) {
	l := open(t, twoPhotos(t))
	for name, data := range map[string]string{
		"processed/out.png": string(pngOf(t, 5, 5)), ".work/half.png": "half", "secret.txt": "secret", "images/.hidden": "hidden",
	} {
		if err := os.WriteFile(filepath.Join(l.dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := l.do("GET", "/static/processed/out.png", "")
	if r.code != 200 || r.header.Get("Content-Type") != "image/png" || !bytes.Equal(r.body, pngOf(t, 5, 5)) || r.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", r.code, r.header)
	}
	if again := l.do("GET", "/static/processed/out.png", "", "If-Modified-Since: "+r.header.Get("Last-Modified")); again.code != 304 {
		t.Errorf("unchanged: %d", again.code)
	}
	for _, path := range []string{
		"/static/.work/half.png", "/static/images/.hidden", "/static/../go.mod", "/static/../../../../etc/passwd",
		"/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fetc%2fpasswd", "/static/images/..%2f..%2fsecret", "/static/%2fetc/passwd",
		"/static//etc/passwd", `/static/..%5c..%5cetc`, "/static/images/a.jpg%00", "/static/images%2f.hidden", "/static/processed/../.work/half.png",
		"/static/.", "/static/..", "/static/images/..", "/static/nothing",
	} {
		l.do("GET", path, "").fault(t, 404, "not_found")
	}
}

// form is a multipart body with files by name.
func form(t *testing.T, files ...upload) (body, contentType string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	if err := w.WriteField("note", "a field that is no file"); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		part, err := w.CreateFormFile("files", f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), "Content-Type: " + w.FormDataContentType()
}

type upload struct {
	name string
	data []byte
}

func TestUpload(t *testing.T) {
	l := open(t, twoPhotos(t))
	good := jpegOf(t, 8, 6)
	body, kind := form(t,
		upload{"mi foto.jpg", good}, upload{"bomb.png", hosttest.GiantPNG(t)}, upload{"vector.png", []byte("<svg/>")}, upload{"empty.jpg", nil},
		upload{"cut.jpg", good[:len(good)*2/3]}, upload{"large.jpg", append(bytes.Clone(good), make([]byte, MaxUpload)...)},
		upload{"../../evil.png", pngOf(t, 3, 3)}, upload{"largest.jpg", append(bytes.Clone(good), make([]byte, MaxUpload-len(good))...)})
	for _, path := range []string{"/api/images", "/api/images/"} {
		o := l.do("POST", path, body, kind, "Accept-Language: en").object(t, 201, "images", "refused")
		var taken, refused []string
		for _, i := range o["images"].([]any) {
			name := i.(map[string]any)["name"].(string)
			stem := name[:strings.LastIndex(name, "-")]
			taken = append(taken, stem+filepath.Ext(name))
			if r := l.do("GET", i.(map[string]any)["url"].(string), ""); r.code != 200 {
				t.Errorf("%s: %d", name, r.code)
			}
			l.do("POST", "/api/process-batch/sequential/", `{"images":["`+name+`"]}`).object(t, 200)
		}
		for _, i := range o["refused"].([]any) {
			f := i.(map[string]any)
			refused = append(refused, f["field"].(string)+" "+f["code"].(string))
		}
		if want := []string{"uploads/mi-foto.jpg", "uploads/evil.png", "uploads/largest.jpg"}; !slices.Equal(taken, want) {
			t.Errorf("taken %q, want %q", taken, want)
		}
		want := []string{"bomb.png bad_image", "vector.png bad_image", "empty.jpg bad_image", "cut.jpg bad_image", "large.jpg body_too_large"}
		if !slices.Equal(refused, want) {
			t.Errorf("refused %q, want %q", refused, want)
		}
	}
	if o := l.do("GET", "/api/image/info/", "").object(t, 200); o["count"] != 2.0 {
		t.Errorf("uploads are in the default set: %v", o)
	}
}

func TestUploadsThatBringNothing(t *testing.T) {
	l := open(t, twoPhotos(t))
	body, kind := form(t)
	if e := l.do("POST", "/api/images/", body, kind).fault(t, 400, "wrong_type"); e.Field != "files" || e.Allowed == "" {
		t.Errorf("no file: %+v", e)
	}
	for _, header := range []string{"Content-Type: application/json", "Content-Type: multipart/form-data", "X: y"} {
		if e := l.do("POST", "/api/images/", "{}", header).fault(t, 400, "wrong_type"); e.Field != "files" {
			t.Errorf("%s: %+v", header, e)
		}
	}
	body, kind = form(t, upload{"vector.png", []byte("<svg/>")})
	o := l.do("POST", "/api/images/", body, kind).object(t, 422, "images", "refused")
	if len(o["images"].([]any)) != 0 || len(o["refused"].([]any)) != 1 {
		t.Errorf("only bad ones: %v", o)
	}
	body, kind = form(t, upload{"good.png", pngOf(t, 2, 2)})
	l.do("POST", "/api/images/", body[:len(body)-40], kind).fault(t, 400, "wrong_type")
	// Two hundred that are good and one more: nothing is stored.
	many := slices.Repeat([]upload{{"good.png", pngOf(t, 2, 2)}}, maxUploadFiles+1)
	body, kind = form(t, many...)
	l.do("POST", "/api/images/", body, kind).fault(t, 413, "body_too_large")
	// Over the limit by what the form adds only: of more than that the client
	// would still be writing when the server hangs up.
	body, kind = form(t, append(slices.Repeat([]upload{{"x.png", make([]byte, 9<<20)}}, 7), upload{"x.png", make([]byte, maxUploadAll-7*9<<20)})...)
	l.do("POST", "/api/images/", body, kind).fault(t, 413, "body_too_large")
	for _, dir := range []string{"images/uploads", ".work"} {
		if files, err := os.ReadDir(filepath.Join(l.dir, dir)); err != nil || len(files) != 0 {
			t.Errorf("stored in %s: %v, %v", dir, files, err)
		}
	}
	l.quiet()
}

// What is no form, or a broken one, is the sender's fault, and nothing is stored.
func TestJunkForms(t *testing.T) {
	l := open(t, twoPhotos(t))
	good, kind := form(t, upload{"good.png", pngOf(t, 2, 2)})
	boundary := kind[strings.Index(kind, "boundary=")+len("boundary="):]
	for name, body := range map[string]string{
		"empty": "", "nothing of the kind": "junk", "another boundary": strings.ReplaceAll(good, boundary, "other"), "the beginning only": "--" + boundary,
		"no header": "--" + boundary + "\r\n", "a header that is none": "--" + boundary + "\r\njunk\r\n\r\nx\r\n--" + boundary + "--\r\n",
		"cut in the header": good[:len(boundary)+20], "cut in the file": good[:len(good)-len(boundary)-20], "bytes": strings.Repeat("\x00\xff", 5000),
		"an endless header": "--" + boundary + "\r\nX: " + strings.Repeat("y", 11<<20),
	} {
		if e := l.do("POST", "/api/images/", body, kind).fault(t, 400, "wrong_type"); e.Field != "files" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	for _, kind := range []string{"multipart/form-data; boundary=", "multipart/form-data; boundary=\"", "multipart/mixed; boundary=x", "multipart/form-data; boundary=" + strings.Repeat("x", 500)} {
		l.do("POST", "/api/images/", good, "Content-Type: "+kind).fault(t, 400, "wrong_type")
	}
	if files, err := os.ReadDir(filepath.Join(l.dir, "images", "uploads")); err != nil || len(files) != 0 {
		t.Errorf("stored: %v, %v", files, err)
	}
}

// Few uploads are under way at a time, and half of them of an address; who is
// turned away hears it though its form is large. The presenter is not.
func TestFewUploadsAtATime(t *testing.T) {
	l := open(t, twoPhotos(t))
	begun, release := held(l)
	l.submit(t)
	<-begun
	small, kind := form(t, upload{"x.png", pngOf(t, 2, 2)})
	large, largeKind := form(t, slices.Repeat([]upload{{"x.png", make([]byte, 9<<20)}}, 5)...)
	codes := make(chan int)
	post := func(from string, headers ...string) {
		codes <- l.from(from, "POST", "/api/images/", small, append(headers, kind)...).code
	}
	waiting := func() int {
		files, err := os.ReadDir(filepath.Join(l.dir, ".work"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	for i, from := range []string{"127.0.0.1", "127.0.0.2"} {
		for n := range uploadsAnAddress {
			go post(from)
			for waiting() <= i*uploadsAnAddress+n { // it is on the disk, and waits for the run
				time.Sleep(time.Millisecond)
			}
		}
		r := l.from(from, "POST", "/api/images/", large, largeKind)
		if r.fault(t, 429, "busy"); r.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	l.from("127.0.0.3", "POST", "/api/images/", small, kind).fault(t, 429, "busy") // all are taken
	go post("127.0.0.3", asPresenter)
	for waiting() <= uploads {
		time.Sleep(time.Millisecond)
	}
	release <- nil
	for range uploads + 1 {
		if code := <-codes; code != 201 {
			t.Errorf("one of those that waited: %d", code)
		}
	}
	if n := waiting(); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

// Images are decoded between runs, never beside one.
func TestUploadWaitsForRuns(t *testing.T) {
	l := open(t, twoPhotos(t))
	begun, release := held(l)
	l.inspect = func(context.Context) error {
		if v := l.runs.List(); len(v) != 1 || v[0].State != result.Done {
			t.Errorf("decoded beside a run: %+v", v)
		}
		return nil
	}
	l.submit(t)
	<-begun
	body, kind := form(t, upload{"x.png", pngOf(t, 2, 2)})
	answered := make(chan reply)
	go func() { answered <- l.do("POST", "/api/images/", body, kind) }()
	release <- nil
	if r := <-answered; r.code != 201 {
		t.Errorf("%d %s", r.code, r.body)
	}
}

func TestUploadThatCannotBeDecodedNow(t *testing.T) {
	l := open(t, twoPhotos(t))
	body, kind := form(t, upload{"x.png", pngOf(t, 2, 2)})
	l.inspect = func(context.Context) error { return context.DeadlineExceeded } // the child's, not ours
	o := l.do("POST", "/api/images/", body, kind).object(t, 422)
	if got := o["refused"].([]any)[0].(map[string]any)["code"]; got != "bad_image" {
		t.Errorf("an image that takes too long: %v", got)
	}
	l.inspect = func(context.Context) error { return fault.DiskFull(syscall.ENOSPC) } // while it is looked at
	o = l.do("POST", "/api/images/", body, kind).object(t, 507)
	if got := o["refused"].([]any)[0].(map[string]any)["code"]; got != "disk_full" {
		t.Errorf("a disk without room: %v", got)
	}
	l.inspect = func(context.Context) error { return fault.Errorf(fault.CodeNotExamined, "la máquina", "the machine") }
	l.do("POST", "/api/images/", body, kind).object(t, 503)
	l.runs.Close()
	o = l.do("POST", "/api/images/", body, kind).object(t, 503)
	if got := o["refused"].([]any)[0].(map[string]any)["code"]; got != "stopping" {
		t.Errorf("while stopping: %v", got)
	}
}
