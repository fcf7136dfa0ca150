package filter

import "carriles/filters/memory"

// Scratch is the temporary memory of one worker's kernels. It grows to the
// largest request and is then reused; it must not be shared by two goroutines.
// The zero value is ready.
type Scratch struct {
	// Yield, if not nil, is called by kernels now and then: between two strips of
	// rows, where their work can be interrupted.
	Yield func()

	bytes   [scratchSlots][]byte
	int16s  [scratchSlots][]int16
	uint16s [scratchSlots][]uint16
	int32s  [scratchSlots][]int32
	uint64s [scratchSlots][]uint64
	floats  [scratchSlots][]float64
	rows    [scratchSlots][][]uint64
}

// scratchSlots is how many buffers of one type a kernel may hold at a time.
const scratchSlots = 8

// stripRows is after how many rows a kernel can be interrupted: fewer than a
// millisecond's, as a rule.
const stripRows = 16

// Row is told of each row that a kernel goes on to.
func (s *Scratch) Row(y int) {
	if s.Yield != nil && y%stripRows == 0 {
		s.Yield()
	}
}

// Bytes returns buffer number slot with n elements, whose contents are
// whatever the last user left there.
func (s *Scratch) Bytes(slot, n int) []byte { return memory.Grow(&s.bytes[slot], n) }

// Int16s is Bytes for int16.
func (s *Scratch) Int16s(slot, n int) []int16 { return memory.Grow(&s.int16s[slot], n) }

// Uint16s is Bytes for uint16.
func (s *Scratch) Uint16s(slot, n int) []uint16 { return memory.Grow(&s.uint16s[slot], n) }

// Int32s is Bytes for int32.
func (s *Scratch) Int32s(slot, n int) []int32 { return memory.Grow(&s.int32s[slot], n) }

// Uint64s is Bytes for uint64.
func (s *Scratch) Uint64s(slot, n int) []uint64 { return memory.Grow(&s.uint64s[slot], n) }

// Float64s is Bytes for float64.
func (s *Scratch) Float64s(slot, n int) []float64 { return memory.Grow(&s.floats[slot], n) }

// Rows is Bytes for rows of uint64.
func (s *Scratch) Rows(slot, n int) [][]uint64 {
	if cap(s.rows[slot]) < n {
		s.rows[slot] = make([][]uint64, n)
	}
	return s.rows[slot][:n]
}

// KeepInt32s gives a buffer that append has moved back to its slot, so that
// the next Int32s finds the larger one.
func (s *Scratch) KeepInt32s(slot int, b []int32) {
	if cap(b) > cap(s.int32s[slot]) {
		s.int32s[slot] = b
	}
}
