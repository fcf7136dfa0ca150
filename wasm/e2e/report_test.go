package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestReport opens reports as files, in both languages, light and dark: the
// page's scripts draw the lanes, the rounds and a sweep's curves in them, and
// nothing is asked for but the file. Without scripts the tables lie open.
func TestReport(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	folder := t.TempDir()
	save := func(run, lang string) string { return saved(t, address, folder, run, lang) }
	compared := measured(t, address+"/api/process-batch/compare/", `{"count": 2, "filters": ["blur"], "workers": 2, "rounds": 2, "pool": "cold"}`)
	swept := measured(t, address+"/api/sweep/", `{"count": 1, "filters": ["blur"], "over": "workers", "values": [1, 2]}`)

	ctx := chromium(t)
	// It opens in a tab, in a sandbox, and is printed with its lanes.
	do(t, ctx, navigate(address+"/api/runs/"+compared+"/report/?lang=en"))
	until(t, ctx, `document.querySelector('.race').dataset.shown === '2' && self.origin === 'null'`)
	if paper, err := chromedp.Run(ctx, chromedp.PrintToPDF()); err != nil || len(paper) < 20_000 {
		t.Errorf("printed: %d bytes, %v", len(paper), err)
	}
	watch(t, ctx, "file:///")
	// The lesson for teachers is a sheet of paper.
	for _, lang := range []string{"es", "en"} {
		file, err := filepath.Abs("../../docs/lesson." + lang + ".html")
		if err != nil {
			t.Fatal(err)
		}
		do(t, ctx, navigate("file://"+file))
		until(t, ctx, `document.documentElement.lang === '`+lang+`' && document.readyState === 'complete'`)
		paper, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
		if pages := bytes.Count(paper, []byte("/Type /Page\n")); err != nil || pages != 2 {
			t.Errorf("docs/lesson.%s.html has %d pages, want 2: %v", lang, pages, err)
		}
	}
	asked := requests(t, ctx)
	for _, lang := range []string{"es", "en"} {
		for _, dark := range []bool{false, true} {
			media(t, ctx, "prefers-color-scheme", colours(dark))
			do(t, ctx, navigate(save(compared, lang)))
			until(t, ctx, `document.documentElement.lang === '`+lang+`' && document.querySelector('.race').dataset.shown === '2'`)
			for _, canvas := range []string{"[data-method=sequential]", "[data-method=threading]"} {
				if n := eval[int](t, ctx, coloursOf(canvas)); n < 3 {
					t.Errorf("%s, %s, dark %v: %d colours", canvas, lang, dark, n)
				}
			}
			until(t, ctx, `document.querySelector('.charts').dataset.shown === '1'`)
			if n := eval[int](t, ctx, coloursOf(".charts canvas")); n < 2 {
				t.Errorf("the rounds, %s, dark %v: %d colours", lang, dark, n)
			}
			do(t, ctx, navigate(save(swept, lang)))
			until(t, ctx, `document.querySelector('.charts').dataset.shown === '2' && !document.querySelector('details[open]')`)
			if n := eval[int](t, ctx, coloursOf(".charts canvas")); n < 3 {
				t.Errorf("the sweep, %s, dark %v: %d colours", lang, dark, n)
			}
		}
	}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, navigate(save(swept, "en")))
	until(t, ctx, `document.querySelector('details[open] table').checkVisibility() && !document.querySelector('.chart').checkVisibility()`)
	if list := asked(); len(list) != 9 {
		t.Errorf("for 9 reports there were the requests %q", list)
	}
}

// saved saves a run's report into a folder and gives its address there.
func saved(t *testing.T, address, folder, run, lang string) string {
	t.Helper()
	response, err := http.Get(address + "/api/runs/" + run + "/report/?lang=" + lang)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("the report is answered %d, %v", response.StatusCode, err)
	}
	file := filepath.Join(folder, run+"-"+lang+".html")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

// TestReportAxe has axe-core look at a report, as TestAxe does at the page.
func TestReportAxe(t *testing.T) {
	script := axe(t)
	s := serve(t)
	address := s.addresses()["loopback"]
	run := measured(t, address+"/api/process-batch/compare/", `{"count": 2, "filters": ["blur"], "workers": 2, "pool": "cold"}`)
	ctx := chromium(t)
	for _, dark := range []bool{false, true} {
		media(t, ctx, "prefers-color-scheme", colours(dark))
		do(t, ctx, navigate(saved(t, address, t.TempDir(), run, "es")))
		until(t, ctx, `document.querySelector('.charts').dataset.shown === '1'`)
		unfoldAll(t, ctx)
		eval[bool](t, ctx, script+";true")
		passes, violations := barriers(t, ctx)
		if passes < 10 || len(violations) > 0 {
			t.Errorf("dark %v: %d rules passed, and there are %q", dark, passes, violations)
		}
	}
}

// measured has the server measure something and gives the run's id.
func measured(t *testing.T, url, body string) string {
	t.Helper()
	made := posted[struct {
		APIInfo struct {
			RunID string `json:"run_id"`
		} `json:"api_info"`
	}](t, http.StatusOK, url, body)
	if made.APIInfo.RunID == "" {
		t.Fatalf("%s: %+v", url, made)
	}
	return made.APIInfo.RunID
}

// requests lists what a page asks for from now on. What is within it is not
// asked for.
func requests(t *testing.T, ctx context.Context) func() []string {
	t.Helper()
	var mu sync.Mutex
	var list []string
	err := chromedp.Listen(ctx, func(ev any) {
		if ev, ok := ev.(*network.EventRequestWillBeSent); ok && !strings.HasPrefix(ev.Request.URL, "data:") {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, ev.Request.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return list
	}
}
