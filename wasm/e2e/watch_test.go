package e2e

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// complaints are what a page must not do: console errors, exceptions, CSP
// violations, requests to another host.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func (c *complaints) add(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, fmt.Sprintf(format, args...))
}

// hear takes down what the page's console is told.
func (c *complaints) hear(ev any) {
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		c.add("exception: %s %s", ev.ExceptionDetails.Text, values([]*runtime.RemoteObject{ev.ExceptionDetails.Exception}))
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			c.add("console: %s", values(ev.Args))
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError {
			c.add("log: %s %s", ev.Entry.Text, ev.Entry.URL)
		}
	}
}

func (c *complaints) each(do func(text string)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, text := range c.list {
		do(text)
	}
}

// watch listens to a page that lives at an address. What it complains of fails
// the test at its end; allow names texts that a test provokes.
func watch(t *testing.T, ctx context.Context, address string, allow ...string) {
	t.Helper()
	own, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &complaints{}
	err = chromedp.Listen(ctx, func(ev any) {
		c.hear(ev)
		if ev, ok := ev.(*network.EventRequestWillBeSent); ok {
			u, err := url.Parse(ev.Request.URL)
			if err == nil && u.Scheme != "blob" && u.Scheme != "data" && u.Host != own.Host {
				c.add("request to %s", ev.Request.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.each(func(text string) {
			if !containsAny(text, allow) {
				t.Errorf("the page's %s", text)
			}
		})
	})
}

func containsAny(text string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

func values(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		if a == nil {
			continue
		}
		if a.Description != "" {
			parts = append(parts, a.Description)
		} else {
			parts = append(parts, string(a.Value))
		}
	}
	return strings.Join(parts, " ")
}

// id is the selector of a test hook of the page.
func id(name string) chromedp.CSS {
	return chromedp.CSS(fmt.Sprintf(`[data-testid="%s"]`, name))
}
