package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"carriles/cmd/host/internal/gate"
	"carriles/cmd/host/internal/hosttest"
)

// TestAThousandAtOnce asks a server that has just started for a thousand things
// at the same time, each over a connection of its own.
func TestAThousandAtOnce(t *testing.T) {
	s := start(t, smallPhotos(t))
	paths := []string{"/", "/api/filters/", "/api/runs/", "/api/image/info/"}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	codes := make([]int, 1000)
	var all sync.WaitGroup
	began := time.Now()
	for i := range codes {
		all.Go(func() {
			response, err := client.Get(s.url + paths[i%len(paths)])
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			if _, err := io.Copy(io.Discard, response.Body); err != nil {
				t.Error(err)
			}
			codes[i] = response.StatusCode
		})
	}
	all.Wait()
	t.Logf("%d requests in %v", len(codes), time.Since(began))
	for i, code := range codes {
		if code != http.StatusOK {
			t.Errorf("request %d for %s: %d", i, paths[i%len(paths)], code)
		}
	}
}

// TestUploadsAreNotInMemory sends sixty forms of 10 MiB at once while a run is
// measured, and looks at the most memory that the server ever had.
func TestUploadsAreNotInMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	const most = 150 << 20
	dir := t.TempDir()
	m := startMortal(t, dir, &hosttest.Log{})
	m.submit(longRun)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("files", "noise.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(make([]byte, 10<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	answered := make(chan int, 60)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for range cap(answered) {
		all.Go(func() {
			req := hosttest.Request(ctx, t, "POST", m.url+"/api/images/", bytes.NewReader(form.Bytes()), "Content-Type: "+w.FormDataContentType())
			resp, err := m.client.Do(req)
			if err != nil {
				answered <- 0 // it waits for the run, and is not waited for
				return
			}
			resp.Body.Close()
			answered <- resp.StatusCode
		})
	}
	for range cap(answered) - 4 { // so many an address
		if code := <-answered; code != http.StatusTooManyRequests {
			t.Errorf("one too many is answered %d", code)
		}
	}
	if peak := peakMemory(t, m.cmd.Process.Pid); peak > most {
		t.Errorf("the server has had %d MiB, want at most %d", peak>>20, most>>20)
	} else {
		t.Logf("the server has had %d MiB", peak>>20)
	}
}

// TestReadersThatNeverRead has more connections of one address than there are in
// all ask for photographs and read nothing of them: another address, and soon the
// same one, is answered as ever, and what the kernel holds for them is bounded.
func TestReadersThatNeverRead(t *testing.T) {
	s := start(t, nil)
	photo := s.json("GET", "/api/image/info/", "", 200).text("images.0.url")
	conns := make([]net.Conn, 0, gate.Default.All+4)
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	for range cap(conns) {
		c, err := net.Dial("tcp", s.app.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)                                // the memory of a reader elsewhere
		_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", photo) // it may be closed already
	}
	health := func(from string) (time.Duration, error) {
		transport := &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).DialContext}
		began := time.Now()
		resp, err := transport.RoundTrip(hosttest.Request(t.Context(), t, "GET", s.url+"/api/health/", nil))
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		return time.Since(began), err
	}
	if runtime.GOOS == "linux" {
		took, err := health("127.0.0.2")
		if err != nil {
			t.Errorf("another address: %v", err)
		}
		t.Logf("another address is answered after %v", took)
	}
	began := time.Now()
	eventually(t, "the same address is answered", func() bool { _, err := health("127.0.0.1"); return err == nil })
	t.Logf("the same address is answered %v later", time.Since(began))
	open := 0
	for _, c := range conns {
		// More than is on its way to one that was closed.
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := io.CopyN(io.Discard, c, 256<<10); err == nil {
			open++
		}
	}
	if most := gate.Default.AnAddress; open > most {
		t.Errorf("%d are open, of an address at most %d", open, most)
	}
}

// peakMemory is the most that a process has had in memory, in bytes.
func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.Fields(kb)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// TestSlowHeaders opens two thousand connections whose requests never get past
// their headers (a "slowloris"): others are answered meanwhile, and the server
// closes them all.
func TestSlowHeaders(t *testing.T) {
	s := prepare(t, smallPhotos(t))
	s.serve()
	conns := make([]net.Conn, 0, 2000)
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	began := time.Now()
	for range cap(conns) {
		c, err := net.Dial("tcp", s.app.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
	}
	asked := time.Now()
	if code, _ := s.do(http.MethodGet, "/api/filters/", ""); code != http.StatusOK {
		t.Errorf("a request beside them: %d", code)
	}
	t.Logf("answered after %v, with %d open", time.Since(asked), len(conns))
	for i, c := range conns {
		if err := c.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		// However it was closed: only one that is still open runs into the deadline.
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("connection %d is not closed: %v", i, err)
		}
	}
	t.Logf("all closed %v after the first was opened", time.Since(began))
}
