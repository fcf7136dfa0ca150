package main

import (
	"bufio"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"carriles/cmd/host/internal/class"
)

// TestGreetNamesThePresentersToken takes the token from what the server prints,
// and leads a class with it.
func TestGreetNamesThePresentersToken(t *testing.T) {
	s := start(t, smallPhotos(t))
	var printed strings.Builder
	s.app.Greet(&printed)
	found := regexp.MustCompile(`/class#(\S+) `).FindStringSubmatch(printed.String())
	if found == nil || len(found[1]) < class.MinToken {
		t.Fatalf("printed %q", printed.String())
	}
	const show = `{"action":"show","step":"gil"}`
	if code, body := s.do("POST", "/api/class/control/", show); code != 401 {
		t.Errorf("without the token: %d %s", code, body)
	}
	if code, body := s.do("POST", "/api/class/control/", show, "Authorization: Bearer "+found[1]); code != 200 {
		t.Errorf("with the token: %d %s", code, body)
	}
	if strings.Contains(s.log.String(), found[1]) {
		t.Error("the token is in the log")
	}
}

// TestTheClassEndsWithItsServer stops a server under an open stream: Run
// returns, and nothing is left behind.
func TestTheClassEndsWithItsServer(t *testing.T) {
	s := start(t, smallPhotos(t))
	resp, err := s.client.Get(s.url + "/api/class/events/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stream := bufio.NewReader(resp.Body)
	if line, err := stream.ReadString('\n'); err != nil || line != "event: class\n" || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %q, %v", resp.StatusCode, line, err)
	}
	s.cancel()
	if _, err := io.Copy(io.Discard, stream); err != nil {
		t.Errorf("the stream was cut off: %v", err)
	}
}

// TestBatchesOfTheClass runs a question's batch and reveals it, through the
// whole server.
func TestBatchesOfTheClass(t *testing.T) {
	s := start(t, smallPhotos(t), "-class-token", strings.Repeat("t", class.MinToken))
	control := func(body string) object {
		t.Helper()
		code, data := s.do("POST", "/api/class/control/", body, "Authorization: Bearer "+strings.Repeat("t", class.MinToken))
		if code != 200 {
			t.Fatalf("%s: %d %s", body, code, data)
		}
		return s.json("GET", "/api/class/", "", 200)
	}
	asked := control(`{"action":"ask","step":"table","command":0}`)
	asked.has(t, "round", "n:number s:phase o:request l:request.methods")
	run := s.post("/api/process-batch/compare-all/", `{"filters": ["resize", "blur"], "filter_params": {"resize": {"width": 80, "height": 60}}}`, 200)
	revealed := control(`{"action":"reveal","run_id":"` + run.text("api_info.run_id") + `"}`)
	revealed.has(t, "round.reveal", "s:outcome.winner n:outcome.factor n:outcome.methods.2.seconds l:votes l:factors l:browsers")
	if revealed.number("round.reveal.outcome.images") != run.number("test_info.images_count") {
		t.Errorf("revealed %v", revealed.at("round.reveal.outcome"))
	}
	// On an address of the network a browser reads no brotli.
	measured := map[string]string{"/join": `data-drawing="race"`, "/wall": `data-testid="table"`}
	for _, path := range []string{"/join", "/wall"} {
		page := s.onTheWire(path, "identity")
		whole := len(s.onTheWire(path, "gzip"))
		for _, of := range regexp.MustCompile(`(?:href|src)="(/v/[^"]+)"`).FindAllStringSubmatch(string(page), -1) {
			whole += len(s.onTheWire(of[1], "gzip"))
		}
		if whole > usable || !strings.Contains(string(page), measured[path]) {
			t.Errorf("%s takes %d bytes on the wire, want %d at most, with what was measured", path, whole, usable)
		}
		t.Logf("%s takes %d bytes on the wire", path, whole)
	}
}

// usable is how many bytes a page of the class may take on the wire before it can be
// used.
const usable = 150_000

// onTheWire is what travels for a path, encoded as it is asked for.
func (s *server) onTheWire(path, encoding string) []byte {
	s.t.Helper()
	code, data := s.do("GET", path, "", "Accept-Encoding: "+encoding)
	if code != http.StatusOK || len(data) == 0 {
		s.t.Fatalf("%s: %d, %d bytes", path, code, len(data))
	}
	return data
}
