package analysis

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"carriles/executor/batch/result"
)

// timesOf gives three samples at each number of workers, whose median follows
// a law: 8 s with one worker.
func timesOf(l law, workers []int) [][]float64 {
	seconds := make([][]float64, len(workers))
	for i, n := range workers {
		t := 8 / l.at(float64(n))
		seconds[i] = []float64{t * 1.3, t, t * 0.9}
	}
	return seconds
}

func ascending(n int) []int {
	workers := make([]int, n)
	for i := range workers {
		workers[i] = i + 1
	}
	return workers
}

// Points that a law gave have that law's parameters: to 9 digits, since the
// sum of squares is 0 there and nothing but rounding is left.
func TestFitScalingRecovers(t *testing.T) {
	tests := []struct {
		name        string
		law         law
		workers     []int
		peak, limit float64 // of the Universal Scalability Law, by hand
	}{
		{"perfect", law{0, 0}, ascending(4), 0, 0},
		{"a tenth is serial", law{0.1, 0}, ascending(8), 0, 10},
		{"half is serial, few points", law{0.5, 0}, []int{1, 2, 4, 16}, 0, 2},
		{"all is serial", law{1, 0}, ascending(4), 0, 1},
		{"contention and coherency", law{0.04, 0.006}, ascending(16), math.Sqrt(160), 0},
		{"coherency alone", law{0, 0.01}, ascending(5), 10, 0},
		{"peak between two points", law{0.2, 0.05}, []int{1, 2, 4, 8, 16}, 4, 0},
		{"slower with each worker", law{0.5, 2}, ascending(4), 1, 0},
		{"all is serial, and coherency", law{1, 0.1}, ascending(6), 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fits := FitScaling(tt.workers, timesOf(tt.law, tt.workers))
			if fits.Amdahl == nil || fits.USL == nil || fits.Why.ES+fits.Why.EN != "" {
				t.Fatalf("a fit is missing: %+v", fits)
			}
			usl := fits.USL
			if !near(usl.Serial, tt.law.sigma) || !near(usl.Coherency, tt.law.kappa) ||
				math.Abs(usl.Peak-tt.peak) > 1e-6 || math.Abs(usl.Limit-tt.limit) > 1e-6 {
				t.Errorf("got %+v", usl)
			}
			if varies := tt.law != (law{1, 0}); varies && !near(usl.R2, 1) || !varies && usl.R2 != 0 {
				t.Errorf("R2 %g", usl.R2)
			}
			for i, n := range tt.workers {
				if s := tt.law.at(float64(n)); !near(usl.Fitted[i], s) || math.Abs(usl.Residuals[i]) > 1e-8 {
					t.Errorf("%d workers: %g, residual %g; want %g", n, usl.Fitted[i], usl.Residuals[i], s)
				}
			}
			if a := fits.Amdahl; a.Coherency != 0 || a.Peak != 0 {
				t.Errorf("Amdahl's law with coherency: %+v", a)
			}
			if a := fits.Amdahl; tt.law.kappa == 0 && (!near(a.Serial, tt.law.sigma) || math.Abs(a.Limit-tt.limit) > 1e-6) {
				t.Errorf("Amdahl's law: %+v", a)
			}
		})
	}
}

// By hand: 1, 2 and 4 workers with speedups 1, 2 and 3. Amdahl's sum of squares
// (2 - 2/(1+s))^2 + (3 - 4/(1+3s))^2 has its derivative 0 at s = 0.1046, with
// fitted speedups 1.8106 and 3.0446.
func TestFitScalingByHand(t *testing.T) {
	fits := FitScaling([]int{1, 2, 4}, [][]float64{{6}, {3}, {2}})
	if fits.USL != nil || fits.Why.ES == "" || fits.Why.EN == "" {
		t.Errorf("three points for two parameters and the base: %+v", fits)
	}
	a := fits.Amdahl
	if a == nil {
		t.Fatal("no fit")
	}
	derivative := func(s float64) float64 {
		return 2*(2-2/(1+s))*2/(1+s)/(1+s) + 2*(3-4/(1+3*s))*12/(1+3*s)/(1+3*s)
	}
	if math.Abs(derivative(a.Serial)) > 1e-6 || math.Abs(a.Serial-0.1046) > 1e-4 || !near(a.Limit, 1/a.Serial) {
		t.Errorf("got %+v", a)
	}
	// Total 2 about the mean 2; residuals 0, 0.1894 and -0.0446.
	if math.Abs(a.R2-(1-(0.1894*0.1894+0.0446*0.0446)/2)) > 1e-3 || math.Abs(a.Residuals[1]-0.1894) > 1e-3 || math.Abs(a.Residuals[2]+0.0446) > 1e-3 {
		t.Errorf("got %+v", a)
	}
}

func TestFitScalingLimits(t *testing.T) {
	// Twice as fast as so many workers can be: caches, or a bad base.
	super := FitScaling([]int{1, 2, 3, 4}, [][]float64{{8}, {2}, {1.4}, {1}})
	for _, f := range []*result.ScalingFit{super.Amdahl, super.USL} {
		if f.Serial != 0 || f.Coherency != 0 || f.Limit != 0 || f.Peak != 0 || !near(f.Residuals[1], 2) || !near(f.Residuals[3], 4) {
			t.Errorf("super-linear: %+v", f)
		}
	}
	for _, tt := range []struct {
		name    string
		workers []int
		seconds [][]float64
	}{
		{"nothing", nil, nil},
		{"one point", []int{1}, [][]float64{{1}}},
		{"two points", []int{1, 2}, [][]float64{{2}, {1}}},
		{"without 1 worker", []int{2, 3, 4, 5}, [][]float64{{4}, {3}, {2}, {1}}},
		{"descending", []int{1, 3, 2, 4}, [][]float64{{4}, {3}, {2}, {1}}},
		{"one twice", []int{1, 2, 2, 4}, [][]float64{{4}, {3}, {2}, {1}}},
		{"unequal", []int{1, 2, 3, 4}, [][]float64{{4}, {3}, {2}}},
		{"a point without samples", []int{1, 2, 3, 4}, [][]float64{{4}, {3}, nil, {1}}},
		{"a base without samples", []int{1, 2, 3, 4}, [][]float64{nil, {3}, {2}, {1}}},
		{"a zero", []int{1, 2, 3, 4}, [][]float64{{4}, {3, 0, 3}, {2}, {1}}},
		{"negative", []int{1, 2, 3, 4}, [][]float64{{-4}, {3}, {2}, {1}}},
		{"NaN", []int{1, 2, 3, 4}, [][]float64{{4}, {3}, {nan}, {1}}},
		{"infinite", []int{1, 2, 3, 4}, [][]float64{{4}, {3}, {2}, {inf}}},
		{"speedups that overflow", []int{1, 2, 3, 4}, [][]float64{{1e200}, {1}, {1}, {1}}},
		{"speedups that vanish", []int{1, 2, 3, 4}, [][]float64{{1e-200}, {1}, {1}, {1}}},
	} {
		fits := FitScaling(tt.workers, tt.seconds)
		if fits.Amdahl != nil || fits.USL != nil || fits.Why.ES == "" || fits.Why.EN == "" {
			t.Errorf("%s: %+v", tt.name, fits)
		}
	}
}

// With 10 % of noise on the times the parameters scatter, but about the truth:
// half of the experiments find more, half less, and the middle half lies close.
// The seed is fixed; the bounds are some standard errors of 400 experiments.
func TestFitScalingUnderNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	truth, workers := law{0.08, 0.004}, ascending(16)
	var sigmas, kappas []float64
	for range 400 {
		seconds := make([][]float64, len(workers))
		for i, n := range workers {
			for range 5 {
				seconds[i] = append(seconds[i], 8/truth.at(float64(n))*math.Exp(r.NormFloat64()*0.1))
			}
		}
		fits := FitScaling(workers, seconds)
		sigmas, kappas = append(sigmas, fits.USL.Serial), append(kappas, fits.USL.Coherency)
		if fits.USL.R2 < fits.Amdahl.R2 {
			t.Fatalf("with one parameter more it fits worse: %g, %g", fits.USL.R2, fits.Amdahl.R2)
		}
	}
	s, k := SpreadOf(sigmas), SpreadOf(kappas)
	if math.Abs(s.Median-truth.sigma) > 0.005 || s.Q1 < 0.05 || s.Q3 > 0.11 {
		t.Errorf("sigma %+v", s)
	}
	if math.Abs(k.Median-truth.kappa) > 0.0003 || k.Q1 < 0.003 || k.Q3 > 0.005 {
		t.Errorf("kappa %+v", k)
	}
}

// No pair of parameters on a fine grid has a lower sum of squares, whatever the
// speedups.
func TestLeastSquaresAgainstAGrid(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		points := []point{{1, 1}}
		truth, noise := law{r.Float64(), r.Float64() * 0.1}, r.Float64()
		for n := 2.0; len(points) < 4+r.IntN(5); n += float64(1 + r.IntN(4)) {
			points = append(points, point{n, truth.at(n) * math.Exp(r.NormFloat64()*noise)})
		}
		checkLeast(t, points)
	}
	// With two valleys: a single descent ends in the higher one.
	checkLeast(t, []point{{1, 1}, {2, 2.5}, {4, 0.433}, {8, 1.609}})
	checkLeast(t, []point{{1, 1}, {2, 2.005}, {4, 3.061}, {7, 0.382}, {8, 1.038}, {21, 2.525}, {33, 0.441}})
	checkLeast(t, []point{{1, 1}, {2, 1.554}, {4, 0.908}, {5, 0.408}, {11, 0.741}, {27, 0.464}, {49, 0.346}})
}

func checkLeast(t *testing.T, points []point) {
	t.Helper()
	for _, coherent := range []bool{false, true} {
		got := leastSquares(points, coherent)
		sum := got.squares(points)
		for i := range 101 {
			for k := range 61 {
				l := law{float64(i) / 100, math.Pow(10, float64(k)/10-5)}
				if !coherent {
					l.kappa = 0
				}
				if l.squares(points) < sum-1e-9*(1+sum) {
					t.Fatalf("%v: %+v has %g, %+v has %g", points, got, sum, l, l.squares(points))
				}
			}
		}
	}
}

func TestFitScalingIsFiniteForAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 3000 {
		workers, seconds := []int{1}, [][]float64{{math.Exp(r.NormFloat64() * 100)}}
		for n := 1; len(workers) < 4+r.IntN(6); {
			n += 1 + r.IntN(1<<r.IntN(12))
			workers = append(workers, n)
			seconds = append(seconds, []float64{seconds[0][0] * math.Exp(r.NormFloat64()*math.Pow(10, r.Float64()*3-1))})
		}
		fits := FitScaling(workers, seconds)
		if _, err := json.Marshal(fits); err != nil {
			t.Fatalf("%v %v: %v", workers, seconds, err)
		}
		for _, f := range []*result.ScalingFit{fits.Amdahl, fits.USL} {
			if f != nil && (f.Serial < 0 || f.Serial > 1 || f.Coherency < 0 || f.R2 > 1 || len(f.Fitted) != len(workers) || len(f.Residuals) != len(workers)) {
				t.Fatalf("%v %v: %+v", workers, seconds, f)
			}
		}
	}
}
