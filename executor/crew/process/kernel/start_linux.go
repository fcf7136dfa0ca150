package kernel

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// StartsHang tells that a child which is stopped between its fork and its exec holds
// up who has started it, whatever that does.
const StartsHang = true

// EndUnborn kills the children of another process that are stopped and have not had
// their exec yet: such a one has its parent's command line, since it has its memory.
func EndUnborn(parent int) {
	line := commandLine(parent)
	for _, pid := range childrenOf(parent) {
		child, err := os.FindProcess(pid) // that process, and none that has its number later
		if err != nil {
			continue
		}
		if Stopped(pid) && len(line) > 0 && bytes.Equal(commandLine(pid), line) {
			_ = child.Kill()
		}
		_ = child.Release()
	}
}

// GoOn has a process go on that somebody has stopped.
func GoOn(p *os.Process) { _ = p.Signal(syscall.SIGCONT) } // it may have ended

func commandLine(pid int) []byte {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return nil
	}
	return line
}

// childrenOf are those of all threads of a process that have not been waited for
// (proc_pid_task(5): children, of kernels with CONFIG_PROC_CHILDREN).
func childrenOf(process int) (pids []int) {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/[0-9]*/children", process))
	if err != nil {
		return nil
	}
	for _, file := range lists {
		list, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range bytes.Fields(list) {
			if pid, err := strconv.Atoi(string(word)); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// Stopped tells whether a process is there and has been stopped by a signal (proc_pid_stat(5),
// the field after the name, which is in parentheses and may hold some itself).
func Stopped(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	i := bytes.LastIndexByte(stat, ')')
	return i >= 0 && bytes.HasPrefix(stat[i+1:], []byte(" T"))
}
