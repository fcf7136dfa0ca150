package runs

import (
	"crypto/rand"
	"strings"
)

// NewID makes a short name that is not guessed and does not repeat: 50 bits.
func NewID() string { return strings.ToLower(rand.Text()[:10]) }
