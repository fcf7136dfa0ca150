package memory

import (
	"slices"
	"testing"
	"unsafe"
)

// advised has a test see what is asked for, in place of the system.
func advised(t *testing.T) *[][]byte {
	before := advise
	t.Cleanup(func() { advise = before })
	var asked [][]byte
	advise = func(b []byte) { asked = append(asked, b) }
	return &asked
}

func address[T any](b []T) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// A large buffer is asked for in whole large pages, all of it, and nothing that is
// not its own.
func TestLargeBuffersLieInLargePages(t *testing.T) {
	asked := advised(t)
	for _, n := range []int{Large / 8, Large/8 + 1, page / 8, page/8 + 1, 5*page/8 - 1} {
		*asked = nil
		b := Make[uint64](n)
		if len(b) != n || cap(b)*8%page != 0 || cap(b)*8-n*8 >= page {
			t.Errorf("%d numbers: length %d, capacity %d", n, len(b), cap(b))
		}
		if len(*asked) != 1 || address((*asked)[0]) != address(b) || len((*asked)[0]) != 8*cap(b) || address(b)%page != 0 {
			t.Errorf("%d numbers at %#x: %d times asked, for %d bytes at %#x", n, address(b), len(*asked), len((*asked)[0]), address((*asked)[0]))
		}
		if slices.ContainsFunc(b[:cap(b)], func(x uint64) bool { return x != 0 }) {
			t.Errorf("%d numbers are not all 0", n)
		}
		b[:cap(b)][cap(b)-1] = 1 // it is there
	}
}

func TestSmallBuffersAreAskedForNothing(t *testing.T) {
	asked := advised(t)
	if b := Make[int16](Large/2 - 1); len(b) != Large/2-1 || len(*asked) != 0 {
		t.Errorf("length %d, %d times asked", len(b), len(*asked))
	}
	if b := Make[byte](0); len(b) != 0 {
		t.Errorf("length %d", len(b))
	}
}

func TestWhereNobodyIsAsked(t *testing.T) {
	advised(t)
	advise = nil
	if b := Make[byte](3 * page); len(b) != 3*page || b[3*page-1] != 0 {
		t.Errorf("length %d", len(b))
	}
}

func TestGrow(t *testing.T) {
	var b []int32
	first := Grow(&b, 10)
	first[9] = 7
	if again := Grow(&b, 4); len(again) != 4 || len(b) != 4 || &again[0] != &first[0] {
		t.Errorf("another place for less: length %d", len(again))
	}
	if again := Grow(&b, 10); again[9] != 7 {
		t.Error("what was there is gone")
	}
	if more := Grow(&b, Large); len(more) != Large || len(b) != Large {
		t.Errorf("length %d", len(more))
	}
}
