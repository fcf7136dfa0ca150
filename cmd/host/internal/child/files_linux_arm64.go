package child

import (
	"embed"
	"io/fs"
)

// bin holds what the build has put there, and at least a line that says so.
//
//go:embed bin/arm64
var bin embed.FS

func files() fs.FS {
	folder, _ := fs.Sub(bin, "bin/arm64") // a valid path
	return folder
}
