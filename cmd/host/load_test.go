package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"
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
