package process

import "syscall"

// sysProcAttr puts a worker into a process group of its own, so that Ctrl-C
// reaches only the server, and has the kernel kill it when the server's thread
// that started it dies.
func sysProcAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// hasDeathSignal tells whether the kernel ends orphans by itself.
const hasDeathSignal = true
