// Package child finds what child processes are started from: on Linux a program of their
// own, cmd/host/child, which the build has put into the host; elsewhere the host itself.
//
// A program of the host's size, with a queue, an exporter and a page in it, initialises
// 184 packages before its main: 28 ms of 36, on two cores; the child's own takes 8.
//
// # Hard cases
//
//   - The host was built by go alone, or beside a child of another version: the version
//     that lies with the child is compared, and the host itself is the child.
//   - A folder from which nothing may be started, a full disk: the program is never a
//     file. It lies in memory without a name (memfd_create), sealed, until the host ends.
//     Where the system refuses that too, the host itself is the child, and says why.
package child

import (
	"io/fs"
	"strings"

	"carriles/executor/crew/process"
)

// Command is the command line of a child of this program, whose version is given. It
// holds memory until the process ends: ask once. Refused is why the child's own program
// is not used although it is there; nil if it is used, or not there.
func Command(version string) (command []string, refused, err error) {
	if program := own(files(), version); program != nil {
		path, err := hold(program)
		if err == nil {
			return []string{path, process.Subcommand}, nil, nil
		}
		refused = err
	}
	command, err = process.SelfCommand()
	return command, refused, err
}

// The names of a child's program and of the file that tells its version.
const (
	programFile = "carriles"
	versionFile = "version"
)

// own is the program that lies in a folder, if it is of a version; nil if not.
func own(folder fs.FS, version string) []byte {
	if folder == nil {
		return nil
	}
	said, err := fs.ReadFile(folder, versionFile)
	if err != nil || strings.TrimSpace(string(said)) != version {
		return nil
	}
	program, err := fs.ReadFile(folder, programFile)
	if err != nil {
		return nil
	}
	return program
}
