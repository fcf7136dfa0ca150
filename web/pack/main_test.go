package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// What is packed is the file in both encodings; the best is smaller; and what has not
// changed is not packed again.
func TestPack(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.wasm")
	data := []byte(strings.Repeat("the quick brown fox jumps over the lazy dog, and the dog sleeps on; ", 400))
	for i := range data {
		data[i] += byte(i % 7 * (i / 999))
	}
	size := map[string]int{}
	read := func(step string) {
		t.Helper()
		br, err := os.ReadFile(name + ".br")
		if err != nil {
			t.Fatal(err)
		}
		size[step] = len(br)
		unbrotlied, err := io.ReadAll(brotli.NewReader(bytes.NewReader(br)))
		if err != nil || !bytes.Equal(unbrotlied, data) {
			t.Errorf("%s: brotli gives something else, %v", step, err)
		}
		unzipped, err := unpack(name)
		if err != nil || !bytes.Equal(unzipped, data) {
			t.Errorf("%s: gzip gives something else, %v", step, err)
		}
	}
	packing := func(step string, do func(string) error) {
		t.Helper()
		if err := do(name); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		read(step)
	}
	write := func() {
		t.Helper()
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write()
	packing("first", pack)
	if _, err := os.Stat(name); err == nil {
		t.Error("the file itself is left")
	}
	packing("best", packBest)
	if size["best"] >= size["first"] {
		t.Errorf("%d bytes at the highest level, %d at the quick one", size["best"], size["first"])
	}
	write()
	packing("the same again", pack)
	if size["the same again"] != size["best"] {
		t.Error("what has not changed is packed again")
	}
	data[0]++
	write()
	packing("another", pack)
	if size["another"] == size["best"] {
		t.Error("what has changed is not packed again")
	}
	if err := os.WriteFile(name+".gz", []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	write()
	packing("over half a file", pack)
}
