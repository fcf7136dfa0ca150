package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"carriles/cmd/host/internal/api"
)

// ask gets a path of the page as a browser with these encodings would.
func ask(t *testing.T, page http.Handler, path, encodings string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Encoding", encodings)
	w := httptest.NewRecorder()
	page.ServeHTTP(w, r)
	return w.Result()
}

func newTestPage(t *testing.T) http.Handler {
	t.Helper()
	page, _, err := newPage()
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestPageIsOurs(t *testing.T) {
	page := newTestPage(t)
	response := ask(t, page, "/", "")
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	html := string(body)
	if response.StatusCode != 200 || response.Header.Get("Content-Length") != strconv.Itoa(len(body)) {
		t.Errorf("status %d, Content-Length %s of %d bytes", response.StatusCode, response.Header.Get("Content-Length"), len(body))
	}
	for _, want := range []string{`lang="es"`, withZoom, "/web/app.css", "/web/boot.js", "/web/icon-192.png", `"/app.js?v=`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"maximum-scale", "githubusercontent", "<script>", "https://"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	if again := ask(t, page, "/", ""); again.Header.Get("ETag") == "" {
		t.Error("the page has no ETag")
	}
	if missing := ask(t, page, "/no/such/page", ""); missing.StatusCode != 404 {
		t.Errorf("an unknown page is answered %d", missing.StatusCode)
	}
	for _, path := range []string{"/robots.txt", "/sitemap.xml", "/ads.txt"} {
		if r := ask(t, page, path, ""); r.StatusCode != 404 {
			t.Errorf("%s is answered %d", path, r.StatusCode)
		}
	}
}

// TestFilesAreKeptByTheirVersion follows every reference of the page: what it
// loads is kept for good, the page itself and what nobody asked for by its
// version are not, and what a page of another version asks for is not there.
func TestFilesAreKeptByTheirVersion(t *testing.T) {
	page := newTestPage(t)
	response := ask(t, page, "/", "")
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Cache-Control"); got != askedEach {
		t.Errorf("the page is kept with %q", got)
	}
	refs := regexp.MustCompile(`(?:href|src)="(/[^"]*)"`).FindAllStringSubmatch(string(body), -1)
	script, err := io.ReadAll(ask(t, page, "/app.js", "").Body)
	if err != nil {
		t.Fatal(err)
	}
	refs = append(refs, regexp.MustCompile(`"(/[^"]*\.wasm)"`).FindAllStringSubmatch(string(script), -1)...)
	if len(refs) < 10 || !strings.HasSuffix(refs[len(refs)-1][1], appWASM) {
		t.Fatalf("the page refers to %v", refs)
	}
	version := regexp.MustCompile(`/v/([0-9a-f]+)/`).FindStringSubmatch(string(body))[1]
	for _, ref := range refs {
		if r := ask(t, page, ref[1], "gzip, br"); r.StatusCode != 200 || r.Header.Get("Cache-Control") != forGood {
			t.Errorf("%s is answered %d and kept with %q", ref[1], r.StatusCode, r.Header.Get("Cache-Control"))
		}
		other := strings.ReplaceAll(ref[1], version, "0123")
		r := ask(t, page, other, "gzip, br")
		if strings.HasPrefix(other, "/v/") && r.StatusCode != 404 || r.Header.Get("Cache-Control") == forGood {
			t.Errorf("%s is answered %d and kept with %q", other, r.StatusCode, r.Header.Get("Cache-Control"))
		}
	}
	for _, path := range []string{"/web/app.css", "/app.css", "/app-worker.js", "/?v=" + version, "/wasm_exec.js"} {
		if r := ask(t, page, path, ""); r.Header.Get("Cache-Control") != askedEach {
			t.Errorf("%s is kept with %q", path, r.Header.Get("Cache-Control"))
		}
	}
	again := httptest.NewRequest("GET", "/", nil)
	again.Header.Set("If-None-Match", response.Header.Get("ETag"))
	w := httptest.NewRecorder()
	page.ServeHTTP(w, again)
	if w.Code != http.StatusNotModified || w.Header().Get("Cache-Control") != askedEach {
		t.Errorf("the page is asked for again and answered %d, kept with %q", w.Code, w.Header().Get("Cache-Control"))
	}
}

// What a client says it cannot read is not sent to it, and HEAD is GET without a
// body.
func TestWhatAClientReads(t *testing.T) {
	page := newTestPage(t)
	for header, want := range map[string]string{
		"": "", "gzip;q=0, br;q=0": "", "gzip; q=0, br": "br", "br;q=0.0,gzip;q=0.5": "gzip", "br;Q=0": "", "gzip": "gzip", "identity": "",
		"br;q=nonsense": "", "deflate, *;q=0": "",
	} {
		get := ask(t, page, appWASM, header)
		if got := get.Header.Get("Content-Encoding"); got != want || get.StatusCode != 200 {
			t.Errorf("%q is answered %d in %q, want %q", header, get.StatusCode, got, want)
		}
		r := httptest.NewRequest("HEAD", appWASM, nil)
		r.Header.Set("Accept-Encoding", header)
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		if w.Code != 200 || w.Body.Len() > 0 || w.Result().Header.Get("Content-Encoding") != want {
			t.Errorf("HEAD, %q: %d with %d bytes in %q", header, w.Code, w.Body.Len(), w.Result().Header.Get("Content-Encoding"))
		}
	}
	if got := api.Accepted([]string{"gzip;q=0, br ; q=0.5", " zstd"}); got != "br, zstd" {
		t.Errorf("accepted: %q", got)
	}
}

func TestServiceWorkerKeepsNothing(t *testing.T) {
	body, err := io.ReadAll(ask(t, newTestPage(t), "/app-worker.js", "").Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), "caches") || !strings.Contains(string(body), "Carriles keeps no offline copy") {
		t.Errorf("the service worker is %q", body)
	}
}

// TestWasmInEveryEncoding gets both programs as a browser on localhost
// (brotli), one on a plain-http address (gzip only) and curl (none) would.
func TestWasmInEveryEncoding(t *testing.T) {
	page := newTestPage(t)
	for _, path := range []string{"/web/gen/app.wasm", "/web/gen/compute-simd.wasm", "/web/gen/compute-scalar.wasm"} {
		var plain []byte
		for _, encodings := range []string{"", "gzip, deflate", "gzip, deflate, br, zstd"} {
			response := ask(t, page, path, encodings)
			body, err := decoded(response)
			if err != nil {
				t.Fatalf("%s with %q: %v", path, encodings, err)
			}
			if !bytes.HasPrefix(body, []byte("\x00asm")) {
				t.Fatalf("%s with %q is no wasm", path, encodings)
			}
			if plain == nil {
				plain = body
			} else if !bytes.Equal(body, plain) {
				t.Errorf("%s with %q is another", path, encodings)
			}
			if ct := response.Header.Get("Content-Type"); ct != "application/wasm" {
				t.Errorf("%s has the type %s", path, ct)
			}
			if !strings.Contains(response.Header.Get("Vary"), "Accept-Encoding") {
				t.Errorf("%s does not vary with the encoding", path)
			}
			length := response.Header.Get(wasmLength)
			if path == "/web/gen/app.wasm" && length != strconv.Itoa(len(body)) {
				t.Errorf("%s says its length is %s, it is %d", path, length, len(body))
			}
		}
	}
	if enc := ask(t, page, "/web/gen/app.wasm", "br, gzip").Header.Get("Content-Encoding"); enc != "br" {
		t.Errorf("with brotli the encoding is %q", enc)
	}
}

func decoded(r *http.Response) ([]byte, error) {
	switch r.Header.Get("Content-Encoding") {
	case "br":
		return io.ReadAll(brotli.NewReader(r.Body))
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(z)
	}
	return io.ReadAll(r.Body)
}

// TestWasmExecIsTheToolchains: go-app brings the one of an older Go.
func TestWasmExecIsTheToolchains(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(ask(t, newTestPage(t), "/wasm_exec.js", "").Body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body, want) {
		t.Errorf("/wasm_exec.js (%d bytes) is not the toolchain's (%d bytes)", len(body), len(want))
	}
}
