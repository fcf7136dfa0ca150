package analysis

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
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
		peak, limit float64 // of the Universal Scalability Law, by hand, on 16 cores
	}{
		// Without a serial part it rises as far as it is believed: twice as many as
		// were measured, or the cores.
		{"perfect", law{0, 0}, ascending(4), 8, 8},
		{"a tenth is serial", law{0.1, 0}, ascending(8), 16, 10},
		{"half is serial, few points", law{0.5, 0}, []int{1, 2, 4, 16}, 16, 2},
		// At sqrt(0.96/0.006) = 12.6: 12 have 12/2.232 = 5.376, 13 have 13/2.416 = 5.381.
		{"contention and coherency", law{0.04, 0.006}, ascending(16), 13, 0},
		{"coherency alone", law{0, 0.01}, ascending(5), 10, 0},
		{"peak between two points", law{0.2, 0.05}, []int{1, 2, 4, 8, 16}, 4, 0},
		{"slower with each worker", law{0.5, 2}, ascending(4), 1, 0},
		{"all is serial, and coherency", law{1, 0.1}, ascending(6), 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fits := FitScaling(tt.workers, timesOf(tt.law, tt.workers), 16)
			// What falls again is not Amdahl's, and then it is said.
			if fits.USL == nil || (fits.Amdahl == nil) != (fits.Why.EN != "") || tt.law.kappa == 0 && fits.Amdahl == nil {
				t.Fatalf("a fit is missing: %+v", fits)
			}
			usl := fits.USL
			if !near(usl.Serial, tt.law.sigma) || !near(usl.Coherency, tt.law.kappa) ||
				math.Abs(usl.Peak-tt.peak) > 1e-6 || math.Abs(usl.Limit-tt.limit) > 1e-6 {
				t.Errorf("got %+v", usl)
			}
			if !near(usl.R2, 1) {
				t.Errorf("R2 %g", usl.R2)
			}
			for i, n := range tt.workers {
				if s := tt.law.at(float64(n)); !near(usl.Fitted[i], s) || math.Abs(usl.Residuals[i]) > 1e-8 {
					t.Errorf("%d workers: %g, residual %g; want %g", n, usl.Fitted[i], usl.Residuals[i], s)
				}
			}
			if a := fits.Amdahl; a != nil && a.Coherency != 0 {
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
	fits := FitScaling([]int{1, 2, 4}, [][]float64{{6}, {3}, {2}}, 16)
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
	if math.Abs(derivative(a.Serial)) > 1e-6 || math.Abs(a.Serial-0.1046) > 1e-4 || a.Limit != 8 || a.Reach != 8 || a.Intervals != nil {
		t.Errorf("got %+v", a)
	}
	// Total 2 about the mean 2; residuals 0, 0.1894 and -0.0446.
	if math.Abs(a.R2-(1-(0.1894*0.1894+0.0446*0.0446)/2)) > 1e-3 || math.Abs(a.Residuals[1]-0.1894) > 1e-3 || math.Abs(a.Residuals[2]+0.0446) > 1e-3 {
		t.Errorf("got %+v", a)
	}
}

func TestFitScalingLimits(t *testing.T) {
	// Twice as fast as so many workers can be: caches, or a bad base.
	workers, seconds := []int{1, 2, 3, 4}, [][]float64{{8}, {2}, {1.4}, {1}}
	if super := FitScaling(workers, seconds, 4); super.Amdahl != nil || super.USL != nil || super.Why.EN == "" {
		t.Errorf("super-linear: %+v is no law of it", super)
	}
	points, _ := speedups(workers, seconds)
	super := fitted(points)
	for _, f := range []*result.ScalingFit{fitOf(points, super.amdahl, 4), fitOf(points, super.usl, 4)} {
		if f.Serial != 0 || f.Coherency != 0 || f.Limit != 4 || f.Peak != 4 || !near(f.Residuals[1], 2) || !near(f.Residuals[3], 4) {
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
		fits := FitScaling(tt.workers, tt.seconds, 8)
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
		points, _ := speedups(workers, seconds)
		fits := fitted(points)
		sigmas, kappas = append(sigmas, fits.usl.sigma), append(kappas, fits.usl.kappa)
		if usl, amdahl := fitOf(points, fits.usl, 16), fitOf(points, fits.amdahl, 16); usl.R2 < amdahl.R2 {
			t.Fatalf("with one parameter more it fits worse: %g, %g", usl.R2, amdahl.R2)
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
		fits := FitScaling(workers, seconds, math.MaxInt/2)
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

// A machine gives what its cores give. More workers than cores wait for each other,
// which no law of scaling describes: a perfect machine of two cores has speedups of
// 1, 2, 2 and 2, in which Amdahl's law by itself sees 27 % of serial work and a
// limit of 3.64, and the other law a peak at 3.5 workers.
func TestPerfectMachines(t *testing.T) {
	for _, tt := range []struct {
		cores, upTo   int
		best          int
		speedup       float64
		serial, limit float64 // of Amdahl's law; -1: there is none
		peak          float64
	}{
		{1, 4, 1, 1, -1, 0, 0},
		{2, 4, 2, 2, -1, 0, 0}, // two points carry no law
		{2, 16, 2, 2, -1, 0, 0},
		{3, 8, 3, 3, 0, 3, 3},
		{4, 8, 4, 4, 0, 4, 4},
		{8, 16, 8, 8, 0, 8, 8},
		{64, 4, 4, 4, 0, 8, 8}, // not beyond twice what was measured
	} {
		workers := ascending(tt.upTo)
		seconds := make([][]float64, tt.upTo)
		for i, n := range workers {
			seconds[i] = []float64{8 / float64(min(n, tt.cores)), 8 / float64(min(n, tt.cores)), 8 / float64(min(n, tt.cores))}
		}
		fits := FitScaling(workers, seconds, tt.cores)
		if fits.BestWorkers != tt.best || !near(fits.BestSpeedup, tt.speedup) || fits.Cores != tt.cores || len(fits.Workers) != min(tt.cores, tt.upTo) {
			t.Errorf("%d cores, up to %d: %+v", tt.cores, tt.upTo, fits)
		}
		a := fits.Amdahl
		if tt.serial < 0 {
			if a != nil || fits.USL != nil || fits.Why.EN == "" {
				t.Errorf("%d cores, up to %d: %+v", tt.cores, tt.upTo, a)
			}
			continue
		}
		for _, f := range []*result.ScalingFit{a, fits.USL} {
			if f == nil {
				if f != a && tt.cores == 3 {
					continue // three points carry the one law
				}
				t.Fatalf("%d cores, up to %d: no fit", tt.cores, tt.upTo)
			}
			if f.Serial != tt.serial || f.Limit != tt.limit || f.Peak != tt.peak || f.Coherency != 0 || !near(f.R2, 1) {
				t.Errorf("%d cores, up to %d: %+v", tt.cores, tt.upTo, f)
			}
			i := f.Intervals
			if zero := (result.Range{}); i.Serial != zero || i.Coherency != zero || i.Peak != (result.Range{Low: tt.peak, High: tt.peak}) || i.Level != 0.95 || i.Method == "" {
				t.Errorf("%d cores, up to %d: rounds without noise have %+v", tt.cores, tt.upTo, i)
			}
		}
	}
}

// A law is told where it explains what varies, and not where it does not.
func TestLawsThatDoNotDescribe(t *testing.T) {
	for _, tt := range []struct {
		name          string
		seconds       [][]float64
		cores         int
		why           string
		amdahl, usl   bool
		best          int
		fittedWorkers int
	}{
		{"up and down", [][]float64{{4}, {2}, {4}, {2}}, 4, "Amdahl's law does not describe these points (R² ", false, false, 2, 4},
		{"all is serial", [][]float64{{4}, {4}, {4}, {4}}, 4, "With more workers the time does not change: there is no curve to fit.", false, false, 1, 4},
		{"falls again", [][]float64{{8}, {4}, {4}, {4.5}}, 4, "Amdahl's law does not describe these points (R² ", false, true, 2, 4},
		{"three cores", [][]float64{{6}, {3}, {2}, {1}}, 3, "To fit the Universal Scalability Law, 4 numbers of workers up to the cores (3) are needed; there are 3.", true, false, 3, 3},
		{"cores unknown", [][]float64{{6}, {3}, {2}, {1}}, 0, "How many cores there are is not known, and up to them the laws hold.", false, false, 0, 0},
	} {
		fits := FitScaling(ascending(4), tt.seconds, tt.cores)
		if (fits.Amdahl != nil) != tt.amdahl || (fits.USL != nil) != tt.usl || !strings.HasPrefix(fits.Why.EN, tt.why) || fits.BestWorkers != tt.best || len(fits.Workers) != tt.fittedWorkers {
			t.Errorf("%s: %+v", tt.name, fits)
		}
	}
}

// The intervals hold what is true about as often as they say, with the three rounds
// that a sweep has a point: of 40 noisy sweeps over 1 to 8 workers (seeded;
// of 200 it was 187), and equal rounds have equal ones.
func TestIntervalsOfFits(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	truth, workers := law{0.1, 0}, ascending(8)
	holds := 0
	for n := range 40 {
		seconds := make([][]float64, len(workers))
		for i, n := range workers {
			for range 3 {
				seconds[i] = append(seconds[i], 8/truth.at(float64(n))*math.Exp(r.NormFloat64()*0.05))
			}
		}
		a := FitScaling(workers, seconds, 8).Amdahl
		if n == 0 {
			if again := FitScaling(workers, seconds, 8).Amdahl; *again.Intervals != *a.Intervals {
				t.Fatalf("%+v, then %+v", a.Intervals, again.Intervals)
			}
		}
		if i := a.Intervals.Serial; i.Low <= truth.sigma && truth.sigma <= i.High {
			holds++
		} else if a.Serial < i.Low || a.Serial > i.High {
			t.Errorf("%g is not within its own interval %+v", a.Serial, i)
		}
	}
	if holds < 35 {
		t.Errorf("%d of 40 intervals of 95 %% hold the truth", holds)
	}
}
