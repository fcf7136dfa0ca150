//go:build unix && !linux

package process

import "syscall"

// sysProcAttr puts a worker into a process group of its own, so that Ctrl-C
// reaches only the server. That the server is gone a worker notices by the end
// of its input.
func sysProcAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// hasDeathSignal tells whether the kernel ends orphans by itself.
const hasDeathSignal = false
