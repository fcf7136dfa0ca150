package topology

import (
	"math"
	"runtime"
	"testing"
)

// Each worker has room for the largest picture, beside the server; one there is
// always.
func TestPoolFitsIntoTheMemory(t *testing.T) {
	const mib = 1 << 20
	for _, tt := range []struct {
		memory, limit int
		workers       int
		by            string
		bytes         int
	}{
		{0, 0, 4, LimitCores, 0},
		{16 << 30, 0, 4, LimitCores, 16 << 30},
		{16 << 30, 200 * mib, 1, LimitMemory, 200 * mib},
		{16 << 30, 1963 * mib, 1, LimitMemory, 1963 * mib},
		{16 << 30, 1964 * mib, 2, LimitMemory, 1964 * mib},
		{16 << 30, 4 << 30, 4, LimitCores, 4 << 30},
		{2 << 30, 4 << 30, 2, LimitMemory, 2 << 30}, // a limit above what there is
		{0, 30 * mib, 1, LimitMemory, 30 * mib},
	} {
		top := Topology{
			Cores: Cores{Physical: Figure{Value: 4}}, Affinity: Affinity{Count: 8, Source: SourceOS},
			Memory: Figure{Value: tt.memory}, MemoryLimit: Figure{Value: tt.limit},
		}
		if p := top.Pool(); p.Workers != tt.workers || p.LimitedBy != tt.by || p.MemoryBytes != tt.bytes {
			t.Errorf("%d bytes, limit %d: %+v, want %d by %s", tt.memory, tt.limit, p, tt.workers, tt.by)
		}
	}
}

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
