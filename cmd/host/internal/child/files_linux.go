//go:build amd64 || arm64

package child

import (
	"io/fs"
	"runtime"
)

// files is the folder of this processor's program: what the build has put there, and at
// least a line that says so.
func files() fs.FS {
	folder, _ := fs.Sub(bin, "bin/"+runtime.GOARCH) // a valid path
	return folder
}
