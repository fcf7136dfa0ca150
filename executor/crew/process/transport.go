package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"carriles/executor/batch/request"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/filters/memory"
)

// maxImage bounds an encoded image that travels, in bytes, either way. Files
// of the library are as large at most, and no output comes near.
const maxImage = 128 << 20

// maxTravel bounds what travels, encoded or decoded.
const maxTravel = max(maxImage, pipeline.MaxPixels)

// bufferSize is the room for one encoded image in a shared segment. A buffer has
// two: the image, then the output. Only the pages that are written take memory.
const bufferSize = maxImage

// Lacks are the transports that this system has not, with the reason.
func Lacks() map[string]text.Text {
	if why := kernel.LacksShared; why != nil {
		return map[string]text.Text{request.TransportShm: *why}
	}
	return nil
}

// transport is the parent's end of the way to one child: it takes images there
// and brings outputs back. deliver is called by the child's writer, the others by
// its reader. (The worker's end is an endpoint.)
type transport interface {
	// file is what the child inherits as file 3; nil for nothing.
	file() *os.File
	// deliver writes the order of a task, whose image is at a path below the
	// static folder, and the image if that travels. A *fault.Error says that the
	// image cannot be had, any other error that the child cannot be reached.
	deliver(w io.Writer, o order, image string) error
	// blob takes a part of an output.
	blob(r io.Reader, n int) error
	// collect leaves a task's output in its temporary file, and says how many
	// bytes have travelled.
	// What travels may be larger than the output, whose size stands in o then.
	collect(o *pipeline.Outcome, temp string) (size int, err error)
	close()
}

// newTransport makes the transport of that name for a child with so many lanes;
// coder is who decodes and encodes for it, where pictures travel.
func newTransport(name, static string, lanes int, coder *Coder) (transport, error) {
	switch name {
	case request.TransportPipe:
		root, err := os.OpenRoot(static)
		return &pipeTransport{root: root, most: maxImage}, err
	case request.TransportPixels:
		return &pixelTransport{pipeTransport: pipeTransport{most: pipeline.MaxPixels}, coder: coder, forms: make([]form, lanes)}, nil
	case coding:
		return &pipeTransport{most: pipeline.MaxPixels}, nil
	case request.TransportShm:
		root, err := os.OpenRoot(static)
		if err != nil {
			return nil, err
		}
		seg, err := newSegment(lanes)
		if err != nil {
			root.Close()
			return nil, fmt.Errorf("shared memory: %w", err)
		}
		return &shmTransport{root: root, segment: seg}, nil
	}
	return pathTransport{}, nil
}

// pathTransport sends names only.
type pathTransport struct{}

func (pathTransport) file() *os.File { return nil }
func (pathTransport) close()         {}

func (pathTransport) deliver(w io.Writer, o order, _ string) error {
	return writeFrame(w, kindTask, encodeOrder(o))
}

func (pathTransport) blob(io.Reader, int) error { return errUnexpected }

func (pathTransport) collect(*pipeline.Outcome, string) (int, error) { return 0, nil }

// pipeTransport sends images and outputs through the child's pipes.
type pipeTransport struct {
	root *os.Root // nil of who reads and writes no file
	in   []byte   // the image on its way
	out  []byte   // the output that is arriving
	most int      // bytes that may arrive
}

func (*pipeTransport) file() *os.File { return nil }

func (c *pipeTransport) close() {
	if c.root != nil {
		c.root.Close()
	}
}

func (c *pipeTransport) deliver(w io.Writer, o order, image string) error {
	data, err := readWhole(c.root, image, c.in)
	if err != nil {
		return err
	}
	c.in, o.size = data, len(data)
	if err := writeFrame(w, kindTask, encodeOrder(o)); err != nil {
		return err
	}
	return writeBlob(w, data)
}

func (c *pipeTransport) blob(r io.Reader, n int) error {
	at := len(c.out)
	if at+n > c.most {
		return fmt.Errorf("output of over %d bytes", c.most)
	}
	c.out = slices.Grow(c.out, n)[:at+n]
	return readPayload(r, kindBlob, c.out[at:])
}

func (c *pipeTransport) collect(o *pipeline.Outcome, temp string) (int, error) {
	data, err := c.arrived(o)
	if data == nil || err != nil {
		return 0, err
	}
	return len(data), c.root.WriteFile(temp, data, 0o644)
}

// arrived is the whole output, valid until the next one arrives; nil of a task that
// failed.
func (c *pipeTransport) arrived(o *pipeline.Outcome) ([]byte, error) {
	data := c.out
	c.out = c.out[:0]
	if o.Err != nil {
		return nil, nil
	}
	if int64(len(data)) != o.Size {
		return nil, fmt.Errorf("output of %d bytes, want %d", len(data), o.Size)
	}
	return data, nil
}

// pixelTransport sends decoded pictures through the child's pipes, and gets them
// back so.
type pixelTransport struct {
	pipeTransport
	coder *Coder
	mu    sync.Mutex
	forms []form // by buffer
}

func (c *pixelTransport) deliver(w io.Writer, o order, image string) error {
	f, err := c.coder.decode(image, &c.in)
	if err != nil {
		return err
	}
	o.size = len(c.in)
	c.mu.Lock()
	c.forms[o.Buffer] = f
	c.mu.Unlock()
	if err := writeFrame(w, kindTask, encodeOrder(o)); err != nil {
		return err
	}
	return writeBlob(w, c.in)
}

func (c *pixelTransport) collect(o *pipeline.Outcome, temp string) (int, error) {
	pixels, err := c.arrived(o)
	if pixels == nil || err != nil {
		return 0, err
	}
	if b := o.Task.Buffer; b < 0 || b >= len(c.forms) {
		return 0, fmt.Errorf("a picture of buffer %d", b)
	}
	c.mu.Lock()
	f := c.forms[o.Task.Buffer]
	c.mu.Unlock()
	size, err := c.coder.encode(pixels, f, temp)
	var shown *fault.Error
	if errors.As(err, &shown) { // the picture's, or the machine's: not the worker's
		o.Err, err = shown, nil
	}
	o.Size = size
	return len(pixels), err
}

// shmTransport puts images into memory that it shares with the child.
type shmTransport struct {
	root    *os.Root
	segment segment
}

func (c *shmTransport) file() *os.File { return c.segment.File }

func (c *shmTransport) close() {
	c.root.Close()
	c.segment.Close()
}

func (c *shmTransport) deliver(w io.Writer, o order, image string) error {
	data, err := readWhole(c.root, image, c.segment.image(o.Buffer)[:0])
	if err != nil {
		return err
	}
	o.size = len(data)
	return writeFrame(w, kindTask, encodeOrder(o))
}

func (c *shmTransport) blob(io.Reader, int) error { return errUnexpected }

func (c *shmTransport) collect(o *pipeline.Outcome, temp string) (int, error) {
	if o.Err != nil {
		return 0, nil
	}
	if o.Size > bufferSize || !c.segment.holds(o.Task.Buffer) {
		return 0, fmt.Errorf("output of %d bytes in buffer %d", o.Size, o.Task.Buffer)
	}
	return int(o.Size), c.root.WriteFile(temp, c.segment.output(o.Task.Buffer)[:o.Size], 0o644)
}

var errUnexpected = fmt.Errorf("blob frame with a transport that has none")

// segment is memory that two processes see, cut into a buffer for each lane.
type segment struct{ *kernel.Shared }

func newSegment(lanes int) (segment, error) {
	shared, err := kernel.NewShared(lanes * 2 * bufferSize)
	return segment{shared}, err
}

func (s segment) holds(buffer int) bool {
	return buffer >= 0 && (buffer+1)*2*bufferSize <= len(s.Mem)
}

func (s segment) image(buffer int) []byte {
	return s.Mem[buffer*2*bufferSize:][:bufferSize:bufferSize]
}

func (s segment) output(buffer int) []byte {
	return s.Mem[(buffer*2+1)*bufferSize:][:bufferSize:bufferSize]
}

// readWhole reads a file of the static folder, in buf if it fits. The error is
// a *fault.Error.
func readWhole(root *os.Root, name string, buf []byte) ([]byte, error) {
	data, err := readFile(root, name, buf)
	if err != nil {
		return nil, fault.Errorf(fault.CodeBadImage,
			"no se puede leer la imagen «%s»", "the image %q cannot be read", filepath.Base(name)).Because(err)
	}
	return data, nil
}

// readFile reads a whole file, in buf if it fits.
func readFile(root *os.Root, name string, buf []byte) ([]byte, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return ReadInto(file, buf, maxImage)
}

// ReadInto reads a whole file of so many bytes at most, in buf if it fits.
func ReadInto(file *os.File, buf []byte, most int64) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > most {
		return nil, fmt.Errorf("%d bytes are over %d", info.Size(), most)
	}
	_, err = io.ReadFull(file, memory.Grow(&buf, int(info.Size())))
	return buf, err
}
