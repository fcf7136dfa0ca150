package main

import (
	"math/rand/v2"
	"testing"
)

// Among equals a winner is named in 6 of 100 comparisons at most, whatever the
// noise and however many are compared: 5 are what the level allows, and one is the
// simulation's own scatter.
func TestFalseWinners(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, kind := range noises() {
		for _, equals := range [][]float64{{1, 1}, {1, 1, 1}, {1, 1, 1, 1, 1}} {
			for _, rounds := range []int{3, 5} {
				if got := rate(r, 16000/(len(equals)*(len(equals)-1)), kind, rounds, equals...).winner; got > 0.06 {
					t.Errorf("%s, %d equals, %d rounds: a winner in %.1f %%", kind.name, len(equals), rounds, 100*got)
				}
			}
		}
	}
}

// Fewer than three rounds never name a winner, nor call anything equal.
func TestOneOrTwoRoundsNameNobody(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, kind := range noises() {
		for rounds := 1; rounds <= 2; rounds++ {
			if got := rate(r, 200, kind, rounds, 1, 3, 1); got.winner != 0 || got.equal != 0 {
				t.Errorf("%s, %d rounds: %+v", kind.name, rounds, got)
			}
		}
	}
}

// A judgement that never says anything would pass the test above it.
func TestDifferencesAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for _, kind := range noises()[:2] {
		if got := rate(r, 500, kind, 5, 1, 1.5).first; got < 0.95 {
			t.Errorf("%s: half as long again is found in %.0f %%", kind.name, 100*got)
		}
	}
	if got := rate(r, 500, noises()[0], 15, 1, 1).equal; got < 0.9 {
		t.Errorf("equals with little noise are called so in %.0f %%", 100*got)
	}
}
