package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"carriles/cmd/host/internal/hosttest"
)

// stopWithin is what is promised of the time between a signal and the end.
const stopWithin = 10 * time.Second

// SIGTERM ends the server with 0 in ten seconds, whatever is open; a second signal
// at once.
func TestSignals(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("signals and /proc")
	}
	if testing.Short() {
		t.Skip("it waits for connections to be cut")
	}
	for _, tt := range []struct {
		name  string
		twice bool
		open  func(t *testing.T, m mortal)
	}{
		{"nothing", false, func(*testing.T, mortal) {}},
		{"a slow image, streams and a run", false, func(t *testing.T, m mortal) {
			for _, path := range []string{"/api/image/slow/?delay=10", "/api/class/events/", "/api/runs/" + m.submit(longRun) + "/events/"} {
				opened(t, m, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
			}
		}},
		{"half a body, half a header, half an upload", false, func(t *testing.T, m mortal) {
			opened(t, m, "POST /api/runs/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
			opened(t, m, "GET / HTTP/1.1\r\nHost: ")
			opened(t, m, "POST /api/images/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n--x\r\n"+
				"Content-Disposition: form-data; name=files; filename=a.jpg\r\n\r\nhalf")
		}},
		{"children that are stopped", false, func(t *testing.T, m mortal) {
			m.submit(longRun)
			eventually(t, "workers beside the watch", func() bool { return len(marked(t, m.dir)) > 2 })
			for _, pid := range marked(t, m.dir) {
				if n, _ := strconv.Atoi(pid); n != m.cmd.Process.Pid {
					_ = signalTo(n, freeze)
				}
			}
		}},
		{"children that are stopped before their exec", false, stopUnborn},
		{"a second signal", true, func(t *testing.T, m mortal) {
			opened(t, m, "POST /api/runs/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			log := &hosttest.Log{}
			m := startMortal(t, t.TempDir(), log)
			tt.open(t, m)
			began := time.Now()
			if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if tt.twice {
				eventually(t, "it is stopping", func() bool { return strings.Contains(log.String(), "stopping") })
				time.Sleep(200 * time.Millisecond) // as fast as one is who presses it again
				_ = m.cmd.Process.Signal(os.Interrupt)
			}
			ended := make(chan error, 1)
			go func() { ended <- m.cmd.Wait() }()
			select {
			case err := <-ended:
				if (err != nil) != tt.twice {
					t.Errorf("ended with %v; the log: %s", err, log)
				}
				t.Logf("ended after %v: %v", time.Since(began), err)
			case <-time.After(stopWithin):
				_ = m.cmd.Process.Kill()
				<-ended
				t.Errorf("not ended after %v; the log: %s", stopWithin, log)
			}
			m.client.CloseIdleConnections()
			eventually(t, "the children end", func() bool { return len(marked(t, m.dir)) == 0 })
		})
	}
}

// stopUnborn submits runs, and stops every child of the server between its fork and
// its exec from then on until the test ends; it returns when one has been met there.
// Before its exec a child has the command line of the server, whose memory it borrows.
func stopUnborn(t *testing.T, m mortal) {
	server := m.cmd.Process.Pid
	line := func(pid int) string {
		data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // it may be gone
		return string(data)
	}
	own := line(server)
	m.submit(`{"filters":["brightness"],"count":2,"rounds":50,"methods":["multiprocessing"],"workers":2}`)
	met := make(chan bool, 1<<16)
	over := make(chan bool)
	var watch sync.WaitGroup
	t.Cleanup(func() { close(over); watch.Wait() })
	watch.Go(func() {
		seen := map[int]bool{}
		for {
			select {
			case <-over:
				return
			default:
			}
			for pid := range childrenOf(server) {
				if seen[pid] {
					continue
				}
				seen[pid] = true
				if line(pid) != own {
					continue // it lives already
				}
				_ = signalTo(pid, freeze)
				time.Sleep(time.Millisecond) // until it is stopped
				if line(pid) == own {
					met <- true
				} else {
					_ = signalTo(pid, thaw)
				}
			}
		}
	})
	select {
	case <-met:
	case <-time.After(time.Minute):
		t.Fatal("no child was met between its fork and its exec")
	}
}

// opened is a connection on which something has been sent that will not be
// answered soon.
func opened(t *testing.T, m mortal, data string) {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, data); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // until the server has it
}

// A wait that the server's stop has cut short is told so.
func TestASlowImageHearsOfTheStop(t *testing.T) {
	s := start(t, smallPhotos(t))
	c, err := net.Dial("tcp", s.app.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET /api/image/slow/?delay=10 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	time.Sleep(100 * time.Millisecond)
	s.cancel()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("it is answered %d", resp.StatusCode)
	}
}
