package runs

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

func TestHubGivesTheLatest(t *testing.T) {
	h := newHub()
	slow, stopSlow := h.watch("x")
	other, stopOther := h.watch("y")
	defer stopOther()
	for i := range 10 {
		h.tell("x", News{JSON: fmt.Append(nil, i)}) // nobody reads, and nothing blocks
	}
	if got := string((<-slow).JSON); got != "9" {
		t.Errorf("a slow watcher got %s, want the latest, 9", got)
	}
	select {
	case n := <-slow:
		t.Errorf("old news came after the latest: %s", n.JSON)
	case n := <-other:
		t.Errorf("a watcher of another run got %s", n.JSON)
	default:
	}
	stopSlow()
	h.tell("x", News{})
	select {
	case <-slow:
		t.Error("news after stop")
	default:
	}
}

func TestHubForgetsWatchers(t *testing.T) {
	h := newHub()
	_, stop1 := h.watch("x")
	second, stop2 := h.watch("x")
	_, stop3 := h.watch("y")
	ids := h.watched()
	if slices.Sort(ids); !slices.Equal(ids, []string{"x", "y"}) || !h.isWatched("x") || h.isWatched("z") {
		t.Errorf("watched %v", ids)
	}
	stop1()
	stop1() // a second time is nothing
	h.tell("x", News{JSON: []byte("still")})
	if got := string((<-second).JSON); got != "still" {
		t.Errorf("the other watcher got %q", got)
	}
	stop2()
	stop3()
	stop3()
	if len(h.watchers) != 0 || h.isWatched("x") {
		t.Errorf("left over: %v", h.watchers)
	}
}

// Telling, watching and stopping at once neither deadlock nor race.
func TestHubAtOnce(t *testing.T) {
	h := newHub()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				news, stop := h.watch("x")
				h.tell("x", News{})
				<-news
				h.watched()
				stop()
			}
		})
	}
	wg.Wait()
	if len(h.watchers) != 0 {
		t.Errorf("left over: %v", h.watchers)
	}
}
