package process

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"carriles/executor"
	"carriles/executor/batch/request"
	"carriles/executor/ceiling"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/trace"
	"carriles/executor/waits"
	"carriles/filters"
)

// Subcommand is the hidden subcommand that makes the binary a worker.
const Subcommand = "child"

// Exit codes of a worker.
const (
	exitRefused  = 64 // version or cookie differ: it was not started by its server
	exitProtocol = 65
)

// ChildMain is the whole life of a child whose arguments follow Subcommand. A watch
// ends with its input; a worker serves the protocol on in and out until the input ends,
// then exits the process, and returns an exit code only when it refuses to work.
func ChildMain(args []string, in io.Reader, out io.Writer, version string, engines []filters.Engine) int {
	live := func() error { return serve(in, out, version, engines) }
	if len(args) > 0 && args[0] == watchWord {
		live = func() error { return watch(in) }
	}
	if err := live(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		var refused refusal
		if errors.As(err, &refused) {
			return exitRefused
		}
		return exitProtocol
	}
	return 0
}

type refusal string

func (r refusal) Error() string { return string(r) }

// worker is the child's side of the conversation.
type worker struct {
	mu    sync.Mutex // of out
	out   io.Writer
	setup setup
	root  *os.Root
	end   endpoint
	recs  []*trace.Recorder
	lanes []executor.Worker
	tasks chan pipeline.Task
	insp  pipeline.Inspector
	coder coder
	waits waits.Part
}

func serve(in io.Reader, out io.Writer, version string, engines []filters.Engine) error {
	clock := trace.NewClock()
	in, err := kernel.Pollable(in)
	if err != nil {
		return err
	}
	input := bufio.NewReader(in)
	w := &worker{out: out}
	if err := w.start(input, version, engines, clock); err != nil {
		return err
	}
	defer w.root.Close()

	// The reader is a goroutine of its own: the end of the input must end the
	// worker in the middle of a task too.
	failed := make(chan error, 1)
	go func() {
		err := w.listen(input, clock)
		if err == nil {
			os.Exit(0)
		}
		failed <- err
	}()
	if len(w.lanes) > 0 {
		go executor.For(w.lanes).Run(w.tasks, w.report)
	}
	return <-failed
}

// bidden is the cookie that the server starts its children with.
func bidden() (cookie string, err error) {
	if cookie = os.Getenv(CookieEnv); cookie == "" {
		return "", refusal("this command is started by the server, not by hand")
	}
	return cookie, nil
}

// start reads the setup, checks it, builds the lanes and says hello.
func (w *worker) start(in io.Reader, version string, engines []filters.Engine, clock trace.Clock) error {
	cookie, err := bidden()
	if err != nil {
		return err
	}
	k, payload, err := readFrame(in)
	if err != nil {
		return fmt.Errorf("reading setup: %w", err)
	}
	if k != kindSetup {
		return fmt.Errorf("first frame is %q, want setup", byte(k))
	}
	if err := unmarshal(payload, &w.setup); err != nil {
		return err
	}
	if w.setup.Version != version {
		return refusal(fmt.Sprintf("the server is version %s, this worker %s: the binary was replaced; restart the server", w.setup.Version, version))
	}
	if w.setup.Cookie != cookie {
		return refusal("the cookie is not this worker's")
	}
	kernel.Sacrifice()
	// Before anything else runs: bild's init has set GOMAXPROCS to all CPUs.
	runtime.GOMAXPROCS(w.setup.Shape.MaxProcs)
	debug.SetGCPercent(w.setup.GCPercent)
	if w.setup.MemoryLimit > 0 {
		if err := kernel.LimitMemory(w.setup.MemoryLimit); err != nil {
			return fmt.Errorf("limiting the memory: %w", err)
		}
		// Near the bound the collector runs more often, before a bomb is what
		// the last image has left behind.
		debug.SetMemoryLimit(w.setup.MemoryLimit / 4 * 3)
	}
	if w.root, err = os.OpenRoot(w.setup.Static); err != nil {
		return err
	}
	if w.setup.Spec != nil {
		if err := w.buildLanes(engines, clock); err != nil {
			return err
		}
	}
	return writeJSON(w.out, kindHello, hello{Version: version, PID: os.Getpid(), Lanes: len(w.lanes), Clock: clock.Base().UnixNano()})
}

func (w *worker) buildLanes(engines []filters.Engine, clock trace.Clock) error {
	spec, lanes := *w.setup.Spec, w.setup.Shape.Goroutines
	var err error
	if w.end, err = newEndpoint(spec, w.root, w.setup, lanes); err != nil {
		return err
	}
	var lock *pipeline.Lock
	if w.setup.Shape.Lock {
		lock = &pipeline.Lock{}
	}
	for n := range lanes {
		rec := trace.NewRecorder(clock, kernel.ThreadMeter(w.setup.FaultCost))
		rec.Fetches = spec.Source == request.SourceHTTP
		lane, err := pipeline.NewLane(n, spec, engines, w.end, w.end, lock, rec)
		if err != nil {
			return err
		}
		w.recs = append(w.recs, rec)
		w.lanes = append(w.lanes, &thread{lane: lane})
	}
	w.tasks = make(chan pipeline.Task, lanes)
	return nil
}

// thread keeps a lane on one thread of the system, whose processor time is the
// lane's.
type thread struct {
	lane   executor.Worker
	locked bool
}

// Do implements executor.Worker. It is always called by the same goroutine.
func (t *thread) Do(task pipeline.Task) pipeline.Outcome {
	if !t.locked {
		runtime.LockOSThread()
		t.locked = true
	}
	return t.lane.Do(task)
}

// listen serves the parent's frames until the input ends.
func (w *worker) listen(in *bufio.Reader, clock trace.Clock) error {
	for {
		k, payload, err := readFrame(in)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch k {
		case kindTask:
			err = w.receive(in, payload, clock)
		case kindAsk:
			err = w.send(kindAccount, w.account())
		case kindInspect:
			var req inspect
			if err = unmarshal(payload, &req); err == nil {
				err = w.send(kindInspected, w.inspect(req))
			}
		case kindDiffer:
			var req differ
			if err = unmarshal(payload, &req); err == nil {
				err = w.send(kindDiffer, w.differ(req))
			}
		case kindUnpack:
			var req unpack
			if err = unmarshal(payload, &req); err == nil {
				err = w.unpack(req)
			}
		case kindPack:
			var req pack
			if err = unmarshal(payload, &req); err == nil {
				err = w.pack(in, req)
			}
		case kindCeiling:
			var plan ceiling.Plan
			if err = unmarshal(payload, &plan); err == nil {
				// Beside this goroutine, so that the end of the input ends it.
				go func() { _ = w.send(kindCeilings, ceiling.Measure(plan)) }() // who asks sees the end
			}
		case kindWaits:
			var o waits.Order
			if err = unmarshal(payload, &o); err == nil {
				go func() { // beside, as the ceiling is
					a := w.waits.Do(o)
					_ = w.send(kindWaits, waited{Answer: a, Usage: kernel.Own(), Threads: kernel.Threads()})
				}()
			}
		default:
			err = fmt.Errorf("unknown frame %q", byte(k))
		}
		if err != nil {
			return err
		}
	}
}

// receive takes a task in, with its image if that travels. Receiving begins
// when the parent begins to deliver: that the worker has to be woken for it
// is part of what it costs.
func (w *worker) receive(in io.Reader, payload []byte, clock trace.Clock) error {
	o, err := decodeOrder(payload)
	if err != nil {
		return err
	}
	if err := w.end.receive(in, o); err != nil {
		return err
	}
	o.Received = trace.Span{
		Stage: trace.Receive, Task: o.Index, End: clock.Now(), CPU: trace.UnknownCPU,
		Start: time.Duration(max(0, o.began-clock.Base().UnixNano())),
	}
	w.tasks <- o.Task
	return nil
}

// report sends an outcome, from the goroutine of its lane, and records how
// long that took: it counts with the lane's next spans.
func (w *worker) report(o pipeline.Outcome) {
	rec := w.recs[o.Lane]
	start := rec.Mark()
	payload, err := encodeDone(done{Outcome: o, in: w.end.size(o.Task)})
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil && o.Err == nil {
		err = w.end.send(w.out, o.Task)
	}
	if err == nil {
		err = writeFrame(w.out, kindDone, payload)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sending an outcome:", err)
		os.Exit(exitProtocol)
	}
	rec.Add(trace.Send, 0, start)
}

func (w *worker) send(k kind, v any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return writeJSON(w.out, k, v)
}

// account is asked for when no task is in flight.
func (w *worker) account() crew.Account {
	w.mu.Lock() // a lane may still be recording its last report
	defer w.mu.Unlock()
	a := crew.Account{Usage: kernel.Own()}
	a.Usage.Queued = kernel.Queued()
	for _, r := range w.recs {
		a.Spans = append(a.Spans, append([]trace.Span{}, r.Take()...))
	}
	return a
}

func (w *worker) inspect(req inspect) inspected {
	data, err := w.root.ReadFile(req.Path)
	if err != nil {
		return inspected{Error: unread(err)}
	}
	in, err := w.insp.Inspect(data)
	if err != nil {
		return inspected{Error: undecoded(err)}
	}
	if err := w.writeWhole(req.Preview, in.Preview); err != nil {
		return inspected{Error: unwritten(err)}
	}
	return inspected{Format: in.Format, Width: in.Width, Height: in.Height, Digest: in.Digest[:]}
}

func (w *worker) differ(req differ) differed {
	var data [2][]byte
	for i, name := range []string{req.A, req.B} {
		var err error
		if data[i], err = w.root.ReadFile(name); err != nil {
			return differed{Error: unread(err)}
		}
	}
	d, err := w.insp.Differ(data[0], data[1])
	if err != nil {
		return differed{Error: undecoded(err)}
	}
	return differed{Difference: d}
}

// writeWhole makes a file appear whole, in place of an older one.
func (w *worker) writeWhole(name string, data []byte) error {
	part := name + ".part"
	if err := w.root.WriteFile(part, data, 0o644); err != nil {
		return err
	}
	return w.root.Rename(part, name)
}

// undecoded is the image's fault.
func undecoded(err error) *wireError {
	e := wireError{Code: fault.CodeBadImage, Cause: err.Error()}
	e.Text = text.Sprintf("no es una imagen que se pueda decodificar", "is not an image that can be decoded")
	var bad *codec.Error
	if errors.As(err, &bad) {
		e.Text = bad.Text()
	}
	return &e
}

// unread is the image's fault if it is not there, and the machine's otherwise.
func unread(err error) *wireError {
	var system syscall.Errno
	if errors.Is(err, fs.ErrNotExist) || !errors.As(err, &system) {
		return undecoded(err)
	}
	return unexamined(err)
}

// unwritten is the machine's fault.
func unwritten(err error) *wireError {
	if !fault.NoRoom(err) {
		return unexamined(err)
	}
	e := wireErrorOf(fault.DiskFull(err))
	return &e
}

func unexamined(err error) *wireError {
	e := wireErrorOf(notExamined(err))
	return &e
}
