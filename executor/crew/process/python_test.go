//go:build linux

package process

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew/process/python"
	"carriles/executor/trace"
	"carriles/filters"
)

// pythonPlace is a place whose workers are a Python's that has the libraries.
func pythonPlace(t *testing.T, l lab) *place {
	t.Helper()
	for _, path := range []string{python.Default, "/usr/bin/python3"} {
		if i := python.New(path, (*exec.Cmd).Start); i.Lacks() == nil {
			p := l.place()
			p.Command = i.Command()
			return p
		}
	}
	t.Skip("no Python here has Pillow, OpenCV and NumPy (Debian: python3-pil python3-opencv)")
	return nil
}

// painted is a picture of small and large slopes.
func painted(m *image.NRGBA) {
	for i := range m.Pix {
		x, y := i/4%m.Rect.Dx(), i/4/m.Rect.Dx()
		m.Pix[i] = []byte{byte(x * 3), byte(y * 5), byte((x/8 + y/8) % 2 * 200), 255}[i%4]
	}
}

// Python's workers do the course's filters as ours, over the same protocol: spans
// of all stages, usage, attempts; the bytes of our kernels (blur alone is a level
// off, and left out); by path and by pipe, with libraries and in pure Python.
func TestPythonsWorkersAreWorkers(t *testing.T) {
	l := newLab(t)
	l.paint("a.png", 90, 70, painted)
	resize := request.Step{Filter: "resize", Params: filters.Values{"width": 40, "height": 31}}
	sharpen := request.Step{Filter: "sharpen", Params: filters.Values{"intensity": 2}}
	brightness := request.Step{Filter: "brightness", Params: filters.Values{"factor": 1.2}}
	edges := request.Step{Filter: "edges", Params: filters.Values{"threshold1": 50, "threshold2": 150}}
	for _, c := range []struct {
		engine, transport string
		steps             []request.Step
	}{
		{filters.NativeName, request.TransportPath, []request.Step{resize, brightness, sharpen, edges}},
		{request.EnginePure, request.TransportPipe, []request.Step{resize, sharpen}},
	} {
		s := spec("a.png", "a.png", "a.png")
		s.Steps, s.Engine, s.Transport = c.steps, c.engine, c.transport
		job, out := l.job(nil)
		r, err := l.crewAt(pythonPlace(t, l), s, twoThreads, time.Minute).Run(context.Background(), job)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Lanes) != 2 || len(r.Processes) != 1 || r.Processes[0].UserS <= 0 || r.Processes[0].QueuedS == nil {
			t.Errorf("%s: %d lanes, processes %+v", c.engine, len(r.Lanes), r.Processes)
		}
		for i, task := range r.Tasks {
			if task.Err != nil {
				t.Fatalf("%s: task %d: %v, %v", c.engine, i, task.Err, task.Err.Cause)
			}
			checkPythonsSpans(t, task.Spans, len(c.steps))
		}
		if !bytes.Equal(ours(t, l, s), decoded(t, []byte(out.contents()[0])).Pix) {
			t.Errorf("%s: other pixels than ours", c.engine)
		}
		for _, file := range out.files {
			os.Remove(file)
		}
	}
}

func checkPythonsSpans(t *testing.T, spans []trace.Span, steps int) {
	t.Helper()
	count := map[trace.Stage]int{}
	for _, span := range spans {
		count[span.Stage]++
		_, queued := span.Ways.Of(trace.Queued)
		_, locked := span.Ways.Of(trace.Locked)
		if span.Stage > trace.Receive && (span.CPU < 0 || !queued || locked) {
			t.Errorf("%v: processor time %v, queue known %v, lock known %v", span.Stage, span.CPU, queued, locked)
		}
	}
	for stage := trace.Receive; stage <= trace.Write; stage++ {
		if want := map[bool]int{false: 1, true: steps}[stage == trace.Filter]; count[stage] != want {
			t.Errorf("%d spans of %v, want %d", count[stage], stage, want)
		}
	}
}

func decoded(t *testing.T, data []byte) *image.NRGBA {
	t.Helper()
	var dec codec.Decoder
	img, _, err := dec.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// ours are the pixels that our kernels make of a spec's first image.
func ours(t *testing.T, l lab, s request.Spec) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(l.dir, "images", s.Image(0)))
	if err != nil {
		t.Fatal(err)
	}
	img := decoded(t, file)
	for _, step := range s.Steps {
		f, _ := filters.Lookup(step.Filter)
		w, h := f.Size(img.Rect.Dx(), img.Rect.Dy(), step.Params)
		to := image.NewNRGBA(image.Rect(0, 0, w, h))
		filters.Native().Kernel(f)(to, img, step.Params, &filters.Scratch{})
		img = to
	}
	return img.Pix
}

// A Python that is killed costs its tasks an attempt, one that is stopped is given
// up, and an image that is none is its own failure: as of our workers.
func TestPythonsWorkersFail(t *testing.T) {
	l := newLab(t)
	var file bytes.Buffer
	img := image.NewNRGBA(image.Rect(0, 0, 60, 40))
	painted(img)
	if err := jpeg.Encode(&file, img, nil); err != nil {
		t.Fatal(err)
	}
	l.write("images/a.jpg", file.Bytes())
	l.write("images/bad.jpg", file.Bytes()[:200])
	p := pythonPlace(t, l)
	s := spec("a.jpg", "bad.jpg", "a.jpg", "a.jpg")
	s.Steps = []request.Step{{Filter: "sharpen", Params: filters.Values{"intensity": 1}}}
	struck := false
	job, _ := l.job(func(done, _ int) {
		if !struck {
			struck = true
			for _, link := range p.alive() {
				_ = signal(link, syscall.SIGKILL)
			}
		}
	})
	r, err := l.crewAt(p, s, oneLane, time.Minute).Run(context.Background(), job)
	if err != nil {
		t.Fatal(err)
	}
	attempts := 0
	for i, task := range r.Tasks {
		attempts = max(attempts, task.Attempts)
		if bad := i == 1; bad != (task.Err != nil) || bad && !strings.Contains(task.Err.Text.EN, "Pillow") {
			t.Errorf("task %d: %v", i, task.Err)
		}
	}
	if attempts != 2 || len(r.Deaths) != 1 {
		t.Errorf("%d attempts at most, deaths %q", attempts, r.Deaths)
	}
}

// The place says what a worker lacks as its end, not as a crash of the server.
func TestAPythonWithoutLibrariesEnds(t *testing.T) {
	l := newLab(t)
	l.paint("a.png", 9, 7, painted)
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexec python3 -S -I \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	i := python.New(path, (*exec.Cmd).Start)
	if _, err := i.Look(); err != nil {
		t.Skip("no python3 here: ", err)
	}
	p := l.place()
	p.Command = i.Command()
	job, _ := l.job(nil)
	r, err := l.crewAt(p, spec("a.png"), oneLane, time.Minute).Run(context.Background(), job)
	if err == nil && r.Tasks[0].Err == nil {
		t.Error("it has done the task without a library")
	}
}
