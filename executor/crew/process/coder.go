package process

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"time"

	"carriles/executor/codec"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
)

// coding is the transport of a child that codes for others.
const coding = "coding"

// Coder is the process that decodes and encodes where decoded pictures travel to the
// workers, as the main process of a Python program does that hands arrays to a Pool:
// one image after the other, whoever waits. It is a child, for no image is decoded in
// the server, so the arrays go through the server's hands: twice through a pipe each
// way. It is used by several goroutines at a time; the nil Coder is nobody's.
//
// A child that dies or takes too long over an image is replaced, and a second one
// tries; then the image has failed, by a fault of the machine's or its own as the child
// said.
type Coder struct {
	launcher Launcher
	timeout  time.Duration // of one image

	mu         sync.Mutex // who codes
	*attendant            // nil: there is none
	pid        int
	gone       time.Duration // what children before it have used
	last       time.Duration // what this one had when it was last looked at
	known      sync.Mutex    // of pid, gone and last
}

// form is what of an image does not travel with its pixels.
type form struct {
	Format  codec.Format  `json:"format"` // of the output
	Profile codec.Profile `json:"profile,omitempty"`
}

// unpack asks for the picture of a file.
type unpack struct {
	Path string `json:"path"` // below Static
}

// pack asks for the file of a picture of so many bytes.
type pack struct {
	form
	Size int    `json:"size"`
	Path string `json:"path"` // below Static
}

// coded answers both.
type coded struct {
	form
	Size  int64      `json:"size"` // of the picture, or of the file
	Error *wireError `json:"error,omitempty"`
}

// NewCoder makes a coder that gives each image so much time; its child starts when the
// first worker does.
func NewCoder(l Launcher, timeout time.Duration) *Coder { return &Coder{launcher: l, timeout: timeout} }

// ready has a child started, and does not wait for it.
func (c *Coder) ready() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start()
}

// start starts a child if there is none.
func (c *Coder) start() {
	if c.attendant == nil {
		c.attendant = c.launcher.attend(setup{Shape: oneLane, Coding: true})
	}
}

// decode leaves the picture of an image below the static folder in *buf, whose memory it
// takes: after an error, a *fault.Error, there is none.
func (c *Coder) decode(path string, buf *[]byte) (form, error) {
	spare := *buf
	*buf = nil // the next picture may be read into it while this one is looked at
	answer, pixels, err := c.code(kindUnpack, unpack{Path: path}, nil, spare)
	if err != nil {
		return form{}, err
	}
	*buf = pixels
	return answer.form, nil
}

// encode makes a picture the file at a path below the static folder, and says how large
// that is. The error is a *fault.Error.
func (c *Coder) encode(pixels []byte, f form, path string) (int64, error) {
	answer, _, err := c.code(kindPack, pack{form: f, Size: len(pixels), Path: path}, pixels, nil)
	return answer.Size, err
}

// codeTries is how many children try an image.
const codeTries = 2

func (c *Coder) code(k kind, req any, pixels, buf []byte) (answer coded, picture []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range codeTries {
		if answer, picture, err = c.try(k, req, pixels, buf); err == nil {
			break
		}
		c.drop()
	}
	switch e := answer.Error; {
	case err != nil:
		return answer, nil, fault.Internal(err, "el proceso que decodifica y codifica no responde", "the process that decodes and encodes does not answer")
	case e != nil:
		return answer, nil, e.fault()
	}
	return answer, picture, nil
}

func (c *Coder) try(k kind, req any, pixels, buf []byte) (answer coded, picture []byte, err error) {
	c.start()
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	if c.pid == 0 {
		h, err := c.greeting(ctx)
		if err != nil {
			return answer, nil, err
		}
		c.known.Lock()
		c.pid = h.PID
		c.known.Unlock()
	}
	if buf != nil {
		select {
		case c.heard.spare <- buf[:0]:
		default:
		}
	}
	sent := make(chan struct{}) // pixels are the caller's again
	c.child.post(func(w io.Writer, _ transport) error {
		defer close(sent)
		if err := writeJSON(w, k, req); err != nil {
			return err
		}
		return writeBlob(w, pixels)
	})
	f, err := c.heard.frame(ctx)
	if err != nil {
		return answer, nil, err
	}
	select {
	case <-sent: // the child could not have answered else
	case <-c.heard.over:
	}
	err = f.read(k, &answer)
	if err == nil && answer.Error == nil && k == kindUnpack && int64(len(f.blob)) != answer.Size {
		err = fmt.Errorf("a picture of %d bytes, want %d", len(f.blob), answer.Size)
	}
	return answer, f.blob, err
}

// drop ends the child and returns when it is gone.
func (c *Coder) drop() {
	if c.attendant == nil {
		return
	}
	c.end()
	c.attendant = nil
	c.known.Lock()
	c.pid, c.gone, c.last = 0, c.gone+c.last, 0
	c.known.Unlock()
}

// used is the processor time of its children so far, as far as the system tells.
func (c *Coder) used() time.Duration {
	if c == nil {
		return 0
	}
	c.known.Lock()
	defer c.known.Unlock()
	if c.pid != 0 {
		if cpu, _ := kernel.Look(c.pid); cpu != nil {
			c.last = *cpu
		}
	}
	return c.gone + c.last
}

// Close ends its child and returns when it is gone.
func (c *Coder) Close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.attendant != nil {
		c.leave()
		c.drop()
	}
}

// coder is the child's side.
type coder struct {
	dec    codec.Decoder
	enc    codec.Encoder
	file   []byte
	packed []byte
	image  image.NRGBA
}

// unpack answers an unpack frame.
func (w *worker) unpack(req unpack) error {
	c := &w.coder
	img, format, err := w.picture(req.Path)
	if err != nil {
		return w.send(kindUnpack, coded{Error: err})
	}
	pixels := pipeline.PackPixels(&c.packed, img, format)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := writeBlob(w.out, pixels); err != nil {
		return err
	}
	return writeJSON(w.out, kindUnpack, coded{form: form{Format: format.Output(), Profile: c.dec.Profile()}, Size: int64(len(pixels))})
}

func (w *worker) picture(path string) (*image.NRGBA, codec.Format, *wireError) {
	c := &w.coder
	data, err := readWhole(w.root, path, c.file)
	if err != nil {
		return nil, "", wired(err)
	}
	c.file = data
	img, format, err := c.dec.Decode(data)
	if err != nil {
		return nil, "", wired(codec.Unusable(imageName(path), err))
	}
	return img, format, nil
}

// pack answers a pack frame, whose picture follows it.
func (w *worker) pack(in io.Reader, req pack) error {
	c := &w.coder
	if req.Size < 0 || req.Size > pipeline.MaxPixels {
		return fmt.Errorf("a picture of %d bytes", req.Size)
	}
	pixels, err := readBlob(in, &c.packed, req.Size)
	if err != nil {
		return err
	}
	var data []byte
	if _, err = pipeline.UnpackPixels(pixels, &c.image); err == nil {
		data, err = c.enc.Encode(&c.image, req.Format, req.Profile)
	}
	if err != nil {
		return w.send(kindPack, coded{Error: wired(fault.Internal(err, "no se puede codificar el resultado", "the result cannot be encoded"))})
	}
	if err := w.root.WriteFile(req.Path, data, 0o644); err != nil {
		return w.send(kindPack, coded{Error: wired(fault.Internal(err, "no se puede escribir el resultado", "the result cannot be written"))})
	}
	return w.send(kindPack, coded{Size: int64(len(data))})
}

// wired is a fault as it crosses.
func wired(err error) *wireError {
	var shown *fault.Error
	if !errors.As(err, &shown) {
		shown = fault.Internal(err, "la imagen no se pudo leer", "the image could not be read")
	}
	e := wireErrorOf(shown)
	return &e
}
