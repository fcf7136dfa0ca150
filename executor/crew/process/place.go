package process

import (
	"os"
	"runtime"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/text"
)

// GCPercent is the workers' garbage collection target, set on purpose so that
// a figure does not hang on the server's environment. Buffers are reused, so
// there is little to collect but what the standard library's decoders of PNG,
// GIF and progressive JPEG make anew for each image.
const GCPercent = 100

// Launcher starts children of this binary.
type Launcher struct {
	// Command is the worker's command line, the executable first.
	Command []string
	Version string
	// Static is the folder that holds images/ and processed/.
	Static string
	// Origin is where the server answers, such as http://127.0.0.1:8000: the
	// source http fetches from there.
	Origin string
	// FaultCost is what a page fault takes on this machine (kernel.FaultCost); 0 if
	// that is not known.
	FaultCost time.Duration
	// Watch is over their starts; nil: nobody is.
	Watch *Watch
}

// SelfCommand is the command line of a worker of the running binary. On Linux
// it is the file that is running, even if another has taken its name.
func SelfCommand() ([]string, error) {
	if runtime.GOOS == "linux" {
		return []string{"/proc/self/exe", Subcommand}, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return []string{self, Subcommand}, nil
}

// Place hires child processes of this machine. An output is a file, by its path
// below Static.
type Place struct {
	Launcher
	// TempDir is an empty folder below Static for the workers' outputs.
	TempDir string
	// Coder decodes and encodes for the transport pixels; nil with any other.
	Coder *Coder
}

// About implements crew.Place.
func (Place) About() crew.About {
	return crew.About{Worker: text.Text{ES: "proceso", EN: "worker process"}}
}

// Own implements crew.Metered.
func (p Place) Own() crew.Usage {
	u := kernel.Own()
	u.User += p.Coder.used()
	return u
}

// Hire implements crew.Place. What keeps a child from starting is its end.
func (p Place) Hire(id int, s crew.Setup, tell crew.Tell) (crew.Link, error) {
	l := &link{id: id, tell: tell, temp: p.TempDir, buffers: newBuffers(s.Shape.Goroutines)}
	if s.Spec.Transport == request.TransportPixels {
		p.Coder.ready()
	}
	l.child = p.spawn(setup{TempDir: p.TempDir, Shape: s.Shape, Spec: &s.Spec, coder: p.Coder}, l)
	return l, nil
}
