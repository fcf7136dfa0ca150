package device

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
)

// cache are the images that were fetched, by their digests.
type cache struct {
	keep    int64 // how many bytes
	workers Workers
	get     func(ctx context.Context, sha256 string, bytes int64) ([]byte, error)

	mu     sync.Mutex
	coming map[string]*coming // by digest: those that are here or on their way
	size   int64
}

type coming struct {
	done chan struct{}
	err  error
}

// fetch has an image be there, and tells how many bytes came for it: 0 of one that
// was there. Who waits for another's fetch is told nothing came.
func (c *cache) fetch(ctx context.Context, digest string, bytes int64) (int64, error) {
	c.mu.Lock()
	f, there := c.coming[digest]
	if !there {
		f = &coming{done: make(chan struct{})}
		c.coming[digest] = f
	}
	c.mu.Unlock()
	if there {
		select {
		case <-f.done:
			return 0, f.err
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	f.err = c.bring(ctx, digest, bytes)
	if f.err != nil {
		c.mu.Lock()
		delete(c.coming, digest) // the next one tries again
		c.mu.Unlock()
	}
	close(f.done)
	return bytes, f.err
}

func (c *cache) bring(ctx context.Context, digest string, bytes int64) error {
	data, err := c.get(ctx, digest, bytes)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != digest {
		return fmt.Errorf("what came for %s is something else", digest)
	}
	if err := c.workers.Image(digest, data); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size += bytes
	return nil
}

// prune throws all images away where there are too many. It is for when nobody
// computes.
func (c *cache) prune() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size <= c.keep {
		return
	}
	for digest, f := range c.coming {
		select {
		case <-f.done:
			c.workers.Forget(digest)
			delete(c.coming, digest)
		default:
		}
	}
	c.size = 0
}
