package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"carriles/cmd/host/internal/hosttest"
)

// The page that lists the API: in both languages it has every operation of the document,
// and each of its lines does what it says on a server as it stands.
func TestEveryLineOfThePageWorks(t *testing.T) {
	const token = "the-presenter-of-the-lines"
	s := start(t, smallPhotos(t), "-class-token", token)
	s.join(s.url, s.app.room.Code(), "machine")
	s.hasDevices("machine")

	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary string
			Course  bool `json:"x-course"`
		}
	}
	code, data := s.do("GET", "/api/openapi.json", "")
	if err := json.Unmarshal(data, &doc); err != nil || code != 200 || doc.OpenAPI != "3.1.1" {
		t.Fatalf("%d, %v: %.300s", code, err, data)
	}
	if !doc.Paths["/api/process-batch/threading/"]["post"].Course || doc.Paths["/api/sweep/"]["post"].Course {
		t.Error("what the course has is not told from what it has not")
	}
	operations := 0
	for path, item := range doc.Paths {
		for method, op := range item {
			operations++
			if es, en, ok := strings.Cut(op.Summary, " / "); !ok || es == "" || en == "" {
				t.Errorf("%s %s is described as %q", method, path, op.Summary)
			}
		}
	}

	for lang, want := range map[string]string{"es": "cancelarla; quien la empezó", "en": "cancel it; who began it"} {
		_, page := s.do("GET", "/api/?lang="+lang, "")
		if n := bytes.Count(page, []byte("<article ")); n != operations || !bytes.Contains(page, []byte(want)) || bytes.Contains(page, []byte("<script")) || bytes.Contains(page, []byte("style=")) {
			t.Errorf("in %s %d of %d operations, and %q: %v", lang, n, operations, want, bytes.Contains(page, []byte(want)))
		}
	}

	sh := &shell{s: s, dir: t.TempDir(), vars: map[string]string{"TOKEN": token}}
	_, page := s.do("GET", "/api/", "")
	lines := regexp.MustCompile(`(?s)<pre data-line>(.*?)</pre>`)
	head, rest, _ := strings.Cut(string(page), "<article ")
	for _, l := range lines.FindAllStringSubmatch(head, -1) {
		sh.run(html.UnescapeString(l[1]))
	}
	for article := range strings.SplitSeq(rest, "<article ") {
		about, _, _ := strings.Cut(article, "</article>")
		name := regexp.MustCompile(`data-route="([^"]*)"`).FindStringSubmatch(about)
		all := lines.FindAllStringSubmatch(about, -1)
		if name == nil || len(all) == 0 {
			t.Fatalf("no line in %.300s", about)
		}
		ask := func() (int, []byte) {
			for _, l := range all[:len(all)-1] {
				if status, data := sh.run(html.UnescapeString(l[1])); status != 200 {
					t.Fatalf("%s: %s: %d %s", name[1], l[1], status, data)
				}
			}
			return sh.run(html.UnescapeString(all[len(all)-1][1]))
		}
		status, data := ask()
		switch {
		case strings.HasSuffix(name[1], "/swarm/"): // no browser is here
			if status != http.StatusServiceUnavailable || !strings.Contains(string(data), "no_workers") {
				t.Errorf("%s: %d %s", name[1], status, data)
			}
			continue
		case strings.Contains(name[1], "/python-") && status == http.StatusBadRequest && strings.Contains(string(data), "unavailable"):
			t.Logf("%s: %s", name[1], data)
			continue
		case strings.Contains(name[1], "/room/images/"): // a batch of the room's is under way
			eventually(t, "the room has asked for it", func() bool { status, data = ask(); return status == 200 })
		}
		if status != http.StatusSwitchingProtocols && (status < 200 || status > 299) || status == http.StatusSwitchingProtocols && !strings.HasSuffix(name[1], "/ws/") {
			t.Errorf("%s: %s\n%d %s", name[1], html.UnescapeString(all[len(all)-1][1]), status, data)
		}
	}
}

// shell does what the page's lines say, of which it knows curl and what picks something
// of its answer.
type shell struct {
	s    *server
	dir  string
	vars map[string]string
}

var setting = regexp.MustCompile(`^(\w+)=\$\((curl .*) \| (sed -n '(s/.*/p)' \| tail -n 1|sha256sum \| cut -c1-64)\)$`)

// run does a line, and gives the answer's status and the answer.
func (sh *shell) run(line string) (int, []byte) {
	sh.s.t.Helper()
	if m := setting.FindStringSubmatch(line); m != nil {
		status, data := sh.curl(m[2])
		sum := sha256.Sum256(data)
		value := hex.EncodeToString(sum[:])
		if m[4] != "" {
			value = picked(m[4], string(data))
		}
		if value == "" {
			sh.s.t.Fatalf("%s: nothing is picked of %d %s", line, status, data)
		}
		sh.vars[m[1]] = value
		return status, data
	}
	return sh.curl(line)
}

// picked is the last line that sed's expression has made of others.
func picked(expression, data string) (last string) {
	pattern := strings.Split(expression, "/")[1]
	of := regexp.MustCompile("(?m)" + strings.NewReplacer(`\(`, "(", `\)`, ")").Replace(pattern))
	for _, m := range of.FindAllStringSubmatch(data, -1) {
		last = m[1]
	}
	return last
}

// words are those of a POSIX shell's line.
func (sh *shell) words(line string) (words []string) {
	var word strings.Builder
	quote, in := rune(0), false
	next := func() {
		if in {
			words = append(words, word.String())
		}
		word.Reset()
		in = false
	}
	runes := []rune(line)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case quote == 0 && r == ' ':
			next()
			continue
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote && quote != 0:
			quote = 0
		case r == '\\' && quote != '\'':
			i++
			word.WriteRune(runes[i])
		case r == '$' && quote != '\'':
			name := regexp.MustCompile(`^\w+`).FindString(string(runes[i+1:]))
			if sh.vars[name] == "" {
				sh.s.t.Fatalf("%s: nothing has set $%s", line, name)
			}
			word.WriteString(sh.vars[name])
			i += len(name)
		default:
			word.WriteRune(r)
		}
		in = true
	}
	next()
	return words
}

// curl sends what a line of curl's sends.
func (sh *shell) curl(line string) (int, []byte) {
	t := sh.s.t
	t.Helper()
	words := sh.words(line)
	if words[0] != "curl" {
		t.Fatalf("no line of curl: %s", line)
	}
	method, url, body, out := "", "", "", ""
	var headers []string
	for i := 1; i < len(words); i++ {
		value := func() string { i++; return words[i] }
		switch w := words[i]; w {
		case "-s", "-N":
		case "-m":
			value()
		case "-X":
			method = value()
		case "-H":
			headers = append(headers, value())
		case "-d":
			body = value()
		case "-o":
			out = value()
		case "-F":
			field, name, _ := strings.Cut(value(), "=@")
			var form bytes.Buffer
			w := multipart.NewWriter(&form)
			part, err := w.CreateFormFile(field, name)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(sh.dir, name))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write(data) // into memory
			_ = w.Close()
			method, body = "POST", form.String()
			headers = append(headers, "Content-Type: "+w.FormDataContentType())
		default:
			if url != "" || strings.HasPrefix(w, "-") {
				t.Fatalf("%q in %s", w, line)
			}
			url = w
		}
	}
	if method == "" {
		method = "GET"
	}
	if body != "" && method == "GET" {
		t.Fatalf("a body without -X: %s", line)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	resp, err := sh.s.client.Do(hosttest.Request(ctx, t, method, url, strings.NewReader(body), headers...))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return resp.StatusCode, nil
	}
	var data []byte
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") { // it may go on for ever
		data = make([]byte, 1)
		_, err = io.ReadFull(resp.Body, data)
	} else {
		data, err = io.ReadAll(resp.Body)
	}
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if err := sh.s.contract().Check(resp.Request, body, resp.StatusCode, resp.Header, data); err != nil {
		t.Errorf("%s: %v", line, err)
	}
	if out != "" {
		if err := os.WriteFile(filepath.Join(sh.dir, out), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return resp.StatusCode, data
}
