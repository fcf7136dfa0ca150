package runs

import (
	"fmt"
	"strings"
	"testing"
)

// fill adds runs named <client><number>, such as "a1".
func fill(t *testing.T, q *queue, ids string) {
	t.Helper()
	for id := range strings.FieldsSeq(ids) {
		if q.add(id, id[:1], 0) != welcome {
			t.Fatalf("the queue refused %s", id)
		}
	}
}

// drain pops n runs, or all for a negative n.
func drain(q *queue, n int) string {
	var out []string
	for ; n != 0; n-- {
		id, ok := q.pop()
		if !ok {
			break
		}
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

func TestQueueOrder(t *testing.T) {
	tests := []struct{ name, added, want string }{
		{"one client, in order", "a1 a2 a3", "a1 a2 a3"},
		{"two clients take turns", "a1 a2 a3 b1 b2", "a1 b1 a2 b2 a3"},
		{"three clients", "a1 a2 a3 b1 c1 c2", "a1 b1 c1 a2 c2 a3"},
		{"by arrival where the turn is equal", "b1 a1 c1", "b1 a1 c1"},
		{"none", "", ""},
	}
	for _, tt := range tests {
		q := newQueue(10)
		fill(t, q, tt.added)
		var foretold []string
		for _, w := range q.order() {
			foretold = append(foretold, w.id)
		}
		if got := strings.Join(foretold, " "); got != tt.want {
			t.Errorf("%s: order %q, want %q", tt.name, got, tt.want)
		}
		for i, id := range foretold {
			if got := q.ahead(id); got != i {
				t.Errorf("%s: %d ahead of %s, want %d", tt.name, got, id, i)
			}
		}
		if got := drain(q, -1); got != tt.want {
			t.Errorf("%s: popped %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestQueueRemembersTurns(t *testing.T) {
	q := newQueue(10)
	fill(t, q, "a1 a2 a3")
	if got := drain(q, 2); got != "a1 a2" {
		t.Fatalf("popped %q", got)
	}
	// b was not served yet, c neither: both before a's third.
	fill(t, q, "b1 b2 c1")
	if got := drain(q, -1); got != "b1 c1 a3 b2" {
		t.Errorf("popped %q, want b1 c1 a3 b2", got)
	}
	// The queue has been empty: whoever comes first is first, served or not.
	fill(t, q, "b3 d1")
	if got := drain(q, -1); got != "b3 d1" {
		t.Errorf("popped %q, want b3 d1", got)
	}
	if len(q.served) != 0 {
		t.Errorf("clients are remembered for ever: %v", q.served)
	}
}

func TestQueueLimit(t *testing.T) {
	q := newQueue(2)
	fill(t, q, "a1 b1")
	if q.add("c1", "c", 0) != queueFull {
		t.Error("a third run in a queue for two")
	}
	drain(q, 1)
	if q.add("c1", "c", 0) != welcome {
		t.Error("refused although there is room again")
	}
}

// The presenter's runs come before all others, in their order, however full it is.
func TestQueuePresenter(t *testing.T) {
	q := newQueue(3)
	fill(t, q, "a1 a2 b1")
	q.addFirst("p1")
	q.addFirst("p2")
	if got := q.ahead("a1"); got != 2 {
		t.Errorf("%d are ahead of a1", got)
	}
	if q.add("c1", "c", 0) != queueFull {
		t.Error("the presenter's runs made room")
	}
	if got := drain(q, -1); got != "p1 p2 a1 b1 a2" {
		t.Errorf("popped %q", got)
	}
}

func TestQueueRemove(t *testing.T) {
	q := newQueue(10)
	fill(t, q, "a1 a2 b1")
	if !q.remove("a1") || q.remove("a1") || q.remove("never") {
		t.Error("remove does not tell whether the run was waiting")
	}
	if q.ahead("a1") != -1 {
		t.Errorf("a removed run has a place: %d", q.ahead("a1"))
	}
	if got := drain(q, -1); got != "a2 b1" {
		t.Errorf("popped %q, want a2 b1", got)
	}
}

// No client waits longer than for one run of each other client.
func TestQueueIsFair(t *testing.T) {
	q := newQueue(1000)
	q.free = 1000
	for i := range 100 {
		fill(t, q, fmt.Sprintf("a%d", i))
	}
	drain(q, 50)
	fill(t, q, "b1")
	if got := drain(q, 1); got != "b1" {
		t.Errorf("a newcomer waits behind %q", got)
	}
}

// Beyond the free places a client has two runs at most, the running one
// included; others are let in as before.
func TestQueueShares(t *testing.T) {
	const nine = "a1 a2 a3 a4 b1 c1 d1 e1 f1" // one more than the free places
	tests := []struct {
		name    string
		waiting string
		client  string
		running int
		want    refusal
	}{
		{"a short queue", "a1 a2 a3 a4 a5 a6 a7 a8", "a", 1, welcome},
		{"a short queue, whoever it is", "a1 a2 a3 a4 a5 a6 a7 a8", "b", 0, welcome},
		{"a long one: who has four", nine, "a", 0, shareTaken},
		{"who has one", nine, "b", 0, welcome},
		{"who has one, and one is running", nine, "b", 1, shareTaken},
		{"who has two", nine + " b2", "b", 0, shareTaken},
		{"who has none", nine, "x", 0, welcome},
		{"who has one running only", nine, "x", 1, welcome},
	}
	for _, tt := range tests {
		q := newQueue(20)
		for id := range strings.FieldsSeq(tt.waiting) {
			q.waiting = append(q.waiting, waiting{id: id, client: id[:1]})
		}
		before := len(q.waiting)
		if got := q.add("new", tt.client, tt.running); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
		if grown := len(q.waiting) > before; grown != (tt.want == welcome) {
			t.Errorf("%s: it waits: %v", tt.name, grown)
		}
	}
}
