package process

import "syscall"

// sysProcAttr puts a worker into a process group of its own, so that Ctrl-C
// reaches only the server.
func sysProcAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// Windows ends a process with a code, never by a signal.
func signaled(syscall.WaitStatus) bool { return false }

func signalName(syscall.WaitStatus) string { return "" }

// hasDeathSignal tells whether the kernel ends orphans by itself.
const hasDeathSignal = false
