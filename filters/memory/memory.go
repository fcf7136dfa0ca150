// Package memory makes the large buffers of a lane: those of a picture, which
// live as long as the lane does.
//
// Memory that is touched for the first time costs a page fault for each 4 KiB:
// 8,000 for one picture of 3840x2160, and more of a new process's first image than
// computing it. Where the system has larger pages for who asks, Make asks for them.
//
// It frees nothing and counts nothing: what it makes is the garbage collector's.
package memory

import "unsafe"

// Number is what a buffer consists of.
type Number interface {
	~byte | ~int16 | ~uint16 | ~int32 | ~uint64 | ~float64
}

// Large is from how many bytes on a buffer is worth large pages.
const Large = 1 << 18

// page is the size of a large page, in bytes: that of amd64, and of arm64 with
// pages of 4 KiB. Where it is another, the system takes what fits of it.
const page = 2 << 20

// Make is make([]T, n), in large pages if that is much and the system has them.
// Such a buffer begins and ends with a page, and its capacity goes up to the end.
func Make[T Number](n int) []T {
	size := int(unsafe.Sizeof(*new(T)))
	if advise == nil || n*size < Large {
		return make([]T, n)
	}
	within := (n*size + page - 1) / page * page
	whole := make([]T, (within+page)/size) // what is never touched takes no memory
	at := int(-uintptr(unsafe.Pointer(unsafe.SliceData(whole)))%page) / size
	b := whole[at : at+within/size : at+within/size]
	advise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(b))), within))
	return b[:n]
}

// Grow gives *b n elements, in a new place if there is no room for them; they are
// whatever was there.
func Grow[T Number](b *[]T, n int) []T {
	if cap(*b) < n {
		*b = Make[T](n)
	}
	*b = (*b)[:n]
	return *b
}
