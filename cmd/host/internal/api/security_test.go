package api

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	l := open(t, twoPhotos(t))
	machine, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	port := l.url[strings.LastIndex(l.url, ":"):]
	tests := map[string]bool{
		"localhost": true, "localhost" + port: true, "LOCALHOST:9": true, "127.0.0.1": true, "127.0.0.1" + port: true, "127.8.8.8": true,
		"[::1]": true, "[::1]" + port: true, machine: true, strings.ToUpper(machine): true, machine + port: true, machine + ".local": true,
		"aula.example": true, "Aula.Example:80": true,
		"10.1.2.3": true, "192.168.1.7:8000": true, "172.16.0.1": true, "172.31.255.255": true, "169.254.1.1": true,
		"[fd00::1]": true, "[fe80::1]:8000": true, "[::ffff:10.0.0.1]": true,

		"evil.example": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false, "evil-localhost": false,
		"8.8.8.8": false, "8.8.8.8:8000": false, "172.32.0.1": false, "[2001:db8::1]": false, "[::ffff:8.8.8.8]": false,
		"xaula.example": false, "aula.example.evil.example": false, "0.0.0.0": false, "localhost@evil.example": false,
	}
	for _, own := range Addresses() {
		host := own.String()
		if own.Is6() {
			host = "[" + host + "]"
		} else {
			tests["[::ffff:"+host+"]"] = true
		}
		tests[host+port] = true
	}
	for host, own := range tests {
		r := l.do("GET", "/api/health/", "", "Host: "+host)
		if own && r.code != 200 {
			t.Errorf("%s: %d %s", host, r.code, r.body)
		}
		if !own {
			e := r.fault(t, 421, "foreign_host")
			if !strings.Contains(e.Error, "-hosts") {
				t.Errorf("%s: it does not say how to allow the name: %q", host, e.Error)
			}
		}
	}
	for _, path := range []string{"/", "/static/images/a.jpg", "/api/runs"} {
		l.do("GET", path, "", "Host: evil.example").fault(t, 421, "foreign_host")
	}
	for host, own := range map[string]bool{"": false, "[": false, "[]": false, "::1": true, ":80": false} {
		if isOwn(host, ownNames(nil)) != own {
			t.Errorf("isOwn(%q) is %v", host, !own)
		}
	}
}

func TestOrigins(t *testing.T) {
	l := open(t, twoPhotos(t))
	self := l.url
	tests := []struct {
		name    string
		method  string
		headers []string
		refused bool
	}{
		{"curl", "POST", nil, false},
		{"the page", "POST", []string{"Origin: " + self, "Sec-Fetch-Site: same-origin"}, false},
		{"the page in an old browser", "POST", []string{"Origin: " + self}, false},
		{"typed by the user", "POST", []string{"Sec-Fetch-Site: none"}, false},
		{"another site", "POST", []string{"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"}, true},
		{"another site, old browser", "POST", []string{"Origin: https://evil.example"}, true},
		{"another port", "POST", []string{"Origin: http://127.0.0.1:1", "Sec-Fetch-Site: same-site"}, true},
		{"another port, old browser", "POST", []string{"Origin: http://127.0.0.1:1"}, true},
		{"null", "POST", []string{"Origin: null"}, true},
		{"null with fetch metadata", "POST", []string{"Origin: null", "Sec-Fetch-Site: cross-site"}, true},
		{"nonsense", "POST", []string{"Origin: ://"}, true},
		{"DELETE by another site", "DELETE", []string{"Origin: https://evil.example"}, true},
		{"reading by a link", "GET", []string{"Sec-Fetch-Site: cross-site"}, false},
	}
	for _, tt := range tests {
		path := map[string]string{"POST": "/api/process-batch/sequential/", "DELETE": "/api/runs/x/", "GET": "/api/health/"}[tt.method]
		r := l.do(tt.method, path, "", tt.headers...)
		if tt.refused {
			r.fault(t, 403, "foreign_origin")
		} else if r.code != 200 {
			t.Errorf("%s: %d %s", tt.name, r.code, r.body)
		}
		for h := range r.header {
			if strings.HasPrefix(h, "Access-Control-") {
				t.Errorf("%s: header %s", tt.name, h)
			}
		}
	}
	if got := len(l.runs.List()); got != 4 {
		t.Errorf("%d runs; only the four allowed POSTs may make one", got)
	}
	l.do("POST", "/api/images/", "", "Origin: https://evil.example").fault(t, 403, "foreign_origin")
	if r := l.do("OPTIONS", "/api/runs/", "", "Origin: https://evil.example", "Access-Control-Request-Method: POST"); r.code != 405 || r.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a preflight request: %d %v", r.code, r.header)
	}
}

func TestSecurityHeaders(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, path := range []string{"/", "/api/health/", "/api/nothing", "/static/images/a.jpg", "/static/nothing", "/boom"} {
		h := l.do("GET", path, "").header
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: the policy lacks %q: %q", path, part, csp)
			}
		}
		if strings.Contains(csp, "script-src 'self' 'unsafe") || strings.Contains(csp, "http") || strings.Contains(csp, "*") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, h)
		}
		if cache := h.Get("Cache-Control"); strings.HasPrefix(path, "/api/") && cache != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, cache)
		}
	}
	if h := l.do("POST", "/api/runs", "", "Host: evil.example").header; h.Get("Content-Security-Policy") == "" {
		t.Error("a refusal has no policy")
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	l := open(t, twoPhotos(t))
	l.do("GET", "/boom", "").fault(t, 500, "internal")
	if log := l.log.String(); !strings.Contains(log, "the page is broken") || !strings.Contains(log, "lab_test.go") {
		t.Errorf("the log lacks the value or the stack: %s", log)
	}
	if r := l.do("GET", "/", ""); string(r.body) != "the page" {
		t.Errorf("afterwards: %d %s", r.code, r.body)
	}
}

func TestLanguage(t *testing.T) {
	for header, want := range map[string]string{
		"": "es", "*": "es", "es": "es", "es-ES,es;q=0.9,en;q=0.8": "es", "fr": "es", "fr,en": "es",
		"en": "en", "EN-us": "en", " en-GB,es;q=0.5": "en",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", header)
		if got := language(r); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestClient(t *testing.T) {
	for addr, want := range map[string]string{"10.0.0.1:4711": "10.0.0.1", "[::1]:80": "::", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::", "[::ffff:10.0.0.1]:80": "10.0.0.1", "pipe": "pipe"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = addr
		r.Header.Set("X-Forwarded-For", "1.2.3.4")
		if got := client(r); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}
