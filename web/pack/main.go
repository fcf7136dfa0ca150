// Command pack compresses files for the embedded web folder: FILE becomes
// FILE.br and FILE.gz beside it, and FILE itself is removed. Browsers take
// brotli over HTTPS and on localhost, but only gzip on a plain-http LAN
// address, so gzip is always at its best, and brotli with -best only: that
// takes twenty times as long as all the rest, and whoever tries a change on
// localhost would wait for it. What is packed already is left as it is.
//
// With -best FILE.br is made anew, from FILE.gz.
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
	"time"

	"github.com/andybalholm/brotli"
)

// The levels of brotli. From 10 up it searches for the best parse: a tenth smaller
// than 9. At 4 a page's program takes a third of a second, and is smaller than gzip's.
const (
	quick = 4
	best  = 10
)

func main() {
	again := flag.Bool("best", false, "make FILE.br anew at the highest level, from FILE.gz")
	flag.Parse()
	do := pack
	if *again {
		do = packBest
	}
	for _, name := range flag.Args() {
		if err := do(name); err != nil {
			fmt.Fprintln(os.Stderr, "pack:", err)
			os.Exit(1)
		}
	}
}

func pack(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	packed, err := unpack(name)
	switch {
	case err == nil && bytes.Equal(packed, data) && exists(name+".br"):
		now := time.Now() // make looks at it
		err = os.Chtimes(name+".gz", now, now)
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, gzip.ErrHeader) && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	default:
		if err = compressBrotli(name, data, quick); err == nil {
			err = compress(name+".gz", data, func(w io.Writer) (io.WriteCloser, error) {
				return gzip.NewWriterLevel(w, gzip.BestCompression)
			})
		}
	}
	if err != nil {
		return err
	}
	return os.Remove(name)
}

func packBest(name string) error {
	data, err := unpack(name)
	if err != nil {
		return err
	}
	return compressBrotli(name, data, best)
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// unpack reads FILE.gz.
func unpack(name string) ([]byte, error) {
	f, err := os.Open(name + ".gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func compressBrotli(name string, data []byte, level int) error {
	return compress(name+".br", data, func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: level, LGWin: 24}), nil
	})
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
