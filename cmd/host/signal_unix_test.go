//go:build unix

package main

import "syscall"

// What stops a process where it is, and lets it go on.
const freeze, thaw = syscall.SIGSTOP, syscall.SIGCONT

func signalTo(pid int, s syscall.Signal) error { return syscall.Kill(pid, s) }
