// Package e2e tests the built binary as a class uses it: a real Chromium opens
// the page, on loopback and on a plain-http address, and clicks. It has only
// tests; CARRILES_SKIP_BROWSER=1 leaves them out.
package e2e
