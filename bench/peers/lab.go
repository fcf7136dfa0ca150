package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

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

// clean removes the outputs.
func (l *lab) clean() error {
	outputs, err := filepath.Glob(filepath.Join(l.static, "processed", "*.jpg"))
	for _, path := range outputs {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// stop ends the server.
func (l *lab) stop() error {
	if err := l.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return l.cmd.Wait()
}
