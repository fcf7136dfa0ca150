package claims

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// Server is a real one, with a folder of its own. Stop must be called.
type Server struct {
	Base    string // http://127.0.0.1:PORT
	Dir     string
	Started time.Duration // from before its exec until its first answer
	ctx     context.Context
	cmd     *exec.Cmd
	said    bytes.Buffer
	ended   chan struct{}
}

// File is something that a server finds in its folder when it starts.
type File struct {
	Path string // below the folder, with slashes
	Data []byte
}

// answering is how long a server may take to start, and to end.
const answering = 30 * time.Second

// Serve starts the bench's program with flags besides those of its address and folder,
// and waits until it answers. Without any Files below images/ it has its photographs.
func (b *Bench) Serve(flags ...string) (*Server, error) { return b.ServeWith(b.Binary, nil, flags...) }

// ServeWith is Serve of another program, with files that are there before.
func (b *Bench) ServeWith(binary string, files []File, flags ...string) (_ *Server, err error) {
	dir, err := os.MkdirTemp("", "carriles-bench-")
	if err != nil {
		return nil, err
	}
	s := &Server{Dir: dir, ctx: b.Ctx, ended: make(chan struct{})}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, f.Data, 0o644)); err != nil {
			return nil, err
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s.Base = fmt.Sprintf("http://127.0.0.1:%d", port)
	s.cmd = exec.Command(binary, append([]string{"serve", "-addr", fmt.Sprintf(":%d", port), "-static", dir}, flags...)...)
	s.cmd.Stderr = &s.said
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait() // what it ended with does not matter
		close(s.ended)
	}()
	for time.Since(began) < answering {
		if answer, err := http.Get(s.Base + "/api/health/"); err == nil {
			s.Started = time.Since(began)
			answer.Body.Close()
			return s, nil
		}
		select {
		case <-b.Ctx.Done():
			return nil, b.Ctx.Err()
		case <-s.ended:
			return nil, fmt.Errorf("%s has ended: %.500s", binary, s.said.String())
		case <-time.After(time.Millisecond):
		}
	}
	return nil, fmt.Errorf("%s does not answer at %s", binary, s.Base)
}

// freePort is a port that nobody listens on just now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// PID is the server's process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Port is where it listens, on all addresses.
func (s *Server) Port() string { return s.Base[strings.LastIndex(s.Base, ":")+1:] }

// Stop ends the server and removes its folder.
func (s *Server) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-s.ended:
		case <-time.After(answering):
			_ = s.cmd.Process.Kill()
			<-s.ended
		}
	}
	os.RemoveAll(s.Dir)
}

// Ask posts a body, or gets where there is none, and reads the answer. Of a refusal the
// error is a *fault.Error.
func (s *Server) Ask(path, body string, into any) error {
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	q, err := http.NewRequestWithContext(s.ctx, method, s.Base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Accept-Language", "en")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		var why fault.ErrorBody
		_ = json.Unmarshal(data, &why) // or it tells nothing
		if e := why.Err(); e != nil {
			return fmt.Errorf("%s: %d: %w", path, answer.StatusCode, e)
		}
		return fmt.Errorf("%s: %d: %.300s", path, answer.StatusCode, data)
	}
	return json.Unmarshal(data, into)
}

// Compare asks for compare-all.
func (s *Server) Compare(body string) (c result.Comparison, err error) {
	err = s.Ask(request.BatchPath+"compare-all/", body, &c)
	return c, err
}

// Batch asks for a batch by one method.
func (s *Server) Batch(method, body string) (r result.MethodResult, err error) {
	err = s.Ask(request.BatchPath+method+"/", body, &r)
	return r, err
}
