//go:build !linux

package memory

// advise is nil: nobody is asked.
var advise func(b []byte)
