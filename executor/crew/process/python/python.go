// Package python is the worker of this machine's places that is written in
// Python: one script, which does the course's filters with the course's libraries
// and speaks the protocol of the Go workers. It is embedded, and read by an
// interpreter that somebody else installed.
//
// It finds out what that interpreter has; it installs nothing, and never takes
// another one in its place.
package python

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"carriles/executor/text"
)

//go:embed worker.py
var script string

// probeTimeout is how long an interpreter may take to say what it has. Importing
// OpenCV takes half a second, and some from a cold disk.
const probeTimeout = 20 * time.Second

// Default is the interpreter where nobody names one.
const Default = "python3"

// Interpreter is one, by its name or path; what it has is found out once.
type Interpreter struct {
	path  string
	start func(*exec.Cmd) error
	once  sync.Once
	has   Has
	err   error
}

// New names an interpreter without starting it; start starts a command.
func New(path string, start func(*exec.Cmd) error) *Interpreter {
	return &Interpreter{path: path, start: start}
}

// Command is the command line of a worker.
func (i *Interpreter) Command() []string { return []string{i.path, "-c", script} }

// Has is what an interpreter says of itself.
type Has struct {
	Python       string            `json:"python"` // its version
	FreeThreaded bool              `json:"free_threaded"`
	Libraries    map[string]string `json:"libraries"` // versions, by pip's names
	Missing      []Missing         `json:"missing"`
}

// Missing is a library that cannot be imported, by its packages' names.
type Missing struct {
	Pip    string `json:"pip"`
	Debian string `json:"debian"`
	Why    string `json:"why"`
}

// Look asks the interpreter what it has, the first time. An error says that it is
// none.
func (i *Interpreter) Look() (Has, error) {
	i.once.Do(func() { i.has, i.err = i.probe() })
	return i.has, i.err
}

func (i *Interpreter) probe() (h Has, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, i.path, "-c", script, "probe")
	cmd.WaitDelay = time.Second
	var said, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{Buffer: &said}, &limited{Buffer: &trouble}
	if err = i.start(cmd); err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("no answer within %v", probeTimeout)
		}
		return h, fmt.Errorf("%w %s", err, lastLine(trouble.String()))
	}
	if err := json.Unmarshal(said.Bytes(), &h); err != nil || h.Python == "" {
		return Has{}, errors.New("its answer is not that of a Python 3")
	}
	return h, nil
}

// limited forgets what is too much.
type limited struct{ *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len() < 64<<10 {
		l.Buffer.Write(p)
	}
	return len(p), nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	last := lines[len(lines)-1]
	return last[:min(len(last), 200)]
}

// Lacks says why the interpreter's methods are not to be had, and what to
// install; nil where they are.
func (i *Interpreter) Lacks() *text.Text {
	h, err := i.Look()
	if err != nil {
		t := text.Sprintf("«%s» no es un intérprete de Python 3 que se pueda usar: instale Python 3, o nómbrelo con -python",
			"%q is no Python 3 interpreter that can be used: install Python 3, or name it with -python", i.path)
		return &t
	}
	if len(h.Missing) == 0 {
		return nil
	}
	var pip, debian []string
	for _, m := range h.Missing {
		pip, debian = append(pip, m.Pip), append(debian, m.Debian)
	}
	t := text.Sprintf("a Python %s («%s») le faltan bibliotecas: pip install %s, o en Debian apt install %s con -python /usr/bin/python3",
		"Python %s (%q) lacks libraries: pip install %s, or on Debian apt install %s with -python /usr/bin/python3",
		h.Python, i.path, strings.Join(pip, " "), strings.Join(debian, " "))
	return &t
}
