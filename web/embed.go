// Package web holds what the binary carries for browsers: styles, scripts,
// icons, the photographs, and under static/gen/ the two WebAssembly programs
// that make has built. It serves nothing itself.
package web

import (
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"sync"
)

//go:embed all:static
var files embed.FS

// Root is the folder of Files that is served at /web/.
const Root = "static"

// Files holds everything, below Root.
func Files() embed.FS { return files }

// Assets holds what is below Root.
func Assets() fs.FS { return below(Root) }

// Photos holds the photographs and their attribution.
func Photos() fs.FS { return below(Root + "/photos") }

func below(path string) fs.FS {
	folder, err := fs.Sub(files, path)
	if err != nil {
		panic(err) // the path is a constant and valid
	}
	return folder
}

var ground = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`--bg: light-dark\((#[0-9a-f]{6}),`)
})

// Ground is the page's background on a light screen, as the palette has it.
func Ground() (string, error) {
	palette, err := files.ReadFile(Root + "/tokens.css")
	found := ground().FindSubmatch(palette)
	if err != nil || found == nil {
		return "", errors.Join(errors.New("the palette has no ground"), err)
	}
	return string(found[1]), nil
}

// PageSize is the length of the page's wasm before compression, in bytes. It
// fails when the binary was built without the page.
func PageSize() (uint32, error) {
	gz, err := files.ReadFile(Root + "/gen/app.wasm.gz")
	if err != nil || len(gz) < 4 {
		return 0, fmt.Errorf("this binary was built without its page; build it with make: %w", err)
	}
	return binary.LittleEndian.Uint32(gz[len(gz)-4:]), nil // gzip's last field
}
