package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// BenchmarkFirstUse is how long a phone that was never here waits until it may
// predict, on a plain-http address of the network and a processor four times slower:
// the time, the longest task of its page until then, and what travelled.
func BenchmarkFirstUse(b *testing.B) {
	s := serve(b, "-class-token", presenterToken)
	address := s.addresses()["network"]
	asked, err := http.NewRequestWithContext(b.Context(), http.MethodPost, address+"/api/class/control/", strings.NewReader(`{"action":"ask","step":"computing"}`))
	if err != nil {
		b.Fatal(err)
	}
	asked.Header.Set("Authorization", "Bearer "+presenterToken)
	if answer, err := http.DefaultClient.Do(asked); err != nil || answer.StatusCode != http.StatusOK {
		b.Fatalf("asking: %v, %v", err, answer)
	}
	ctx := chromium(b)
	do(b, ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	if _, err := chromedp.Call(ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
		b.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: phone}); err != nil {
		b.Fatal(err)
	}
	usable, longest, bytes := 0.0, 0.0, 0.0
	for b.Loop() {
		stop := trace(b, ctx)
		do(b, ctx, navigate(address+"/join"))
		until(b, ctx, `performance.getEntriesByName('first-contentful-paint').length === 1 && document.querySelector('form.predict output').textContent !== ''`)
		events := stop()
		// Its scripts have run, and it was painted.
		seen, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`(() => {
			const [page] = performance.getEntriesByType('navigation'), [paint] = performance.getEntriesByName('first-contentful-paint');
			const all = [page, ...performance.getEntriesByType('resource')];
			return [Math.max(page.domContentLoadedEventEnd, paint.startTime), all.reduce((sum, e) => sum + e.transferSize, 0)];
		})()`))
		if err != nil {
			b.Fatal(err)
		}
		usable += seen[0]
		bytes = seen[1]
		for _, e := range events.tasks(b) {
			longest = max(longest, e.CPU/1000)
		}
	}
	b.ReportMetric(usable/float64(b.N), "ms-until-usable")
	b.ReportMetric(longest, "ms-longest-task")
	b.ReportMetric(bytes, "bytes-on-the-wire")
}
