package latest

import (
	"sync"
	"testing"
)

// is checks what a watcher finds: some news, or none.
func is[T comparable](t *testing.T, who string, news <-chan T, want ...T) {
	t.Helper()
	select {
	case got := <-news:
		if len(want) == 0 || got != want[0] {
			t.Errorf("%s got %v, want %v", who, got, want)
		}
	default:
		if len(want) > 0 {
			t.Errorf("%s got nothing, want %v", who, want)
		}
	}
}

func TestTheLatestIsGiven(t *testing.T) {
	var topic, other Topic[int]
	slow, stopSlow := topic.Watch()
	elsewhere, stopElsewhere := other.Watch()
	defer stopElsewhere()
	is(t, "one without a first state", slow)
	for i := range 10 {
		topic.Tell(i) // nobody reads, and nothing blocks
	}
	is(t, "a slow watcher", slow, 9)
	is(t, "a slow watcher after the latest", slow)
	is(t, "a watcher of another topic", elsewhere)
	late, stopLate := topic.Watch(1, 2)
	is(t, "a watcher with first states", late, 2)
	stopLate()
	first, stopFirst := topic.Watch(1)
	topic.Tell(3)
	is(t, "one who did not take the first state", first, 3)
	stopFirst()
	is(t, "the slow watcher, of that", slow, 3)
	stopSlow()
	topic.Tell(4)
	is(t, "a watcher after stop", slow)
}

func TestWatchersAreForgotten(t *testing.T) {
	var topic Topic[string]
	if topic.Watched() {
		t.Error("watched from the start")
	}
	topic.Tell("to nobody")
	_, stop1 := topic.Watch()
	second, stop2 := topic.Watch()
	stop1()
	stop1() // a second time is nothing
	if topic.Tell("still"); !topic.Watched() {
		t.Error("not watched by the second")
	}
	is(t, "the second", second, "still")
	stop2()
	if topic.Watched() || len(topic.watchers) != 0 {
		t.Errorf("left over: %v", topic.watchers)
	}
}

// Telling, watching and stopping at once neither deadlock nor race, and who has
// told hears of something.
func TestAtOnce(t *testing.T) {
	var topic Topic[struct{}]
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				news, stop := topic.Watch()
				topic.Tell(struct{}{})
				<-news
				topic.Watched()
				stop()
			}
		})
	}
	wg.Wait()
	if len(topic.watchers) != 0 {
		t.Errorf("left over: %v", topic.watchers)
	}
}
