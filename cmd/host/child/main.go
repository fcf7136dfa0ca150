// Command child is what a host on Linux starts its child processes from: the workers and
// nothing else. The host's own program could do it, and does on other systems and where
// it was built by go alone; but before main each of its packages is initialised, the
// queue's and the exporter's too, which takes several times as long as starting a
// process does (package internal/child has figures). "make build" puts it into the host.
package main

import (
	"os"

	"carriles/executor/crew/process"
	"carriles/filters/engines"
)

// version is set by the build, to the host's.
var version = "dev"

func main() {
	// It is started from memory that has no name: lists of processes have one.
	_ = os.WriteFile("/proc/self/comm", []byte("carriles"), 0)
	var args []string
	if len(os.Args) > 2 {
		args = os.Args[2:] // after the program and the host's word for a child
	}
	os.Exit(process.ChildMain(args, os.Stdin, os.Stdout, version, engines.All()))
}
