package jpeg

import (
	"encoding/binary"
	"image"
)

// appendHeader appends all that is before the entropy-coded data.
func (e *Encoder) appendHeader(dst []byte, size image.Point, components int, profile []byte) []byte {
	tables := min(components, 2)
	dst = append(dst, 0xff, startOfImage)

	// JFIF 1.01, of which pixels are square and of no known size, with no
	// thumbnail.
	dst = appendMarker(dst, app0, 14)
	dst = append(dst, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"...)

	dst = appendProfile(dst, profile)

	dst = appendMarker(dst, quantisations, tables*65)
	for i := range tables {
		dst = append(dst, byte(i))
		for _, place := range zigzag {
			dst = append(dst, e.tables[i][place])
		}
	}

	dst = appendMarker(dst, baselineFrame, 6+3*components)
	dst = append(dst, 8)
	dst = binary.BigEndian.AppendUint16(dst, uint16(size.Y))
	dst = binary.BigEndian.AppendUint16(dst, uint16(size.X))
	dst = append(dst, byte(components))
	for i := range components {
		sampling := byte(0x11)
		if i == 0 && components == 3 {
			sampling = 0x22
		}
		dst = append(dst, byte(i+1), sampling, byte(min(i, 1)))
	}

	length := 0
	for class := range standardHuffman {
		for _, spec := range standardHuffman[class][:tables] {
			length += 17 + len(spec.symbols)
		}
	}
	dst = appendMarker(dst, huffmanTables, length)
	for i := range tables {
		for class := range standardHuffman {
			spec := &standardHuffman[class][i]
			dst = append(dst, byte(class<<4|i))
			dst = append(dst, spec.counts[:]...)
			dst = append(dst, spec.symbols...)
		}
	}

	dst = appendMarker(dst, startOfScan, 4+2*components)
	dst = append(dst, byte(components))
	for i := range components {
		table := byte(min(i, 1))
		dst = append(dst, byte(i+1), table<<4|table)
	}
	// All 64 coefficients, in one scan, with all their bits.
	return append(dst, 0, 63, 0)
}

// appendMarker appends a marker and the length of what follows it, which counts
// its own two bytes.
func appendMarker(dst []byte, marker byte, length int) []byte {
	dst = append(dst, 0xff, marker)
	return binary.BigEndian.AppendUint16(dst, uint16(2+length))
}

// appendProfile appends an ICC profile in as many segments as it takes
// (ICC.1:2010, B.4). One that takes more than can be numbered is left out.
func appendProfile(dst, profile []byte) []byte {
	const most = 1<<16 - 1 - 2 - 14
	count := ceil(len(profile), most)
	if count > 255 {
		return dst
	}
	for i := range count {
		part := profile[i*most : min((i+1)*most, len(profile))]
		dst = appendMarker(dst, app2, 14+len(part))
		dst = append(dst, "ICC_PROFILE\x00"...)
		dst = append(dst, byte(i+1), byte(count))
		dst = append(dst, part...)
	}
	return dst
}
