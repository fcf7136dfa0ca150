package topology

import (
	"encoding/json"
	"math"
	"reflect"
	"runtime"
	"testing"
)

// What Detect says of the machine that runs the test must not contradict
// itself; what it is worth, the tables of the other files show.
func TestDetect(t *testing.T) {
	top := Detect()
	p := top.Pool()
	if top.OS != runtime.GOOS || top.Arch != runtime.GOARCH {
		t.Errorf("got %s/%s", top.OS, top.Arch)
	}
	if top.Affinity.Count < 1 || (top.Affinity.CPUs != nil && len(top.Affinity.CPUs) != top.Affinity.Count) {
		t.Errorf("affinity: %+v", top.Affinity)
	}
	if p.Workers < 1 || p.Workers > top.Affinity.Count {
		t.Errorf("%d workers for %d CPUs", p.Workers, top.Affinity.Count)
	}
	c := top.Cores
	for name, f := range map[string]Figure{
		"physical": c.Physical, "logical": c.Logical, "threads": c.ThreadsPerCore, "allowed": c.Allowed,
		"l1d": top.Caches.L1d, "l2": top.Caches.L2, "l3": top.Caches.L3, "memory": top.Memory,
	} {
		if f.Source == "" || f.Value < 0 || f.Known() == (f.Source == SourceUnknown) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	// In a sandbox CPUID may tell of the host what the system tells of the sandbox.
	if c.Logical.Known() && c.Physical.Source == c.Logical.Source && c.Physical.Value > c.Logical.Value {
		t.Errorf("more cores than threads: %+v", c)
	}
	if c.Physical.Source == SourceSysfs && (c.Allowed.Value > c.Physical.Value || c.Allowed.Value > top.Affinity.Count) {
		t.Errorf("more allowed cores than there are: %+v", c)
	}
	if !top.Memory.Known() || top.Memory.Value < 64<<20 {
		t.Errorf("memory: %+v", top.Memory)
	}
	if top.Quota.State == "" || (top.Quota.State == QuotaLimited) != (top.Quota.CPUs > 0) {
		t.Errorf("quota: %+v", top.Quota)
	}
	b, err := json.Marshal(top)
	if err != nil {
		t.Fatal(err)
	}
	var back Topology
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, top) {
		t.Errorf("the JSON loses something: %v\n%s", err, b)
	}
}

// GOMAXPROCS is not the machine's: bild sets it in an init.
func TestDetectIgnoresGOMAXPROCS(t *testing.T) {
	want := Detect().Pool()
	defer runtime.SetDefaultGOMAXPROCS()
	runtime.GOMAXPROCS(want.Workers + 5)
	if got := Detect().Pool(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	runtime.GOMAXPROCS(1)
	if got := Detect().Pool(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestLoad(t *testing.T) {
	l := Load()
	if runtime.GOOS == "windows" {
		if l.OneMinute != nil {
			t.Error("Windows has no load average")
		}
	} else if l.OneMinute == nil || *l.OneMinute < 0 || math.IsNaN(*l.OneMinute) || math.IsInf(*l.OneMinute, 0) {
		t.Errorf("load average: %v", l.OneMinute)
	}
	if want := Detect().Cores.Logical.Value; l.Logical.Known() && l.Logical.Value != want {
		t.Errorf("%d logical CPUs, Detect says %d", l.Logical.Value, want)
	}
}
