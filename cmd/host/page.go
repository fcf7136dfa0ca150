package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
	"github.com/vearutop/statigz"
	"github.com/vearutop/statigz/brotli"

	"carriles/wasm/ui"
	"carriles/web"
)

// wasmLength is the header that tells go-app's loader how long the wasm is
// before compression: it counts the bytes after.
const wasmLength = "X-Wasm-Length"

// newPage builds the handler of the page: go-app's, with our own files before
// it. It fails when the binary was built without the page.
func newPage() (http.Handler, error) {
	size, err := web.PageSize()
	if err != nil {
		return nil, err
	}
	version, err := assetsHash()
	if err != nil {
		return nil, err
	}
	ui.Routes()
	files := http.StripPrefix("/web", statigz.FileServer(web.Files(), brotli.AddEncoding, func(s *statigz.Server) {
		s.FSPrefix, s.EncodeOnInit = web.Root, true
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
		Styles:                  []string{"/web/app.css", "/web/class.css"},
		Scripts:                 []string{"/web/boot.js defer"},
		BackgroundColor:         "#fbfaf7",
		ThemeColor:              "#fbfaf7",
		LoadingLabel:            "{progress}%",
		Resources:               resources{},
		Version:                 version,
		WasmContentLengthHeader: wasmLength,
		// The lab is nothing without its server, and a page from a cache would
		// hide a new version: go-app's service worker, which keeps a copy, is
		// replaced by one that does nothing.
		ServiceWorkerTemplate: "// Carriles keeps no offline copy. {{.Version}}\n",
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /web/gen/app.wasm", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(wasmLength, strconv.FormatUint(uint64(size), 10))
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /web/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
	// go-app embeds the wasm_exec.js of an older Go.
	mux.HandleFunc("GET /wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		again := r.Clone(r.Context())
		again.URL.Path = "/web/gen/wasm_exec.js"
		files.ServeHTTP(w, again)
	})
	for _, path := range []string{"/robots.txt", "/sitemap.xml", "/ads.txt"} {
		mux.Handle("GET "+path, http.NotFoundHandler()) // go-app would fetch them from itself
	}
	mux.Handle("GET /", zoomable(goApp))
	return mux, nil
}

// resources tells go-app where the page's wasm is.
type resources struct{}

func (resources) Package() string { return "" }
func (resources) Static() string  { return "" }
func (resources) AppWASM() string { return "/web/gen/app.wasm" }

// assetsHash changes with every file of the page: go-app uses it as the ETag
// of what it serves.
func assetsHash() (string, error) {
	h := sha256.New()
	files := web.Files()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, web.Root+"/photos/") {
			return err
		}
		data, err := files.ReadFile(path)
		h.Write([]byte(path))
		h.Write(data)
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

// zoomable mends the viewport of the pages that next writes.
func zoomable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&zoomWriter{ResponseWriter: w}, r)
	})
}

// zoomWriter expects a page in one Write, as go-app does it.
type zoomWriter struct{ http.ResponseWriter }

func (z *zoomWriter) Write(p []byte) (int, error) {
	if strings.HasPrefix(z.Header().Get("Content-Type"), "text/html") && bytes.Contains(p, []byte(noZoom)) {
		mended := bytes.Replace(p, []byte(noZoom), []byte(withZoom), 1)
		z.Header().Set("Content-Type", "text/html; charset=utf-8")
		z.Header().Set("Content-Length", strconv.Itoa(len(mended)))
		if _, err := z.ResponseWriter.Write(mended); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	return z.ResponseWriter.Write(p)
}
