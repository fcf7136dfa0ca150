package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
	"github.com/vearutop/statigz"
	"github.com/vearutop/statigz/brotli"

	"carriles/cmd/host/internal/api"
	"carriles/wasm/ui"
	"carriles/web"
)

// wasmLength is the header that tells go-app's loader how long the wasm is
// before compression: it counts the bytes after.
const wasmLength = "X-Wasm-Length"

// A file whose address changes with its content is kept for good, any other is
// asked for again each time.
const (
	forGood   = "public, max-age=31536000, immutable"
	askedEach = "no-cache"
)

// newPage builds the handler of the page: go-app's, with our own files before
// it. It fails when the binary was built without the page.
//
// The page asks for its files below /v/<version>/web/, and for go-app's own with
// ?v=<version>, where the version is a hash of all of them: on a second visit a
// browser asks for nothing but the page itself. assets is that path.
func newPage() (_ http.Handler, assets string, err error) {
	size, err := web.PageSize()
	if err != nil {
		return nil, "", err
	}
	hash, err := assetsHash()
	if err != nil {
		return nil, "", err
	}
	ground, err := web.Ground()
	if err != nil {
		return nil, "", err
	}
	ui.Routes()
	files := http.StripPrefix("/web", statigz.FileServer(web.Files(), brotli.AddEncoding, func(s *statigz.Server) {
		s.FSPrefix, s.EncodeOnInit = web.Root, true
		// What make has packed is there in brotli. A start does not do that with the
		// rest, which is small: each file would take 10 MB for a moment.
		s.Encodings[0].Encoder = nil
	}))
	goApp := &app.Handler{
		Name: "Carriles", ShortName: "Carriles", Title: "Carriles",
		Description: "Un laboratorio de concurrencia para el aula",
		Lang:        "es",
		Author:      "Carriles",
		// Without all four go-app points to icons on the internet.
		Icon: app.Icon{
			Default: "/web/icon-192.png", Large: "/web/icon-512.png", SVG: "/web/icon.svg", AppleTouch: "/web/icon-192.png",
		},
		Styles:                  styles(),
		Scripts:                 []string{"/web/look.js defer", "/web/boot.js defer", "/web/room.js defer"},
		BackgroundColor:         ground,
		ThemeColor:              ground,
		LoadingLabel:            "{progress}%",
		Resources:               resources{version: hash},
		Version:                 hash,
		WasmContentLengthHeader: wasmLength,
		// The lab is nothing without its server, and a page from a cache would
		// hide a new version: go-app's service worker, which keeps a copy, is
		// replaced by one that does nothing.
		ServiceWorkerTemplate: "// Carriles keeps no offline copy. {{.Version}}\n",
	}
	mux := http.NewServeMux()
	serve := func(w http.ResponseWriter, r *http.Request, path, cache string) {
		if path == appWASM {
			w.Header().Set(wasmLength, strconv.FormatUint(uint64(size), 10))
		}
		w.Header().Set("Cache-Control", cache)
		again := r.Clone(r.Context())
		again.URL.Path = path
		again.Header.Set("Accept-Encoding", api.Accepted(r.Header.Values("Accept-Encoding")))
		files.ServeHTTP(w, again)
	}
	mux.HandleFunc("GET /v/{version}/web/{file...}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("version") != hash {
			// A page of before asks for what is no longer there. Today's file in
			// its place might not fit the rest of it.
			w.Header().Set("Cache-Control", "no-store")
			http.NotFound(w, r)
			return
		}
		serve(w, r, "/web/"+r.PathValue("file"), forGood)
	})
	mux.HandleFunc("GET /web/", func(w http.ResponseWriter, r *http.Request) {
		serve(w, r, r.URL.Path, askedEach)
	})
	// go-app embeds the wasm_exec.js of an older Go, and the looks of its own
	// loader: ours come first in the place of those, for they declare the layers.
	for path, own := range map[string]string{"/wasm_exec.js": "/web/gen/wasm_exec.js", "/app.css": "/web/tokens.css"} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { serve(w, r, own, cacheOf(r, hash)) })
	}
	for _, path := range []string{"/robots.txt", "/sitemap.xml", "/ads.txt"} {
		mux.Handle("GET "+path, http.NotFoundHandler()) // go-app would fetch them from itself
	}
	mux.Handle("GET /", mended(goApp, hash))
	return mux, resources{hash}.Static() + "/web", nil
}

// cacheOf tells how long a file of go-app's may be kept: for good, if it was
// asked for by its version.
func cacheOf(r *http.Request, hash string) string {
	if r.URL.Query().Get("v") == hash {
		return forGood
	}
	return askedEach
}

// appWASM is the page's program.
const appWASM = "/web/gen/app.wasm"

// resources tells go-app where the page's files are. The Package files are not
// moved: go-app would take their folder for a part of every page's address.
type resources struct{ version string }

func (resources) Package() string   { return "" }
func (r resources) Static() string  { return "/v/" + r.version }
func (r resources) AppWASM() string { return r.Static() + appWASM }

// packageFiles are go-app's own, as its pages refer to them.
func packageFiles() []string {
	return []string{"/app.css", "/app.js", "/wasm_exec.js", "/manifest.webmanifest"}
}

// assetsHash changes with every file of the page and with the binary's version:
// go-app uses it as the ETag of what it serves, its pages included.
func assetsHash() (string, error) {
	h := sha256.New()
	h.Write([]byte(version))
	files := web.Files()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, web.Root+"/photos/") {
			return err
		}
		f, err := files.Open(path) // not read whole: the program alone is 3 MB
		if err != nil {
			return err
		}
		defer f.Close()
		h.Write([]byte(path))
		_, err = io.Copy(h, f)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)[:10]), err
}

// noZoom is what go-app hard-codes; who needs larger text must be able to
// zoom.
const (
	noZoom   = "width=device-width, initial-scale=1, maximum-scale=1, user-scalable=0, viewport-fit=cover"
	withZoom = "width=device-width, initial-scale=1, viewport-fit=cover"
)

// mended mends the pages that next writes: their viewport, and that they refer
// to go-app's files without a version.
func mended(next http.Handler, hash string) http.Handler {
	pairs := []string{noZoom, withZoom}
	for _, file := range packageFiles() {
		pairs = append(pairs, `"`+file+`"`, `"`+file+"?v="+hash+`"`)
	}
	page := strings.NewReplacer(pairs...)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mw := &mendingWriter{ResponseWriter: w, page: page, cache: askedEach}
		if slices.Contains(packageFiles(), r.URL.Path) {
			mw.cache = cacheOf(r, hash)
		}
		next.ServeHTTP(mw, r)
	})
}

// mendingWriter expects a page in one Write, as go-app does it.
type mendingWriter struct {
	http.ResponseWriter
	page  *strings.Replacer
	cache string
}

// WriteHeader says how long to keep the file, which go-app says of none.
func (m *mendingWriter) WriteHeader(status int) {
	m.Header().Set("Cache-Control", m.cache)
	m.ResponseWriter.WriteHeader(status)
}

func (m *mendingWriter) Write(p []byte) (int, error) {
	m.Header().Set("Cache-Control", m.cache)
	if strings.HasPrefix(m.Header().Get("Content-Type"), "text/html") && bytes.Contains(p, []byte(noZoom)) {
		text := m.page.Replace(string(p))
		m.Header().Set("Content-Type", "text/html; charset=utf-8")
		m.Header().Set("Content-Length", strconv.Itoa(len(text)))
		if _, err := m.ResponseWriter.Write([]byte(text)); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	return m.ResponseWriter.Write(p)
}

// styles lists the style sheets after tokens.css, in their order: where two of
// one layer say something of one thing, the later counts.
func styles() []string {
	return []string{
		"/web/app.css", "/web/form.css", "/web/race.css", "/web/result.css", "/web/loading.css", "/web/narrow.css",
		"/web/guide.css", "/web/class.css",
	}
}
