package process

import "io"

// pollable would spare each task the wait for a P that is described beside the
// other systems' version. An inherited pipe of Windows cannot be polled, so
// there a worker with GOMAXPROCS 1 idles some milliseconds before each task,
// and its account says so.
func pollable(in io.Reader) (io.Reader, error) { return in, nil }
