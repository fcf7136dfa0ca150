// Package promise waits for a browser's promises. The page (with go-app's
// values, which its prerendering has too) and the Web Workers' program (with
// syscall/js's alone, for go-app is large) wait in the same way. It never
// blocks the browser: only the goroutine that waits.
//
// The hard case is releasing: a function that a promise may still call must not
// be released, and one that it never will must be. A promise calls exactly one
// of its two functions, once, so both go when one was called.
package promise

import "errors"

// Value is what is needed of a JavaScript value; V is the type itself.
type Value[V any] interface {
	Call(method string, args ...any) V
	Truthy() bool
	String() string
}

// Func is a function of Go that JavaScript can call.
type Func interface{ Release() }

// Await blocks the calling goroutine, which must not be the browser's own or
// that of a callback, until a promise is settled. funcOf is the values' FuncOf.
// The error is what the promise was rejected with, in words.
func Await[V Value[V], F Func](promise V, funcOf func(func(this V, args []V) any) F) (V, error) {
	type settled struct {
		value V
		err   error
	}
	done := make(chan settled, 1)
	kept := funcOf(func(_ V, args []V) any {
		s := settled{}
		if len(args) > 0 {
			s.value = args[0]
		}
		done <- s
		return nil
	})
	defer kept.Release()
	broken := funcOf(func(_ V, args []V) any {
		s := settled{err: errors.New("rejected")}
		if len(args) > 0 && args[0].Truthy() {
			s.err = errors.New(args[0].Call("toString").String())
		}
		done <- s
		return nil
	})
	defer broken.Release()
	promise.Call("then", kept, broken)
	s := <-done
	return s.value, s.err
}
