package evidence

import (
	"testing"

	"carriles/executor/batch/request"
)

func TestNumbers(t *testing.T) {
	es, en := language("es"), language("en")
	for _, c := range []struct{ got, want string }{
		{es.number(1234.5, 1), "1234,5"},
		{es.number(12345.5, 1), "12\u202f345,5"},
		{en.number(1234567, 0), "1,234,567"},
		{es.number(-0.004, 2), "0,00"},
		{es.number(-2.5, 1), "−2,5"},
		{en.number(0.005, 2), "0.01"},
		{es.value(2.5), "2,5"},
		{en.value(800), "800"},
		{es.seconds(0), "0,00\u00a0s"},
		{es.seconds(0.0995), "100\u00a0ms"},
		{es.seconds(0.1), "0,100\u00a0s"},
		{es.seconds(1), "1,00\u00a0s"},
		{en.seconds(123.45), "123.5\u00a0s"},
		{en.seconds(0.00012), "0.1\u00a0ms"},
		{es.exact(0.0125), "0,013"},
		{es.percent(0.256), "26\u00a0%"},
		{en.percent(1), "100%"},
		{es.ratio(1.926), "1,93×"},
		{en.bytes(999), "999\u00a0B"},
		{en.bytes(1500), "2\u00a0kB"},
		{es.bytes(96_400_000), "96\u00a0MB"},
		{es.bytes(1_500_000_000), "1,50\u00a0GB"},
		{es.shape(request.Shape{Processes: 1, Goroutines: 2, MaxProcs: 1}), "1 proceso × 2 goroutines, con GIL"},
		{en.shape(request.Shape{Processes: 2, Goroutines: 1, MaxProcs: 1}), "2 processes × 1 goroutine"},
		{en.bound("io"), "I/O"},
		{es.bound("mixed"), "mixto"},
		{en.bound("unknown"), "–"},
		{language("fr").Tag(), "es"},
		{en.method("browser"), "browser"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
