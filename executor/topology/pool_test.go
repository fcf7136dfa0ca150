package topology

import (
	"math"
	"runtime"
	"testing"
)

func TestPool(t *testing.T) {
	quota := func(cpus float64) Quota { return Quota{State: QuotaLimited, CPUs: cpus, Source: SourceCgroupV2} }
	none := Quota{State: QuotaNone, Source: SourceCgroupV2}
	unknown := Quota{State: QuotaUnknown, Source: SourceUnknown}

	tests := []struct {
		name              string
		physical, allowed int
		affinity          int
		source            Source // of the affinity
		quota             Quota
		workers           int
		by                string
	}{
		{"8 cores, 16 threads", 8, 8, 16, SourceOS, none, 8, LimitCores},
		{"all equal: the cores are named", 2, 2, 2, SourceOS, quota(2), 2, LimitCores},
		{"mask of 3 CPUs on 3 cores", 8, 3, 3, SourceOS, none, 3, LimitAffinity},
		{"mask of both threads of one core", 8, 1, 2, SourceOS, none, 1, LimitAffinity},
		{"mask, cores not told apart", 8, 0, 2, SourceOS, none, 2, LimitAffinity},
		{"quota of one and a half", 8, 8, 16, SourceOS, quota(1.5), 2, LimitQuota},
		{"quota of a tenth", 8, 8, 16, SourceOS, quota(0.1), 1, LimitQuota},
		{"whole quota is not rounded further", 8, 8, 16, SourceOS, quota(3), 3, LimitQuota},
		{"quota above the cores", 4, 4, 8, SourceOS, quota(6), 4, LimitCores},
		{"quota rounded up to the cores", 2, 2, 4, SourceOS, quota(1.2), 2, LimitCores},
		{"huge quota", 4, 4, 8, SourceOS, quota(1e300), 4, LimitCores},
		{"quota unknown", 4, 4, 8, SourceOS, unknown, 4, LimitCores},
		{"cores unknown", 0, 0, 6, SourceOS, none, 6, LimitAffinity},
		{"only the quota known", 0, 0, 0, SourceUnknown, quota(2), 2, LimitQuota},
		{"no mask on this system", 6, 0, 12, SourceRuntime, none, 6, LimitCores},
		{"no mask, fewer CPUs than cores", 6, 0, 4, SourceRuntime, none, 4, LimitOS},
		{"no mask, cores unknown", 0, 0, 12, SourceRuntime, unknown, 12, LimitOS},
		{"CPUID of the host: 64 cores on a machine of 4 CPUs", 64, 0, 4, SourceOS, none, 4, LimitAffinity},
		{"nothing known", 0, 0, 0, SourceUnknown, unknown, runtime.NumCPU(), LimitOS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			top := Topology{
				Cores:    Cores{Physical: Figure{Value: tt.physical}, Allowed: Figure{Value: tt.allowed}},
				Affinity: Affinity{Count: tt.affinity, Source: tt.source},
				Quota:    tt.quota,
			}
			p := top.Pool()
			if p.Workers != tt.workers || p.LimitedBy != tt.by {
				t.Errorf("got %d by %s, want %d by %s", p.Workers, p.LimitedBy, tt.workers, tt.by)
			}
			if p.PhysicalCores != tt.physical || p.AllowedCores != tt.allowed || p.Quota != tt.quota {
				t.Errorf("the numbers it was chosen from are not the topology's: %+v", p)
			}
		})
	}
}

// The zero Topology, which a caller could make by mistake, gives a usable pool.
func TestPoolOfZero(t *testing.T) {
	if p := (Topology{}).Pool(); p.Workers < 1 || p.Workers > math.MaxInt32 || p.LimitedBy != LimitOS {
		t.Errorf("got %+v", p)
	}
}
