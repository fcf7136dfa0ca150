// Command pack compresses files for the embedded web folder: FILE becomes
// FILE.br and FILE.gz beside it, and FILE itself is removed. Browsers take
// brotli over HTTPS and on localhost, but only gzip on a plain-http LAN
// address, so both are needed.
//
// What is built to be tried is wanted at once: brotli's quick levels do. -best
// is for what others download: it takes FILE from FILE.gz where FILE has been
// packed before.
//
// usage: pack [-best] FILE...
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/andybalholm/brotli"
)

// The levels of brotli. 10 and up search for the best parse: a tenth smaller
// than 9, and some twenty times slower.
const (
	quick = 5
	best  = 10
)

func main() {
	level := quick
	flag.BoolFunc("best", "as small as can be, which takes a minute", func(string) error { level = best; return nil })
	flag.Parse()
	for _, name := range flag.Args() {
		if err := pack(name, level); err != nil {
			fmt.Fprintln(os.Stderr, "pack:", err)
			os.Exit(1)
		}
	}
}

func pack(name string, level int) error {
	data, err := read(name)
	if err != nil {
		return err
	}
	err = compress(name+".br", data, func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: level, LGWin: 24}), nil
	})
	if err != nil {
		return err
	}
	err = compress(name+".gz", data, func(w io.Writer) (io.WriteCloser, error) {
		return gzip.NewWriterLevel(w, gzip.BestCompression)
	})
	if err != nil {
		return err
	}
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// read reads a file, or what it was before it was packed.
func read(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	packed, err := os.ReadFile(name + ".gz")
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func compress(name string, data []byte, with func(io.Writer) (io.WriteCloser, error)) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := with(f)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}
