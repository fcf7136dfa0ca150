package process

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"carriles/executor/batch/request"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
)

// maxImage bounds an encoded image that travels, in bytes, either way. Files
// of the library are as large at most, and no output comes near.
const maxImage = 128 << 20

// areaSize is the room for one encoded image in a shared segment. An area has
// two: the image, then the output. Only the pages that are written take memory.
const areaSize = maxImage

// Lacks are the transports that this system has not, with the reason.
func Lacks() map[string]text.Text {
	if why := lacksShm; why != nil {
		return map[string]text.Text{request.TransportShm: *why}
	}
	return nil
}

// courier is the parent's side of a transport: it takes images to one child and
// brings its outputs back. deliver is called by the child's writer, the others
// by its reader.
type courier interface {
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
	collect(o pipeline.Outcome, temp string) (size int, err error)
	close()
}

// newCourier makes the courier of a transport for a child with so many lanes.
func newCourier(transport, static string, lanes int) (courier, error) {
	switch transport {
	case request.TransportPipe:
		root, err := os.OpenRoot(static)
		return &pipeCourier{root: root}, err
	case request.TransportShm:
		root, err := os.OpenRoot(static)
		if err != nil {
			return nil, err
		}
		seg, err := newSegment(lanes * 2 * areaSize)
		if err != nil {
			root.Close()
			return nil, fmt.Errorf("shared memory: %w", err)
		}
		return &shmCourier{root: root, segment: seg}, nil
	}
	return pathCourier{}, nil
}

// pathCourier sends names only.
type pathCourier struct{}

func (pathCourier) file() *os.File { return nil }
func (pathCourier) close()         {}

func (pathCourier) deliver(w io.Writer, o order, _ string) error {
	return writeFrame(w, kindTask, encodeOrder(o))
}

func (pathCourier) blob(io.Reader, int) error { return errUnexpected }

func (pathCourier) collect(pipeline.Outcome, string) (int, error) { return 0, nil }

// pipeCourier sends images and outputs through the child's pipes.
type pipeCourier struct {
	root *os.Root
	in   []byte // the image on its way
	out  []byte // the output that is arriving
}

func (*pipeCourier) file() *os.File { return nil }
func (c *pipeCourier) close()       { c.root.Close() }

func (c *pipeCourier) deliver(w io.Writer, o order, image string) error {
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

func (c *pipeCourier) blob(r io.Reader, n int) error {
	at := len(c.out)
	if at+n > maxImage {
		return fmt.Errorf("output of over %d bytes", maxImage)
	}
	c.out = append(c.out, make([]byte, n)...)
	return readPayload(r, kindBlob, c.out[at:])
}

func (c *pipeCourier) collect(o pipeline.Outcome, temp string) (int, error) {
	data := c.out
	c.out = c.out[:0]
	if o.Err != nil {
		return 0, nil
	}
	if int64(len(data)) != o.Size {
		return 0, fmt.Errorf("output of %d bytes, want %d", len(data), o.Size)
	}
	return len(data), c.root.WriteFile(temp, data, 0o644)
}

// shmCourier puts images into memory that it shares with the child.
type shmCourier struct {
	root    *os.Root
	segment *segment
}

func (c *shmCourier) file() *os.File { return c.segment.file }

func (c *shmCourier) close() {
	c.root.Close()
	c.segment.close()
}

func (c *shmCourier) deliver(w io.Writer, o order, image string) error {
	data, err := readWhole(c.root, image, c.segment.image(o.Area)[:0])
	if err != nil {
		return err
	}
	o.size = len(data)
	return writeFrame(w, kindTask, encodeOrder(o))
}

func (c *shmCourier) blob(io.Reader, int) error { return errUnexpected }

func (c *shmCourier) collect(o pipeline.Outcome, temp string) (int, error) {
	if o.Err != nil {
		return 0, nil
	}
	if o.Size > areaSize || !c.segment.holds(o.Task.Area) {
		return 0, fmt.Errorf("output of %d bytes in area %d", o.Size, o.Task.Area)
	}
	return int(o.Size), c.root.WriteFile(temp, c.segment.output(o.Task.Area)[:o.Size], 0o644)
}

var errUnexpected = fmt.Errorf("blob frame with a transport that has none")

// segment is memory that two processes see, cut into areas.
type segment struct {
	file *os.File
	mem  []byte
}

func (s *segment) holds(area int) bool { return area >= 0 && (area+1)*2*areaSize <= len(s.mem) }

func (s *segment) image(area int) []byte {
	return s.mem[area*2*areaSize:][:areaSize:areaSize]
}

func (s *segment) output(area int) []byte {
	return s.mem[(area*2+1)*areaSize:][:areaSize:areaSize]
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
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxImage {
		return nil, fmt.Errorf("%d bytes are over %d", info.Size(), maxImage)
	}
	n := int(info.Size())
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	_, err = io.ReadFull(file, buf[:n])
	return buf[:n], err
}
