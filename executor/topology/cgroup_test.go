package topology

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

// The mountinfo lines below have the form that systemd, Docker and Kubernetes
// machines show.
const (
	mountV2 = "29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
	mountV1 = "24 29 0:22 / /proc rw,relatime - proc proc rw\n" +
		"32 31 0:29 / /sys/fs/cgroup/cpuset rw,nosuid shared:9 - cgroup cgroup rw,cpuset\n" +
		"33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:10 - cgroup cgroup rw,cpu,cpuacct\n"
	mountV1Docker = "1037 1036 0:30 /docker/4f2a /sys/fs/cgroup/cpu,cpuacct ro,nosuid,nodev,noexec,relatime master:10 - cgroup cgroup rw,cpu,cpuacct\n"
	mountUnified  = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:19 - cgroup2 cgroup2 rw\n"

	groupV1 = "12:cpuset:/\n4:cpu,cpuacct:/user.slice/lab\n1:name=systemd:/user.slice/lab\n"
	v1Lab   = "sys/fs/cgroup/cpu,cpuacct/user.slice/lab/"
	v1User  = "sys/fs/cgroup/cpu,cpuacct/user.slice/"
)

func TestReadQuota(t *testing.T) {
	none := func(s Source) Quota { return Quota{State: QuotaNone, Source: s} }
	limited := func(cpus float64, s Source) Quota { return Quota{State: QuotaLimited, CPUs: cpus, Source: s} }
	unknown := Quota{State: QuotaUnknown, Source: SourceUnknown}

	tests := []struct {
		name  string
		files map[string]string
		want  Quota
	}{
		{"v2, limited", map[string]string{
			"proc/self/cgroup":                               "0::/system.slice/lab.service\n",
			"proc/self/mountinfo":                            mountV2,
			"sys/fs/cgroup/system.slice/cpu.max":             "max 100000\n",
			"sys/fs/cgroup/system.slice/lab.service/cpu.max": "150000 100000\n",
		}, limited(1.5, SourceCgroupV2)},
		{"v2, the parent is tighter", map[string]string{
			"proc/self/cgroup":            "0::/a/b/c\n",
			"proc/self/mountinfo":         mountV2,
			"sys/fs/cgroup/a/cpu.max":     "50000 100000\n",
			"sys/fs/cgroup/a/b/cpu.max":   "400000 100000\n",
			"sys/fs/cgroup/a/b/c/cpu.max": "200000 100000\n",
		}, limited(0.5, SourceCgroupV2)},
		{"v2, other periods", map[string]string{
			"proc/self/cgroup":          "0::/a/b\n",
			"proc/self/mountinfo":       mountV2,
			"sys/fs/cgroup/a/cpu.max":   "20000 10000\n",   // 2.0, the smaller number and the larger share
			"sys/fs/cgroup/a/b/cpu.max": "500000 400000\n", // 1.25
		}, limited(1.25, SourceCgroupV2)},
		{"v2, max everywhere", map[string]string{
			"proc/self/cgroup":        "0::/a\n",
			"proc/self/mountinfo":     mountV2,
			"sys/fs/cgroup/a/cpu.max": "max 100000\n",
		}, none(SourceCgroupV2)},
		{"v2, a desktop without the cpu controller", map[string]string{
			"proc/self/cgroup":    "0::/user.slice/session-1.scope\n",
			"proc/self/mountinfo": mountV2,
			"sys/fs/cgroup/user.slice/session-1.scope/cgroup.procs": "1\n",
		}, none(SourceCgroupV2)},
		{"v2, a container with its own namespace", map[string]string{
			"proc/self/cgroup":      "0::/\n",
			"proc/self/mountinfo":   "1050 1049 0:26 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate\n",
			"sys/fs/cgroup/cpu.max": "200000 100000\n",
		}, limited(2, SourceCgroupV2)},
		{"v2, the top group of a bare machine has no file", map[string]string{
			"proc/self/cgroup":           "0::/\n",
			"proc/self/mountinfo":        mountV2,
			"sys/fs/cgroup/cgroup.procs": "1\n",
		}, none(SourceCgroupV2)},
		{"v1, limited", map[string]string{
			"proc/self/cgroup":          groupV1,
			"proc/self/mountinfo":       mountV1,
			v1User + "cpu.cfs_quota_us": "-1\n",
			v1Lab + "cpu.cfs_quota_us":  "250000\n",
			v1Lab + "cpu.cfs_period_us": "100000\n",
		}, limited(2.5, SourceCgroupV1)},
		{"v1, the parent is tighter", map[string]string{
			"proc/self/cgroup":           groupV1,
			"proc/self/mountinfo":        mountV1,
			v1User + "cpu.cfs_quota_us":  "75000\n",
			v1User + "cpu.cfs_period_us": "100000\n",
			v1Lab + "cpu.cfs_quota_us":   "250000\n",
			v1Lab + "cpu.cfs_period_us":  "100000\n",
		}, limited(0.75, SourceCgroupV1)},
		{"v1, no limit", map[string]string{
			"proc/self/cgroup":          groupV1,
			"proc/self/mountinfo":       mountV1,
			v1Lab + "cpu.cfs_quota_us":  "-1\n",
			v1Lab + "cpu.cfs_period_us": "100000\n",
		}, none(SourceCgroupV1)},
		{"v1, Docker shows the host's path", map[string]string{
			"proc/self/cgroup":                            "4:cpu,cpuacct:/docker/4f2a\n",
			"proc/self/mountinfo":                         mountV1Docker,
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us":  "300000\n",
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
		}, limited(3, SourceCgroupV1)},
		{"hybrid, the controller is in v1", map[string]string{
			"proc/self/cgroup":                        "4:cpu:/lab\n1:name=systemd:/lab\n0::/lab\n",
			"proc/self/mountinfo":                     "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n" + mountUnified,
			"sys/fs/cgroup/unified/lab/cpu.max":       "100000 100000\n", // a decoy: must not be read
			"sys/fs/cgroup/cpu/lab/cpu.cfs_quota_us":  "200000\n",
			"sys/fs/cgroup/cpu/lab/cpu.cfs_period_us": "100000\n",
		}, limited(2, SourceCgroupV1)},
		{"hybrid, the controller is in v2", map[string]string{
			"proc/self/cgroup":                    "2:cpuset:/\n1:name=systemd:/lab\n0::/lab\n",
			"proc/self/mountinfo":                 mountV1 + mountUnified,
			"sys/fs/cgroup/cpu,cpuacct/lab/tasks": "", // a decoy: another hierarchy
			"sys/fs/cgroup/unified/lab/cpu.max":   "100000 100000\n",
		}, limited(1, SourceCgroupV2)},
		{"a mount point with a space, and a second mount that has the group", map[string]string{
			"proc/self/cgroup":    "0::/a\n",
			"proc/self/mountinfo": "1 0 0:26 /other /x rw - cgroup2 c rw\n2 0 0:26 / /my\\040groups rw - cgroup2 c rw\n",
			"my groups/a/cpu.max": "70000 100000\n",
		}, limited(0.7, SourceCgroupV2)},
		{"a group with a colon in its name", map[string]string{
			"proc/self/cgroup":          "0::/a:b\n",
			"proc/self/mountinfo":       mountV2,
			"sys/fs/cgroup/a:b/cpu.max": "300000 100000\n",
		}, limited(3, SourceCgroupV2)},
		{"a level that cannot be read does not undo a limit", map[string]string{
			"proc/self/cgroup":          "0::/a/b\n",
			"proc/self/mountinfo":       mountV2,
			"sys/fs/cgroup/a/cpu.max":   "nonsense\n",
			"sys/fs/cgroup/a/b/cpu.max": "200000 100000\n",
		}, limited(2, SourceCgroupV2)},
		{"a limit above a level that cannot be read", map[string]string{
			"proc/self/cgroup":          "0::/a/b\n",
			"proc/self/mountinfo":       mountV2,
			"sys/fs/cgroup/a/cpu.max":   "200000 100000\n",
			"sys/fs/cgroup/a/b/cpu.max": "",
		}, limited(2, SourceCgroupV2)},

		{"nothing there", nil, unknown},
		{"no mountinfo", map[string]string{"proc/self/cgroup": "0::/\n"}, unknown},
		{"malformed group file", map[string]string{"proc/self/cgroup": "0:/\n::\n\x00\n0::relative\n", "proc/self/mountinfo": mountV2}, unknown},
		{"malformed mountinfo", map[string]string{
			"proc/self/cgroup":      "0::/\n",
			"proc/self/mountinfo":   "29 23 - cgroup2\n - cgroup2 c rw\n29 23 0:26 / /../x rw - cgroup2 c rw\n29 23 0:26 / / rw - cgroup2 c rw\n",
			"sys/fs/cgroup/cpu.max": "100000 100000\n",
		}, unknown},
		{"v1 named and not mounted", map[string]string{"proc/self/cgroup": groupV1, "proc/self/mountinfo": mountUnified}, unknown},
		{"outside of the namespace", map[string]string{
			"proc/self/cgroup":      "0::/../other\n",
			"proc/self/mountinfo":   mountV2,
			"sys/fs/cgroup/cpu.max": "100000 100000\n",
		}, unknown},
		{"a root that is only a prefix of the name", map[string]string{
			"proc/self/cgroup":                              "4:cpu,cpuacct:/docker/4f2abc\n",
			"proc/self/mountinfo":                           mountV1Docker,
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us":    "300000\n",
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us":   "100000\n",
			"sys/fs/cgroup/cpu,cpuacct/bc/cpu.cfs_quota_us": "-1\n", // a decoy
		}, unknown},
		{"the group's directory is missing", map[string]string{
			"proc/self/cgroup":      "0::/gone\n",
			"proc/self/mountinfo":   mountV2,
			"sys/fs/cgroup/cpu.max": "100000 100000\n",
		}, unknown},
		{"v2, one word", v2("100000"), unknown},
		{"v2, three words", v2("1 2 3"), unknown},
		{"v2, empty", v2(""), unknown},
		{"v2, period 0", v2("100000 0"), unknown},
		{"v2, quota 0", v2("0 100000"), unknown},
		{"v2, negative", v2("-1 100000"), unknown},
		{"v2, too large", v2("99999999999999999999 100000"), unknown},
		{"v2, a fraction", v2("1.5 1"), unknown},
		{"v1, quota without a period", map[string]string{
			"proc/self/cgroup":         groupV1,
			"proc/self/mountinfo":      mountV1,
			v1Lab + "cpu.cfs_quota_us": "100000\n",
		}, unknown},
		{"v1, quota 0", map[string]string{
			"proc/self/cgroup":          groupV1,
			"proc/self/mountinfo":       mountV1,
			v1Lab + "cpu.cfs_quota_us":  "0\n",
			v1Lab + "cpu.cfs_period_us": "100000\n",
		}, unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := readQuota(mapFS(tt.files)); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestReadMemoryLimit(t *testing.T) {
	const mountMemory = "34 31 0:31 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory\n"
	for name, tt := range map[string]struct {
		files map[string]string
		want  Reading
	}{
		"v2, the parent is tighter": {map[string]string{
			"proc/self/cgroup": "0::/a/b\n", "proc/self/mountinfo": mountV2,
			"sys/fs/cgroup/a/memory.max": "209715200\n", "sys/fs/cgroup/a/b/memory.max": "1073741824\n",
		}, Reading{209715200, SourceCgroupV2}},
		"v2, none": {map[string]string{
			"proc/self/cgroup": "0::/a\n", "proc/self/mountinfo": mountV2, "sys/fs/cgroup/a/memory.max": "max\n",
		}, Reading{0, SourceCgroupV2}},
		"v1, limited": {map[string]string{
			"proc/self/cgroup": "8:memory:/lab\n4:cpu:/\n", "proc/self/mountinfo": mountV1 + mountMemory,
			"sys/fs/cgroup/memory/memory.limit_in_bytes":     "9223372036854771712\n",
			"sys/fs/cgroup/memory/lab/memory.limit_in_bytes": "209715200\n",
		}, Reading{209715200, SourceCgroupV1}},
		"v1, none": {map[string]string{
			"proc/self/cgroup": "8:memory:/\n", "proc/self/mountinfo": mountMemory,
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, Reading{0, SourceCgroupV1}},
		"no groups": {nil, Reading{0, SourceUnknown}},
	} {
		if got := readMemoryLimit(mapFS(tt.files)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

func TestReadThrottled(t *testing.T) {
	v2Files := v2("50000 100000")
	v2Files["sys/fs/cgroup/a/cpu.stat"] = "usage_usec 99\nnr_periods 7\nnr_throttled 3\nthrottled_usec 1500000\n"
	v2Files["sys/fs/cgroup/cpu.stat"] = "usage_usec 99\n"
	for name, tt := range map[string]struct {
		files map[string]string
		want  float64
	}{
		"v2": {v2Files, 1.5},
		"v1, the parent's quota": {map[string]string{
			"proc/self/cgroup": groupV1, "proc/self/mountinfo": mountV1,
			v1Lab + "cpu.stat":  "nr_periods 7\nnr_throttled 0\nthrottled_time 0\n",
			v1User + "cpu.stat": "nr_periods 7\nnr_throttled 3\nthrottled_time 250000000\n",
		}, 0.25},
		"no such line": {v2("max 100000"), 0},
		"no groups":    {nil, 0},
	} {
		got := readThrottled(mapFS(tt.files))
		if got < tt.want-1e-9 || got > tt.want+1e-9 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// A file that is there and cannot be read is not "no limit".
func TestReadQuotaRefused(t *testing.T) {
	for version, files := range map[string]map[string]string{
		"v2": v2("max 100000"),
		"v1": {
			"proc/self/cgroup":         groupV1,
			"proc/self/mountinfo":      mountV1,
			v1Lab + "cpu.cfs_quota_us": "-1\n",
		},
	} {
		if got := readQuota(mapFS(files)); got.State != QuotaNone {
			t.Fatalf("%s: readable, got %+v", version, got)
		}
		if got := readQuota(refusing{mapFS(files)}); got.State != QuotaUnknown {
			t.Errorf("%s: refused, got %+v", version, got)
		}
	}
}

// refusing denies every file of a control group.
type refusing struct{ fs.FS }

func (r refusing) Open(name string) (fs.File, error) {
	f, err := r.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, _ := f.Stat(); name[0] == 's' && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f, nil
}

// v2 is a machine whose one group has this cpu.max.
func v2(max string) map[string]string {
	return map[string]string{
		"proc/self/cgroup":        "0::/a\n",
		"proc/self/mountinfo":     mountV2,
		"sys/fs/cgroup/a/cpu.max": max + "\n",
	}
}

func mapFS(files map[string]string) fs.FS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}
