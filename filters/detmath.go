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
	const (
		f3  = 2 * 3
		f5  = f3 * 4 * 5
		f7  = f5 * 6 * 7
		f9  = f7 * 8 * 9
		f11 = f9 * 10 * 11
		f13 = f11 * 12 * 13
		f15 = f13 * 14 * 15
		f17 = f15 * 16 * 17
		f19 = f17 * 18 * 19
	)
	square := float64(t * t)
	sum := float64(-1.0/f19*square) + 1.0/f17
	sum = float64(sum*square) - 1.0/f15
	sum = float64(sum*square) + 1.0/f13
	sum = float64(sum*square) - 1.0/f11
	sum = float64(sum*square) + 1.0/f9
	sum = float64(sum*square) - 1.0/f7
	sum = float64(sum*square) + 1.0/f5
	sum = float64(sum*square) - 1.0/f3
	return t + float64(t*float64(sum*square))
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
