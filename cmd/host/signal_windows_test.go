package main

import (
	"os"
	"syscall"
)

// Windows has neither: whoever sends one is told so.
const freeze, thaw = syscall.Signal(19), syscall.Signal(18)

func signalTo(pid int, s syscall.Signal) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Signal(s)
}
