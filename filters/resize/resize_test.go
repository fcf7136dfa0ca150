package resize

import "testing"

// TestStripColumns: the rows that a result is made of take at most 4 MB, or
// 16 columns of them.
func TestStripColumns(t *testing.T) {
	for _, c := range []struct{ width, rows, want int }{
		{800, 22, 512}, {100, 22, 100}, {800, 512, 512}, {800, 1024, 256}, {800, 100_000, 16}, {5, 100_000, 5},
	} {
		if got := stripColumns(c.width, c.rows); got != c.want {
			t.Errorf("%d columns, %d rows: %d, want %d", c.width, c.rows, got, c.want)
		}
	}
}
