package process

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/filters"
	"carriles/filters/bildengine"
)

const testVersion = "test"

// TestMain makes the test binary its own worker, with engines whose brightness
// does what the image's first pixel says: that is how tests have workers crash
// and hang in the middle of a task.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", "atexit_sleep_ms=0") // a worker built with -race would end a second late
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case Subcommand:
			work(os.Stdin)
		case lateWorker:
			waitUnlessFirst(os.Args[2])
			work(os.Stdin)
		case stopper:
			stopChildrenOf(os.Args[2])
		case unreliable:
			work(befall(os.Args[2], os.Args[3]))
		case "orphan-parent":
			orphanParent(os.Args[2])
		}
	}
	os.Exit(m.Run())
}

// work is a worker's life.
func work(in io.Reader) {
	engines := []filters.Engine{faulty(filters.Native()), faulty(bildengine.Engine())}
	os.Exit(ChildMain(os.Args[min(2, len(os.Args)):], in, os.Stdout, testVersion, engines))
}

// lateWorker is a worker that starts to work when a file "go" is in its folder,
// unless it is the first one there.
const lateWorker = "late-worker"

func waitUnlessFirst(dir string) {
	if os.Mkdir(filepath.Join(dir, "first"), 0o755) != nil {
		waitFor(filepath.Join(dir, "go"))
	}
}

// waitFor waits until there is a file.
func waitFor(file string) {
	for {
		if _, err := os.Stat(file); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// gateEnv names the file that a worker waits for before it works on an image
// of gatePixel.
const gateEnv = "CARRILES_TEST_GATE"

// The first pixels that make a worker fail, wait, or say how many processors it
// uses: that is the red of the second pixel then.
var (
	crashPixel = color.NRGBA{R: 255, G: 1, B: 2, A: 255}
	hangPixel  = color.NRGBA{R: 1, G: 255, B: 2, A: 255}
	exitPixel  = color.NRGBA{R: 1, G: 2, B: 255, A: 255}
	bombPixel  = color.NRGBA{R: 255, G: 255, B: 2, A: 255}
	gatePixel  = color.NRGBA{R: 255, G: 2, B: 255, A: 255}
	procsPixel = color.NRGBA{R: 2, G: 255, B: 255, A: 255}
)

func faulty(e filters.Engine) filters.Engine {
	kernel := e.Kernel
	e.Kernel = func(f filters.Filter) filters.Kernel {
		if f.Name == "brightness" {
			return failing(kernel(f))
		}
		return kernel(f)
	}
	return e
}

// failing is a kernel that goes wrong on some pixels, and is real on all others.
func failing(real filters.Kernel) filters.Kernel {
	return func(dst, src *image.NRGBA, v filters.Values, s *filters.Scratch) {
		switch src.NRGBAAt(0, 0) {
		case crashPixel:
			panic("crash fixture")
		case hangPixel:
			select {}
		case exitPixel:
			fmt.Fprintln(os.Stderr, "exit fixture")
			os.Exit(3)
		case bombPixel:
			bomb()
		case gatePixel:
			waitFor(os.Getenv(gateEnv))
		}
		real(dst, src, v, s)
		if src.NRGBAAt(0, 0) == procsPixel {
			dst.SetNRGBA(1, 0, color.NRGBA{R: uint8(runtime.GOMAXPROCS(0)), A: 255})
		}
	}
}

// bomb asks for memory until there is none. It does not touch it: the bound is
// one of addresses, and the machine of a test may have less than it allows.
func bomb() {
	var hoard [][]byte
	for range 6 << 30 >> 24 {
		hoard = append(hoard, make([]byte, 1<<24))
	}
	panic(fmt.Sprint("nobody stopped the bomb after ", len(hoard), " pieces"))
}

// lab is a static folder with small images, some of them fatal.
type lab struct {
	t   testing.TB
	dir string
}

func newLab(t testing.TB) lab {
	t.Helper()
	l := lab{t, t.TempDir()}
	l.add("a.png", 60, 40, color.NRGBA{R: 10, A: 255})
	l.add("b.png", 41, 61, color.NRGBA{G: 20, A: 255})
	l.add("c.png", 1, 1, color.NRGBA{B: 30, A: 255})
	l.add("crash.png", 20, 20, crashPixel)
	l.add("hang.png", 20, 20, hangPixel)
	l.add("exit.png", 20, 20, exitPixel)
	l.add("bomb.png", 20, 20, bombPixel)
	l.add("gate.png", 20, 20, gatePixel)
	l.write("images/broken.png", []byte("\x89PNG\r\n\x1a\nnot really"))
	return l
}

func (l lab) write(name string, data []byte) {
	l.t.Helper()
	file := filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// add writes an image whose first pixel is first and the rest a gradient.
func (l lab) add(name string, w, h int, first color.NRGBA) {
	l.t.Helper()
	l.paint(name, w, h, func(img *image.NRGBA) {
		for i := range img.Pix {
			img.Pix[i] = byte(i * 7)
			if i%4 == 3 {
				img.Pix[i] = 255
			}
		}
		img.SetNRGBA(0, 0, first)
	})
}

func (l lab) paint(name string, w, h int, paint func(*image.NRGBA)) {
	l.t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	paint(img)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		l.t.Fatal(err)
	}
	l.write("images/"+name, b.Bytes())
}

// spec is a batch of brightness over the images named.
func spec(images ...string) request.Spec {
	return request.Spec{
		Steps:  []request.Step{{Filter: "brightness", Params: filters.Values{"factor": 1.5}}},
		Images: images, Count: len(images), Engine: filters.NativeName,
	}
}

func (l lab) launcher() Launcher {
	l.t.Helper()
	command, err := SelfCommand()
	if err != nil {
		l.t.Fatal(err)
	}
	return Launcher{Command: command, Version: testVersion, Static: l.dir}
}

// watch is one over starts, until the test ends.
func (l lab) watch() *Watch {
	l.t.Helper()
	w := NewWatch(l.launcher().Command, slog.New(slog.DiscardHandler))
	l.t.Cleanup(w.Close)
	return w
}

// place is a Place that remembers whom it has hired, and may have a say in how a
// worker introduces itself.
type place struct {
	Place
	meet func(l *link, h *crew.Hello, tell func()) // nil: it is told as it is

	mu    sync.Mutex
	links []*link // in the order of their hiring
}

func (p *place) Hire(id int, s crew.Setup, tell crew.Tell) (crew.Link, error) {
	var l *link
	hired := make(chan struct{})
	defer close(hired)
	link, err := p.Place.Hire(id, s, func(ev crew.Event) bool {
		a, ok := ev.News.(crew.Arrived)
		if !ok || p.meet == nil {
			return tell(ev)
		}
		<-hired
		p.meet(l, &a.Hello, func() { tell(crew.Event{Worker: ev.Worker, At: ev.At, News: a}) })
		return true
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	l = asLink(link)
	p.links = append(p.links, l)
	return link, err
}

func asLink(l crew.Link) *link { return l.(*link) }

// alive are the workers that have said hello and are not gone.
func (p *place) alive() (links []*link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		l.known.Lock()
		known := l.pid > 0
		l.known.Unlock()
		select {
		case <-l.gone:
		default:
			if known {
				links = append(links, l)
			}
		}
	}
	return links
}

// place makes a place for the lab's images.
func (l lab) place() *place {
	l.t.Helper()
	l.write("temp/.keep", nil)
	coder := NewCoder(l.launcher(), long)
	l.t.Cleanup(coder.Close)
	return &place{Place: Place{Launcher: l.launcher(), TempDir: "temp", Coder: coder}}
}

// crew makes a crew for a shape; it is closed with the test, and its workers
// must be gone then.
func (l lab) crew(s request.Spec, shape request.Shape, timeout time.Duration) *crew.Crew {
	l.t.Helper()
	return l.crewAt(l.place(), s, shape, timeout)
}

func (l lab) crewAt(p *place, s request.Spec, shape request.Shape, timeout time.Duration) *crew.Crew {
	l.t.Helper()
	c := crew.New(p, crew.Config{Spec: s, Shape: shape, Timeout: timeout})
	l.t.Cleanup(func() {
		c.Close()
		for _, link := range p.links {
			select {
			case <-link.gone:
			default:
				l.t.Errorf("worker %d is left after Close", link.id)
			}
		}
	})
	return c
}

// outputs is a Job's Commit that keeps what was committed, as the library does.
type outputs struct {
	lab
	files map[int]string // by task
}

func (l lab) job(progress func(done, failed int)) (crew.Job, *outputs) {
	o := &outputs{lab: l, files: map[int]string{}}
	if progress == nil {
		progress = func(int, int) {}
	}
	return crew.Job{Commit: o.commit, Progress: progress}, o
}

func (o *outputs) commit(out crew.Outcome) error {
	name := filepath.Join(o.dir, fmt.Sprintf("out-%d%s", out.Task.Index, out.Format.Ext()))
	if err := os.Link(filepath.Join(o.dir, out.Output.File), name); err != nil {
		return err
	}
	o.files[out.Task.Index] = name
	return os.Remove(filepath.Join(o.dir, out.Output.File))
}

// contents are the committed bytes by task.
func (o *outputs) contents() map[int]string {
	o.t.Helper()
	all := map[int]string{}
	for task, file := range o.files {
		data, err := os.ReadFile(file)
		if err != nil {
			o.t.Fatal(err)
		}
		all[task] = string(data)
	}
	return all
}

// orphanParent is a server that a test kills: it starts two workers on images
// that never end, prints their process ids, and waits.
func orphanParent(dir string) {
	command, err := SelfCommand()
	if err != nil {
		panic(err)
	}
	p := &place{Place: Place{Launcher: Launcher{Command: command, Version: testVersion, Static: dir}, TempDir: "temp"}}
	c := crew.New(p, crew.Config{Spec: spec("hang.png", "hang.png"), Shape: twoProcesses, Timeout: time.Hour})
	if err := c.Start(context.Background()); err != nil {
		panic(err)
	}
	for _, l := range p.alive() {
		fmt.Println(l.pid)
	}
	fmt.Println("ready")
	_, _ = c.Run(context.Background(), crew.Job{Progress: func(int, int) {}})
}
