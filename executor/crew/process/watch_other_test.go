//go:build !linux

package process

import (
	"io"
	"os"
)

// These are of tests of Linux only.
const (
	stopper    = "stopper"
	unreliable = "unreliable"
)

func stopChildrenOf(string)           {}
func befall(string, string) io.Reader { return os.Stdin }
