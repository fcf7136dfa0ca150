//go:build js && wasm

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"carriles/executor/codec"
	"carriles/executor/crew"
)

// outputs are the finished images of a contest, in the agent's memory. Only those
// that will be shown stay when they have been looked at: one of each photograph.
type outputs struct {
	shown int // the first tasks, of which each has a photograph of its own

	named int
	held  map[string]output
	dec   codec.Decoder
}

type output struct {
	task   int
	format codec.Format
	data   []byte
}

// Commit implements contest.Outputs.
func (o *outputs) Commit(done crew.Outcome) (string, error) {
	o.named++
	name := strconv.Itoa(o.named)
	o.held[name] = output{task: done.Task.Index, format: done.Format, data: done.Output.Data}
	return name, nil
}

// Look implements contest.Outputs.
func (o *outputs) Look(_ context.Context, name string, known map[string]string) (hash, digest string, err error) {
	out := o.held[name]
	sum := sha256.Sum256(out.data)
	hash = hex.EncodeToString(sum[:])
	if digest = known[hash]; digest == "" {
		img, _, err := o.dec.Decode(out.data)
		if err != nil {
			return "", "", fmt.Errorf("image %d: %w", out.task, err)
		}
		pixels := codec.Digest(img)
		digest = hex.EncodeToString(pixels[:])
	}
	if out.task >= o.shown {
		o.Discard(name)
	}
	return hash, digest, nil
}

// Discard implements contest.Outputs.
func (o *outputs) Discard(name string) { delete(o.held, name) }
