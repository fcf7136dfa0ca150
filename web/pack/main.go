// Command pack compresses files for the embedded web folder: FILE becomes
// FILE.br and FILE.gz beside it, and FILE itself is removed. Browsers take
// brotli over HTTPS and on localhost, but only gzip on a plain-http LAN
// address, so both are needed.
//
// usage: pack FILE...
package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"

	"github.com/andybalholm/brotli"
)

func main() {
	for _, name := range os.Args[1:] {
		if err := pack(name); err != nil {
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
	// Level 10 and up search for the best parse: a tenth smaller than 9, and
	// some twenty times slower, which is paid only when the page has changed.
	err = compress(name+".br", data, func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: 10, LGWin: 24}), nil
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
	return os.Remove(name)
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
