package process

import "crypto/rand"

// newCookie makes a secret that a child and its parent share.
func newCookie() string { return rand.Text() }
