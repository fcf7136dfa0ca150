package process

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"sync"

	"carriles/executor/crew/process/kernel"
	"carriles/executor/text"
)

// deathReason says in words why a child ended.
func deathReason(readErr, waitErr error, words string) text.Text {
	var txt text.Text
	var exit *exec.ExitError
	switch {
	case readErr != nil:
		txt = text.Sprintf("rompió el protocolo (%v)", "broke the protocol (%v)", readErr)
	case errors.As(waitErr, &exit):
		if name := kernel.Signal(exit.ProcessState); name != "" {
			txt = text.Sprintf("murió por la señal %v", "was killed by signal %v", name)
		} else {
			txt = text.Sprintf("terminó con el código %d", "ended with code %d", exit.ExitCode())
		}
	case waitErr != nil:
		txt = text.Sprintf("se perdió (%v)", "was lost (%v)", waitErr)
	default:
		txt = text.Sprintf("terminó sin que se le pidiera", "ended without being asked to")
	}
	if words != "" {
		txt.ES += ": " + words
		txt.EN += ": " + words
	}
	return txt
}

// lastWords takes a child's standard error and keeps what explains its death:
// the first line of a panic or of a fatal error, which a long dump of stacks
// follows, or else the last line. The zero value is ready.
type lastWords struct {
	mu    sync.Mutex
	line  []byte // that is being written
	last  string
	fatal string
}

// maxWords bounds the explanation, in bytes.
const maxWords = 500

func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for rest := p; len(rest) > 0; {
		part, after, whole := bytes.Cut(rest, []byte("\n"))
		w.line = append(w.line, part[:min(len(part), maxWords-len(w.line))]...)
		if whole {
			w.take()
		}
		rest = after
	}
	return len(p), nil
}

// take ends a line; w.mu is held.
func (w *lastWords) take() {
	line := strings.TrimSpace(strings.ToValidUTF8(string(w.line), ""))
	w.line = w.line[:0]
	if line == "" {
		return
	}
	w.last = line
	if w.fatal == "" && (strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:")) {
		w.fatal = line
	}
}

// explanation is one line, or empty if nothing was said.
func (w *lastWords) explanation() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.take()
	if w.fatal != "" {
		return w.fatal
	}
	return w.last
}
