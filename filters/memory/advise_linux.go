package memory

import "golang.org/x/sys/unix"

// advise asks for large pages (transparent huge pages, by madvise(2)). A kernel
// that has none, or whose administrator wants none, keeps to small ones.
var advise = func(b []byte) { _ = unix.Madvise(b, unix.MADV_HUGEPAGE) }
