package process

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/filters/memory"
)

// endpoint is the worker's end of a transport: where its lanes get images and
// leave outputs.
type endpoint interface {
	pipeline.Source
	pipeline.Sink
	// receive takes in what follows a task frame.
	receive(in io.Reader, o order) error
	// send gives a task's output to the parent, before the done frame.
	send(out io.Writer, t pipeline.Task) error
	// size is how many bytes of the task's image travelled.
	size(t pipeline.Task) int
}

// newEndpoint makes the endpoint of a spec's source and transport.
func newEndpoint(spec request.Spec, root *os.Root, s setup, lanes int) (endpoint, error) {
	local := files{root: root, temp: s.TempDir}
	switch {
	case spec.Source == request.SourceHTTP:
		return newRemote(local, spec, s.Origin, lanes), nil
	case spec.Transport == request.TransportPipe, spec.Transport == request.TransportPixels:
		return &piped{buffers: make([]buffer, lanes)}, nil
	case spec.Transport == request.TransportShm:
		seg, err := kernel.MapShared(os.NewFile(inherited, "shared"), lanes*2*bufferSize)
		if err != nil {
			return nil, fmt.Errorf("shared memory: %w", err)
		}
		return &shared{segment: segment{seg}, buffers: make([]buffer, lanes)}, nil
	}
	return local, nil
}

// inherited is the descriptor of the file that the parent hands down.
const inherited = 3

// files reads images of the static folder and writes outputs to the run's
// temporary one: the transport path.
type files struct {
	root *os.Root
	temp string
}

// Read implements pipeline.Source: the whole file, in buf if it fits.
func (f files) Read(_ pipeline.Task, name string, buf []byte) ([]byte, error) {
	return readFile(f.root, imagePath(name), buf)
}

// Write implements pipeline.Sink.
func (f files) Write(t pipeline.Task, format codec.Format, data []byte) error {
	return f.root.WriteFile(tempName(f.temp, t, format), data, 0o644)
}

func (files) receive(io.Reader, order) error      { return nil }
func (files) send(io.Writer, pipeline.Task) error { return nil }
func (files) size(pipeline.Task) int              { return 0 }

// imagePath is where an image lies below the static folder.
func imagePath(name string) string { return "images/" + name }

// imageName is the image that lies there.
func imageName(path string) string { return strings.TrimPrefix(path, imagePath("")) }

// tempName is where a task's output lies until the parent commits it.
func tempName(dir string, t pipeline.Task, format codec.Format) string {
	return filepath.ToSlash(filepath.Join(dir, strconv.Itoa(t.Index)+"."+strconv.Itoa(t.Attempt)+format.Ext()))
}

// buffer is the place of one task's image and output. A task has one for itself until its
// done frame has been sent, so that no lock is needed: the channel on which
// the task goes to its lane is one.
type buffer struct{ image, output []byte }

// piped has images and outputs travel through the pipes.
type piped struct{ buffers []buffer }

// Read implements pipeline.Source.
func (p *piped) Read(t pipeline.Task, _ string, _ []byte) ([]byte, error) {
	return p.buffers[t.Buffer].image, nil
}

// Write implements pipeline.Sink: the output is sent later.
func (p *piped) Write(t pipeline.Task, _ codec.Format, data []byte) error {
	p.buffers[t.Buffer].output = data
	return nil
}

func (p *piped) receive(in io.Reader, o order) error {
	if o.Buffer >= len(p.buffers) {
		return fmt.Errorf("buffer %d of %d", o.Buffer, len(p.buffers))
	}
	_, err := readBlob(in, &p.buffers[o.Buffer].image, o.size)
	return err
}

// readBlob reads blob frames that are so long together, in buf if that has room.
func readBlob(in io.Reader, buf *[]byte, size int) ([]byte, error) {
	all := memory.Grow(buf, size)
	for left := all; len(left) > 0; {
		k, n, err := readHead(in)
		if err != nil {
			return nil, err
		}
		if k != kindBlob || n > len(left) {
			return nil, fmt.Errorf("frame %q of %d bytes in an image", byte(k), n)
		}
		if err := readPayload(in, k, left[:n]); err != nil {
			return nil, err
		}
		left = left[n:]
	}
	return all, nil
}

func (p *piped) send(out io.Writer, t pipeline.Task) error {
	return writeBlob(out, p.buffers[t.Buffer].output)
}

func (p *piped) size(t pipeline.Task) int { return len(p.buffers[t.Buffer].image) }

// shared has images and outputs in memory that the parent sees too.
type shared struct {
	segment segment
	buffers []buffer
}

// Read implements pipeline.Source: where the image lies.
func (s *shared) Read(t pipeline.Task, _ string, _ []byte) ([]byte, error) {
	return s.buffers[t.Buffer].image, nil
}

// Write implements pipeline.Sink: the output is copied later.
func (s *shared) Write(t pipeline.Task, _ codec.Format, data []byte) error {
	if len(data) > bufferSize {
		return fmt.Errorf("output of %d bytes is over %d", len(data), bufferSize)
	}
	s.buffers[t.Buffer].output = data
	return nil
}

func (s *shared) receive(_ io.Reader, o order) error {
	if !s.segment.holds(o.Buffer) {
		return fmt.Errorf("no buffer %d", o.Buffer)
	}
	s.buffers[o.Buffer].image = s.segment.image(o.Buffer)[:o.size]
	return nil
}

func (s *shared) send(_ io.Writer, t pipeline.Task) error {
	copy(s.segment.output(t.Buffer), s.buffers[t.Buffer].output)
	return nil
}

func (s *shared) size(t pipeline.Task) int { return len(s.buffers[t.Buffer].image) }

// remote fetches images from the server's slow endpoint: the source http.
type remote struct {
	files
	client *http.Client
	slow   string // the endpoint's URL up to the image's name
}

// fetchSlack is how much longer than the latency a fetch may take.
const fetchSlack = 10 * time.Second

func newRemote(local files, spec request.Spec, origin string, lanes int) remote {
	latency := time.Duration(spec.LatencyMS) * time.Millisecond
	return remote{
		files: local,
		client: &http.Client{
			Timeout: latency + fetchSlack,
			// Each lane keeps its connection: the wait is the server's, not TCP's.
			Transport: &http.Transport{MaxIdleConnsPerHost: lanes, DisableCompression: true},
		},
		slow: origin + "/api/image/slow/?delay=" + strconv.FormatFloat(latency.Seconds(), 'f', 3, 64) + "&name=",
	}
}

// Read implements pipeline.Source: a request over a real connection.
func (r remote) Read(_ pipeline.Task, name string, buf []byte) ([]byte, error) {
	answer, err := r.client.Get(r.slow + url.QueryEscape(name))
	if err != nil {
		return nil, badFetch(name, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, badFetch(name, fmt.Errorf("the server answered %s", answer.Status))
	}
	n := answer.ContentLength
	if n < 0 || n > maxImage {
		return nil, badFetch(name, fmt.Errorf("length %d", n))
	}
	if _, err := io.ReadFull(answer.Body, memory.Grow(&buf, int(n))); err != nil {
		return nil, badFetch(name, err)
	}
	return buf, nil
}

func badFetch(name string, cause error) *fault.Error {
	return fault.Errorf(fault.CodeBadImage,
		"no se pudo traer «%s» del servidor lento", "%q could not be fetched from the slow server", name).Because(cause)
}
