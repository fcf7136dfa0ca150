//go:build unix

package process

import "syscall"

func signaled(ws syscall.WaitStatus) bool { return ws.Signaled() }

func signalName(ws syscall.WaitStatus) string { return ws.Signal().String() }
