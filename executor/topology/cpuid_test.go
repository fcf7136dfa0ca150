package topology

import (
	"slices"
	"testing"

	"github.com/klauspost/cpuid/v2"
)

func processor(physical, logical, threads int, has ...cpuid.FeatureID) cpuid.CPUInfo {
	var c cpuid.CPUInfo
	c.PhysicalCores, c.LogicalCores, c.ThreadsPerCore = physical, logical, threads
	c.Enable(has...)
	return c
}

func TestCountCPUID(t *testing.T) {
	tests := []struct {
		name                       string
		c                          cpuid.CPUInfo
		arch                       string
		numCPU                     int
		physical, logical, threads int
	}{
		{"desktop", processor(8, 16, 2), "amd64", 16, 8, 16, 2},
		{"mask smaller than the package", processor(8, 16, 2), "amd64", 3, 8, 16, 2},
		{"second package not counted", processor(8, 16, 2), "amd64", 32, 0, 0, 0},
		{"undetectable", processor(0, 0, 1), "amd64", 4, 0, 0, 0},
		{"hybrid", processor(12, 24, 2, cpuid.HYBRID_CPU), "amd64", 24, 0, 24, 0},
		{"arm64: the library assumes", processor(4, 4, 1), "arm64", 4, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := countCPUID(tt.c, tt.arch, tt.numCPU)
			if got.physical != tt.physical || got.logical != tt.logical || got.threadsPerCore != tt.threads {
				t.Errorf("got %d cores, %d threads, %d each; want %d, %d, %d",
					got.physical, got.logical, got.threadsPerCore, tt.physical, tt.logical, tt.threads)
			}
			if got.allowed != 0 {
				t.Error("CPUID knows no affinity")
			}
		})
	}
}

func TestFigure(t *testing.T) {
	sysfs, id := Reading{4, SourceSysfs}, Reading{8, SourceCPUID}
	if f := figure(sysfs, id); f.Value != 4 || f.Source != SourceSysfs || !slices.Equal(f.Readings, []Reading{sysfs, id}) {
		t.Errorf("sysfs must win and CPUID stay visible: %+v", f)
	}
	if f := figure(Reading{0, SourceSysfs}, id); f.Value != 8 || f.Source != SourceCPUID || f.Readings != nil {
		t.Errorf("CPUID must stand in: %+v", f)
	}
	// The library says -1 for a cache that it could not read.
	if f := figure(Reading{0, SourceSysfs}, Reading{-1, SourceCPUID}); f.Known() || f.Value != 0 || f.Source != SourceUnknown {
		t.Errorf("nothing was said: %+v", f)
	}
}

func TestDescribeHypervisor(t *testing.T) {
	kvm := processor(2, 2, 1, cpuid.HYPERVISOR)
	kvm.HypervisorVendorID = cpuid.KVM
	other := processor(2, 2, 1, cpuid.HYPERVISOR)
	other.HypervisorVendorString = "NewOneNewOne"
	silent := processor(2, 2, 1, cpuid.HYPERVISOR)
	// Without the bit, the leaf of the name returns whatever another leaf does.
	bare := processor(2, 2, 1)
	bare.HypervisorVendorString = "\x01\x02garbage"

	for _, tt := range []struct {
		c    cpuid.CPUInfo
		arch string
		want Hypervisor
	}{
		{kvm, "amd64", Hypervisor{"KVM", SourceCPUID}},
		{other, "amd64", Hypervisor{"NewOneNewOne", SourceCPUID}},
		{silent, "amd64", Hypervisor{"unnamed", SourceCPUID}},
		{bare, "amd64", Hypervisor{"", SourceCPUID}},
		{kvm, "arm64", Hypervisor{"", SourceUnknown}},
	} {
		if got := describeHypervisor(tt.c, tt.arch); got != tt.want {
			t.Errorf("got %+v, want %+v", got, tt.want)
		}
	}
}

func TestDescribeCPU(t *testing.T) {
	c := processor(1, 1, 1, cpuid.AVX2, cpuid.SSE4, cpuid.AESNI)
	c.BrandName, c.VendorString = "Some CPU @ 3 GHz", "GenuineIntel"
	got := describeCPU(c, "amd64")
	if got.Model != c.BrandName || got.Vendor != "GenuineIntel" || got.Source != SourceCPUID ||
		!slices.Equal(got.Features, []string{"sse4.1", "avx2"}) {
		t.Errorf("got %+v", got)
	}
	c = processor(0, 0, 0)
	c.BrandName = "unknown"
	if got := describeCPU(c, "amd64"); got.Model != "" || got.Source != SourceUnknown || got.Features == nil {
		t.Errorf("nothing known: got %+v", got)
	}
	if got := describeCPU(processor(0, 0, 0, cpuid.ASIMD), "arm64"); !slices.Equal(got.Features, []string{"neon"}) || got.Source != SourceOS {
		t.Errorf("arm64: got %+v", got)
	}
}
