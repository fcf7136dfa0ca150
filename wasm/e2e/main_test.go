package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/chromedp"
)

// How long a browser may be at work in a test, in one that goes through all views in
// all looks, and how long what a test waits for may take; only a hanging page takes
// that long.
const (
	patience     = 10 * time.Minute
	longPatience = 30 * time.Minute
	awaitedFor   = 3 * time.Minute
)

// stopping is how long a server or a browser may take to end by itself.
const stopping = time.Minute

// browserStarts is how often a browser is started at most until it does. A
// loaded machine may kill it, or lack memory for a moment; what the tests say of
// the page is never tried again.
const browserStarts = 3

var (
	binary  string // bin/carriles
	browser string // Chromium
)

func TestMain(m *testing.M) {
	if os.Getenv("CARRILES_SKIP_BROWSER") != "" {
		fmt.Println("browser tests skipped: CARRILES_SKIP_BROWSER is set")
		return
	}
	if err := find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// The servers' comparisons would begin with two seconds of measuring the cores.
	if err := os.Setenv("CARRILES_CEILING", "false"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// find looks for what the tests need. That it is missing is a failure: a test
// that is skipped in silence proves nothing.
func find() (err error) {
	if binary = os.Getenv("CARRILES_BIN"); binary == "" {
		if binary, err = filepath.Abs("../../bin/carriles"); err != nil {
			return err
		}
	}
	if _, err := os.Stat(binary); err != nil {
		return fmt.Errorf("the browser tests run the built binary: make build (%w)", err)
	}
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if browser, err = exec.LookPath(name); name != "" && err == nil {
			return nil
		}
	}
	return fmt.Errorf("no Chromium found: install it, name it in CHROMIUM, or set CARRILES_SKIP_BROWSER=1")
}

// server is a running lab.
type server struct {
	port   int
	static string
	stop   func()
}

// serve starts the binary on all addresses and a free port, with the
// photographs that it carries. What comparisons say has tests of its own: here one
// round shows what the page does with an answer, and is a third of the time.
func serve(t testing.TB, args ...string) server {
	t.Helper()
	return serveIn(t, t.TempDir(), args...)
}

// serveIn is serve in a static folder, whose photographs it keeps.
func serveIn(t testing.TB, static string, args ...string) server {
	t.Helper()
	s := server{static: static}
	cmd := exec.Command(binary, append([]string{"serve", "-addr", ":0", "-static", s.static, "-hosts", labName, "-rounds", "1"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log := &strings.Builder{}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(stopping, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server ended with %v\n%s", err, log)
		}
	}
	t.Cleanup(s.stop)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the server said %q, %v\n%s", line, err, log)
	}
	if _, err := fmt.Sscanf(line, "Carriles: http://localhost:%d", &s.port); err != nil {
		t.Fatalf("the server said %q: %v", line, err)
	}
	return s
}

// labName is a name that Chromium is told to find on loopback: for browsers a
// plain-http address of the network as any other, on machines that have only
// loopback too.
const labName = "lab.test"

// addresses are those that the page is tested on: loopback, where browsers
// allow everything, and one where they do not.
func (s server) addresses() map[string]string {
	other := labName
	if found, err := net.InterfaceAddrs(); err == nil {
		for _, a := range found {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && p.Addr().IsGlobalUnicast() {
				other = p.Addr().String()
				break
			}
		}
	}
	return map[string]string{
		"loopback": fmt.Sprintf("http://127.0.0.1:%d", s.port),
		"network":  fmt.Sprintf("http://%s:%d", other, s.port),
	}
}

// chromium starts a browser with a fresh profile.
func chromium(t testing.TB) context.Context {
	t.Helper()
	return chromiumFor(t, patience)
}

// chromiumFor is chromium for a test that takes longer.
func chromiumFor(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	var ctx context.Context
	var err error
	for range browserStarts {
		if ctx, err = startChromium(t); err == nil {
			break
		}
		t.Logf("starting %s: %v", browser, err)
	}
	if err != nil {
		t.Fatalf("%s did not start %d times", browser, browserStarts)
	}
	// A page that scrolls smoothly moves what is about to be clicked.
	media(t, ctx, "prefers-reduced-motion", "reduce")
	ctx, done := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the browser was at work for %v", limit))
	t.Cleanup(done)
	ctx, crashed := context.WithCancelCause(ctx)
	t.Cleanup(func() { crashed(nil) })
	said := &complaints{}
	err = chromedp.Listen(ctx, func(ev any) {
		said.hear(ev)
		if _, ok := ev.(*inspector.EventTargetCrashed); ok {
			crashed(errors.New("the page's process has crashed"))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			looking, done := context.WithTimeout(context.WithoutCancel(ctx), stopping)
			defer done()
			shows, err := chromedp.Run(looking, chromedp.Evaluate[string](`location.href + " " + document.body.innerText`))
			t.Logf("%s: the page shows %s (%v)", t.Name(), shows, err)
			said.each(func(text string) { t.Logf("its %s", text) })
		}
	})
	return ctx
}

// media sets one thing that the system wishes for, and nothing else.
func media(t testing.TB, ctx context.Context, name, value string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: name, Value: value}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// startChromium starts a browser once. Its profile is chromedp's, which deletes
// it when all of the browser's processes are gone: some outlive the first one
// for a moment, and write into it.
func startChromium(t testing.TB) (context.Context, error) {
	t.Helper()
	// A test's context ends before its cleanups: the browser would be killed.
	ctx, cancel := chromedp.NewContext(context.WithoutCancel(t.Context()), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(browser),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-proxy-server", true), // whatever the environment names
		chromedp.Flag("host-resolver-rules", "MAP "+labName+" 127.0.0.1"),
	))
	late := time.AfterFunc(patience, cancel)
	err := chromedp.Do(ctx)
	if !late.Stop() && err == nil {
		err = fmt.Errorf("it takes longer than %v", patience)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	t.Cleanup(func() {
		closing, done := context.WithTimeout(ctx, stopping)
		defer done()
		_ = chromedp.Cancel(closing) // one that does not close itself is killed next
		cancel()
	})
	return ctx, nil
}
