//go:build !linux

package process

// stopper is of tests of Linux only.
const stopper = "stopper"

func stopChildrenOf(string) {}
