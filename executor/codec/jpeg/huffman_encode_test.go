package jpeg

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestEncodeTable: codes as T.81 prints them (tables K.3 to K.6), with the zeros
// of a size to the right.
func TestEncodeTable(t *testing.T) {
	for _, c := range []struct {
		table  *encodeTable
		symbol uint8
		code   uint64
		length int
	}{
		{dcCodes[0], 0, 0b00, 2},
		{dcCodes[0], 1, 0b010_0, 3 + 1},
		{dcCodes[0], 11, 0b111111110 << 11, 9 + 11},
		{dcCodes[1], 0, 0b00, 2},
		{dcCodes[1], 11, 0b11111111110 << 11, 11 + 11},
		{acCodes[0], endOfBlock, 0b1010, 4},
		{acCodes[0], sixteenZeros, 0b11111111001, 11},
		{acCodes[0], 0x01, 0b00_0, 2 + 1},
		{acCodes[0], 0xfa, 0b1111111111111110 << 10, 16 + 10},
		{acCodes[1], endOfBlock, 0b00, 2},
		{acCodes[1], sixteenZeros, 0b1111111010, 10},
		{acCodes[1], 0xfa, 0b1111111111111110 << 10, 16 + 10},
	} {
		if code, length := c.table[c.symbol].split(); code != c.code || length != c.length {
			t.Errorf("symbol %#x: %b of %d bits, want %b of %d", c.symbol, code, length, c.code, c.length)
		}
	}
}

// slowBits writes bit by bit.
type slowBits []byte // of '0' and '1'

func (s *slowBits) put(code uint64, length int) {
	for i := length - 1; i >= 0; i-- {
		*s = append(*s, '0'+byte(code>>i&1))
	}
}

// slowBlock is T.81, F.1.2 word for word.
func (s *slowBits) slowBlock(natural *[64]int16, dc, ac *encodeTable, last int32) {
	value := func(t *encodeTable, run int, v int32) {
		size, most := 0, int32(0)
		for v > most || -v > most {
			size++
			most = 1<<size - 1
		}
		if v < 0 {
			v += most
		}
		code, length := t[run<<4|size].split()
		s.put(code+uint64(v), length)
	}
	value(dc, 0, int32(natural[0])-last)
	run := 0
	for _, place := range zigzag[1:] {
		if natural[place] == 0 {
			run++
			continue
		}
		for ; run > 15; run -= 16 {
			s.put(ac[sixteenZeros].split())
		}
		value(ac, run, int32(natural[place]))
		run = 0
	}
	if run > 0 {
		s.put(ac[endOfBlock].split())
	}
}

// bytes fills up with ones and puts a zero after each 255.
func (s slowBits) bytes() (out []byte) {
	for len(s)%8 != 0 {
		s = append(s, '1')
	}
	for ; len(s) > 0; s = s[8:] {
		b := byte(0)
		for _, bit := range s[:8] {
			b = b<<1 | bit&1
		}
		if out = append(out, b); b == 255 {
			out = append(out, 0)
		}
	}
	return out
}

// TestBitWriter writes random blocks, from empty ones to those with the longest
// codes, at random places in the buffer.
func TestBitWriter(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for round := range 400 {
		var w bitWriter
		var slow slowBits
		var out []byte
		last := int32(0)
		dense, large := r.IntN(65), 1+r.IntN(1023)
		table := round % 2
		for block := range 25 {
			var natural [64]int16
			var p pair
			mask := uint64(0)
			for i := range natural {
				if dense == 64 || r.IntN(64) < dense || i == 0 && block%2 == 0 {
					v := int16(r.IntN(2*large+1) - large)
					if round%5 == 0 && v < 0 {
						v = -1023
					}
					natural[i] = v
					p[i%8*16+block%2*8+i/8] = v
					if v != 0 {
						mask |= 1 << i
					}
				}
			}
			slow.slowBlock(&natural, dcCodes[table], acCodes[table], last)
			last = w.block(&p, block%2, mask, dcCodes[table], acCodes[table], last)
			if w.at > flushAt || r.IntN(9) == 0 {
				out = w.flush(out)
			}
		}
		if got, want := w.end(out), slow.bytes(); !bytes.Equal(got, want) {
			t.Fatalf("round %d: %d bytes\n%x\nwant %d\n%x", round, len(got), got, len(want), want)
		}
	}
}

// TestLongestBlock: the longest block there is fits behind flushAt.
func TestLongestBlock(t *testing.T) {
	var p pair
	for i := range p {
		p[i] = -1023
	}
	var w bitWriter
	w.used, w.at = 64, flushAt
	w.block(&p, 0, 1<<64-1, dcCodes[0], acCodes[0], 1024)
	if w.at < flushAt+200 || w.at > len(w.buf) {
		t.Errorf("from %d to %d of %d", flushAt, w.at, len(w.buf))
	}
}

func TestStuffing(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for round := range 3000 {
		src := make([]byte, r.IntN(60))
		for i := range src {
			if src[i] = byte(r.Uint32()); r.IntN(20) < round%21 {
				src[i] = 255 - byte(r.IntN(3)/2)
			}
		}
		want := []byte("before")
		for _, b := range src {
			if want = append(want, b); b == 255 {
				want = append(want, 0)
			}
		}
		if got := appendStuffed([]byte("before"), src); !bytes.Equal(got, want) {
			t.Fatalf("%x: %x, want %x", src, got, want)
		}
	}
}
