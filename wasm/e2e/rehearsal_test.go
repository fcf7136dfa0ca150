package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"carriles/executor/batch/result"
	"carriles/executor/crew/room"
	"carriles/executor/crew/room/wire"
)

// TestRehearsal is the whole room on one machine: a host, two machines in network
// namespaces of their own and four tabs of a browser compare all, while a machine and a
// tab are killed in the middle of an image. All images are there, all outputs are the
// same, and it is told what happened. It runs in make chaos, as root, who may make
// namespaces.
func TestRehearsal(t *testing.T) {
	if os.Getenv("CARRILES_CHAOS") == "" {
		t.Skip("it runs in make chaos")
	}
	if _, err := exec.LookPath("ip"); err != nil || os.Geteuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("network namespaces take Linux, root and iproute2")
	}
	spaces := []string{namespace(t, 1), namespace(t, 2)}
	s := serve(t, "-class-token", presenterToken)
	code := s.room(t).Code
	machines := map[string]*exec.Cmd{}
	for i, space := range spaces {
		name := fmt.Sprintf("machine-%d", i+1)
		cmd := exec.Command("ip", "netns", "exec", space, binary, "worker", "-name", name, "-lanes", "1",
			"-join", fmt.Sprintf("http://%s:%d#%s", gateway(i+1), s.port, code))
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if cmd.ProcessState == nil {
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
			}
		})
		machines[name] = cmd
	}
	ctx := chromium(t)
	tabs := map[string]context.Context{}
	devices := func(kind string) (of []room.Device) {
		for _, d := range s.room(t).Devices {
			if d.Kind == kind {
				of = append(of, d)
			}
		}
		return of
	}
	for range 4 {
		before := devices(wire.Browser)
		tab := takingPart(t, ctx, s)
		for _, d := range devices(wire.Browser) {
			if !slices.ContainsFunc(before, func(b room.Device) bool { return b.ID == d.ID }) {
				tabs[d.ID] = tab
			}
		}
	}
	eventually(t, "two machines have joined", func() bool { return len(devices(wire.Machine)) == 2 })

	// Each is ended while it has an image.
	ended := make(chan error, 2)
	end := func(kind string, kill func(room.Device) error) {
		for t.Context().Err() == nil {
			busy := devices(kind)
			if i := slices.IndexFunc(busy, func(d room.Device) bool { return d.Done > 0 && d.Busy > 0 }); i >= 0 {
				ended <- kill(busy[i])
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	go end(wire.Machine, func(d room.Device) error {
		cmd := machines[d.Name]
		if cmd == nil {
			return fmt.Errorf("nobody has begun the machine %q", d.Name)
		}
		return cmd.Process.Signal(syscall.SIGKILL)
	})
	go end(wire.Browser, func(d room.Device) error { return chromedp.Cancel(tabs[d.ID]) })
	const images = 16
	c := posted[result.Comparison](t, http.StatusOK, s.addresses()["loopback"]+"/api/process-batch/compare-all/",
		fmt.Sprintf(`{"methods":["sequential","threading","distributed","swarm"],"count":%d,"rounds":3,"pool":"warm","filters":["blur","edges"]}`, images))
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	for method, r := range c.Results {
		if r.SuccessCount != images || r.OutputDigest == "" || r.OutputDigest != c.Results["sequential"].OutputDigest {
			t.Errorf("%s: %d images, digest %q", method, r.SuccessCount, r.OutputDigest)
		}
		if len(r.Overhead.Workers) == 0 {
			t.Errorf("%s has no lanes", method)
		}
		t.Logf("%s: %.2f s; %s", method, r.TotalTime, strings.Join(r.WorkerDeaths, "; "))
	}
	for method, who := range map[string]string{"distributed": "machine-", "swarm": "browser "} {
		if deaths := strings.Join(c.Results[method].WorkerDeaths, "\n"); !strings.Contains(deaths, who) || !strings.Contains(deaths, "lost its connection") {
			t.Errorf("%s tells %q of who was ended", method, deaths)
		}
	}
}

// TestTabsAreKilled kills one of two tabs that compute for the room at fifty random
// moments of a batch, as the system does that lacks memory: every image is there, once.
func TestTabsAreKilled(t *testing.T) {
	if os.Getenv("CARRILES_CHAOS") == "" {
		t.Skip("it runs in make rehearse")
	}
	const times, images = 50, 6
	s := serve(t, "-class-token", presenterToken)
	ctx := chromium(t)
	tabs := []context.Context{takingPart(t, ctx, s), takingPart(t, ctx, s)}
	seed := uint64(time.Now().UnixNano())
	random, again := rand.New(rand.NewPCG(seed, 0)), 0
	for try := range times {
		eventually(t, "two tabs are there", func() bool { return len(s.room(t).Devices) == 2 })
		killed := make(chan error, 1)
		go func() {
			time.Sleep(time.Duration(random.IntN(1200)) * time.Millisecond)
			// The answer never comes: the process that would give it has ended.
			ctx, stop := context.WithTimeout(tabs[try%2], time.Second)
			defer stop()
			_, err := chromedp.Call(ctx, page.Crash, cdp.Empty{})
			if errors.Is(err, context.DeadlineExceeded) {
				err = nil
			}
			killed <- err
		}()
		c := posted[result.MethodResult](t, http.StatusOK, s.addresses()["loopback"]+"/api/process-batch/swarm/",
			fmt.Sprintf(`{"wait":true,"alone":true,"count":%d,"filters":["blur"]}`, images))
		if err := <-killed; err != nil {
			t.Logf("the tab: %v", err)
		}
		outputs := map[string]bool{}
		for _, r := range c.Results {
			outputs[r.ProcessedPath] = true
			again += r.Attempts - 1
		}
		if c.SuccessCount != images || len(outputs) != images {
			t.Errorf("seed %d, try %d: %d images, %d outputs: %v", seed, try, c.SuccessCount, len(outputs), c.WorkerDeaths)
		}
		eventually(t, "it is gone", func() bool { return len(s.room(t).Devices) == 1 })
		tabs[try%2] = takingPart(t, ctx, s)
	}
	if again == 0 {
		t.Error("nobody was killed in the middle of an image")
	}
	t.Logf("%d of %d kills cost an attempt", again, times)
}

// gateway is the host's address in the n-th namespace's network.
func gateway(n int) string { return fmt.Sprintf("10.203.%d.1", n) }

// namespace makes a network namespace that reaches this machine at gateway(n) and
// nothing else, and returns its name.
func namespace(t *testing.T, n int) string {
	t.Helper()
	name := fmt.Sprintf("carriles%d-%d", n, os.Getpid())
	outside, inside := fmt.Sprintf("car%do%d", n, os.Getpid()%10000), fmt.Sprintf("car%di%d", n, os.Getpid()%10000)
	ip := func(args string) {
		t.Helper()
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", args, err, out)
		}
	}
	ip("netns add " + name)
	t.Cleanup(func() { ip("netns delete " + name) })
	ip("link add " + outside + " type veth peer name " + inside + " netns " + name)
	ip("addr add " + gateway(n) + "/24 dev " + outside)
	ip("link set " + outside + " up")
	within := "netns exec " + name + " ip "
	ip(within + "addr add " + fmt.Sprintf("10.203.%d.2/24 dev %s", n, inside))
	ip(within + "link set " + inside + " up")
	ip(within + "link set lo up")
	return name
}
