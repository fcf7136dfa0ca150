package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"carriles/bench/report"
)

// script is a running script of Python or Node that answers each line that it is sent
// with one line of JSON.
type script struct {
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	hello hello
}

// hello is the first line of a script.
type hello struct {
	Versions   map[string]string `json:"versions"`
	Operations []string          `json:"operations"`
	Images     int               `json:"images"`
	Workers    int               `json:"workers"`
}

// command prepares one of the scripts. Python's must not leave compiled files
// beside the sources.
func (c config) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	line := []string{c.python, "-B", filepath.Join(c.scripts, name)}
	if filepath.Ext(name) == ".mjs" {
		line = []string{c.node, filepath.Join(c.scripts, name)}
	}
	line = append(line, args...)
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Stderr = os.Stderr
	return cmd
}

// explain says what to install when there is no Python or no Node at all; what
// the scripts lack they say themselves.
func (c config) explain(name string, err error) error {
	switch missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, exec.ErrNotFound); {
	case missing && filepath.Ext(name) == ".mjs":
		return fmt.Errorf("%w: sharp needs Node 20 and npm, or leave it out with -node ''. Debian, Ubuntu: apt-get install nodejs npm", err)
	case missing:
		return fmt.Errorf("%w: the comparison needs Python with OpenCV and Pillow. Debian, Ubuntu: apt-get install python3 python3-opencv python3-pil", err)
	}
	return err
}

// start starts a script and adds the versions that it tells to the results.
func (c config) start(ctx context.Context, results *report.Results, name string, args ...string) (*script, error) {
	s := &script{name: name, cmd: c.command(ctx, name, args...)}
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, c.explain(name, err)
	}
	if err := s.read(&s.hello); err != nil {
		return nil, errors.Join(err, s.close())
	}
	maps.Copy(results.Versions, s.hello.Versions)
	return s, nil
}

// ask sends a line and reads the answer into v.
func (s *script) ask(line string, v any) error {
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return s.read(v)
}

func (s *script) read(v any) error {
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("%s gave no answer: %w", s.name, err)
	}
	if err := json.Unmarshal(line, v); err != nil {
		return fmt.Errorf("%s: %q: %w", s.name, line, err)
	}
	return nil
}

// close ends the script, which stops where its input does.
func (s *script) close() error {
	_ = s.in.Close()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// lab is a running server with a folder of its own.
type lab struct {
	cmd     *exec.Cmd
	static  string
	url     string
	workers int // the most that any batch has used
}

// startLab starts a server on a free port of the loopback, with the
// photographs that it carries.
func startLab(ctx context.Context, binary, static string) (*lab, error) {
	l := &lab{cmd: exec.CommandContext(ctx, binary, "serve", "-addr", "127.0.0.1:0", "-static", static), static: static}
	// Not killed at once: it has workers to end.
	l.cmd.Cancel = func() error { return l.cmd.Process.Signal(os.Interrupt) }
	var log strings.Builder
	l.cmd.Stderr = &log
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := l.cmd.Start(); err != nil {
		return nil, err
	}
	greeting, err := bufio.NewReader(out).ReadString('\n') // Carriles: http://localhost:<port>
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s does not serve: %w", binary, err), l.cmd.Wait(), errors.New(log.String()))
	}
	_, port, ok := strings.Cut(strings.TrimSpace(greeting), "http://localhost:")
	if !ok {
		return nil, errors.Join(fmt.Errorf("%s greets with %q", binary, greeting), l.stop())
	}
	l.url = "http://127.0.0.1:" + port
	return l, nil
}

func (l *lab) clean() error {
	outputs, err := filepath.Glob(filepath.Join(l.static, "processed", "*.jpg"))
	for _, path := range outputs {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

func (l *lab) stop() error {
	if err := l.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return l.cmd.Wait()
}
