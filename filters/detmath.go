package filters

import "math"

// The kernels' weights come from the functions below and not from package
// math, because a server on amd64, a server on arm64 and a browser must give
// the same bytes. math.Exp is assembly on some of them, and even what is pure
// Go there (math.Sin) is compiled with fused multiply-adds on arm64, which
// round once where amd64 rounds twice. Here, and wherever a kernel adds a
// float product to something, the product is converted explicitly: the language
// forbids to fuse across a conversion.
//
// All are accurate to 1e-14, far more than a weight of 16 or 22 bits needs.

// expNeg returns e to the power x for x <= 0; below -700 it is 0.
func expNeg(x float64) float64 {
	if x < -700 {
		return 0
	}
	halvings := 0
	for x < -1.0/16 {
		x /= 2 // exact
		halvings++
	}
	sum, term := 1.0, 1.0
	for k := 1.0; k <= 10; k++ {
		term = float64(term*x) / k
		sum += term
	}
	for ; halvings > 0; halvings-- {
		sum = float64(sum * sum)
	}
	return sum
}

// sine returns sin(t) for |t| <= pi/2, by its series.
func sine(t float64) float64 {
	square := float64(t * t)
	sum, term := t, t
	for k := 3.0; k <= 23; k += 2 {
		term = -float64(term*square) / float64(k*(k-1))
		sum += term
	}
	return sum
}

// sinPi returns sin(pi x) for x >= 0. The reduction to a quarter turn is exact.
func sinPi(x float64) float64 {
	whole := math.Floor(x)
	part := x - whole
	if part > 0.5 {
		part = 1 - part
	}
	y := sine(float64(math.Pi * part))
	if int(whole)&1 == 1 {
		return -y
	}
	return y
}
