package topology

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// smt is a machine of 4 cores with 2 threads each: CPU n and n+4 share core n,
// as Linux numbers them on Intel and AMD.
func smt() map[string]string {
	files := map[string]string{"sys/devices/system/cpu/online": "0-7\n"}
	for cpu := range 8 {
		dir := fmt.Sprintf("sys/devices/system/cpu/cpu%d/", cpu)
		core := cpu % 4
		maps.Copy(files, map[string]string{
			dir + "topology/physical_package_id":  "0\n",
			dir + "topology/core_id":              fmt.Sprintf("%d\n", core),
			dir + "topology/thread_siblings_list": fmt.Sprintf("%d,%d\n", core, core+4),
			dir + "cache/index0/level":            "1\n",
			dir + "cache/index0/type":             "Data\n",
			dir + "cache/index0/size":             "48K\n",
			dir + "cache/index1/level":            "1\n",
			dir + "cache/index1/type":             "Instruction\n",
			dir + "cache/index1/size":             "32K\n",
			dir + "cache/index2/level":            "2\n",
			dir + "cache/index2/type":             "Unified\n",
			dir + "cache/index2/size":             "2048K\n",
			dir + "cache/index3/level":            "3\n",
			dir + "cache/index3/type":             "Unified\n",
			dir + "cache/index3/size":             "32768K\n",
		})
	}
	return files
}

// with changes a machine; an empty text removes the file.
func with(files map[string]string, changes ...string) map[string]string {
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "" {
			delete(files, changes[i])
			continue
		}
		files[changes[i]] = changes[i+1]
	}
	return files
}

// withoutSiblings leaves only the ids, as the fallback needs them.
func withoutSiblings(files map[string]string) map[string]string {
	for cpu := range 8 {
		delete(files, fmt.Sprintf("sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu))
	}
	return files
}

func TestReadSysfs(t *testing.T) {
	const cpu0, cpu1, cpu7 = "sys/devices/system/cpu/cpu0/", "sys/devices/system/cpu/cpu1/", "sys/devices/system/cpu/cpu7/"
	caches := counts{source: SourceSysfs, packages: 1, l1d: 48 << 10, l2: 2 << 20, l3: 32 << 20}
	of := func(physical, logical, threads, allowed int) counts {
		c := caches
		c.physical, c.logical, c.threadsPerCore, c.allowed = physical, logical, threads, allowed
		return c
	}
	packages := func(n int, c counts) counts {
		c.packages = n
		return c
	}
	all := []int{0, 1, 2, 3, 4, 5, 6, 7}

	tests := []struct {
		name    string
		files   map[string]string
		allowed []int
		want    counts
	}{
		{"SMT on, the whole machine", smt(), all, of(4, 8, 2, 4)},
		{"both threads of one core", smt(), []int{2, 6}, of(4, 8, 2, 1)},
		{"one thread of three cores", smt(), []int{1, 2, 7}, of(4, 8, 2, 3)},
		{"mask unknown", smt(), nil, of(4, 8, 2, 0)},
		{"SMT off", with(smt(),
			"sys/devices/system/cpu/online", "0-3",
			cpu0+"topology/thread_siblings_list", "0",
			cpu1+"topology/thread_siblings_list", "1",
			"sys/devices/system/cpu/cpu2/topology/thread_siblings_list", "2",
			"sys/devices/system/cpu/cpu3/topology/thread_siblings_list", "3",
		), []int{0, 1, 2, 3}, of(4, 4, 1, 4)},
		{"ids only", withoutSiblings(smt()), []int{0, 4, 5}, of(4, 8, 2, 2)},
		{"ids only, core numbers repeat in the second package", withoutSiblings(with(smt(),
			"sys/devices/system/cpu/cpu4/topology/physical_package_id", "1",
			"sys/devices/system/cpu/cpu5/topology/physical_package_id", "1",
			"sys/devices/system/cpu/cpu6/topology/physical_package_id", "1",
			cpu7+"topology/physical_package_id", "1",
		)), all, packages(2, of(8, 8, 1, 8))},
		{"one CPU's package is not known", with(smt(), cpu7+"topology/physical_package_id", "-1"), all, packages(0, of(4, 8, 2, 4))},
		{"core numbers repeat between clusters, the lists tell them apart", with(smt(),
			cpu0+"topology/thread_siblings_list", "0",
			"sys/devices/system/cpu/cpu4/topology/thread_siblings_list", "4",
		), []int{0, 4}, of(5, 8, 2, 2)},
		{"one CPU's core is missing: no partial count", withoutSiblings(with(smt(), cpu7+"topology/core_id", "")), []int{0, 1}, of(0, 8, 0, 2)},
		{"one allowed CPU's core is missing", withoutSiblings(with(smt(), cpu7+"topology/core_id", "")), []int{0, 7}, of(0, 8, 0, 0)},
		{"the kernel does not know the core", withoutSiblings(with(smt(), cpu7+"topology/core_id", "-1")), []int{7}, of(0, 8, 0, 0)},
		{"no list of CPUs", with(smt(), "sys/devices/system/cpu/online", ""), []int{0, 4}, packages(0, of(0, 0, 0, 1))},
		{"no sysfs", nil, []int{0, 1}, counts{source: SourceSysfs}},
		{"caches of the first allowed CPU", with(smt(),
			cpu1+"cache/index2/size", "512K",
			cpu1+"cache/index3/level", "",
		), []int{1, 2}, counts{source: SourceSysfs, packages: 1, physical: 4, logical: 8, threadsPerCore: 2, allowed: 2, l1d: 48 << 10, l2: 512 << 10}},
		{"a size in another form", with(smt(), cpu0+"cache/index3/size", "32M"), all,
			counts{source: SourceSysfs, packages: 1, physical: 4, logical: 8, threadsPerCore: 2, allowed: 4, l1d: 48 << 10, l2: 2 << 20}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := readSysfs(mapFS(tt.files), tt.allowed); got != tt.want {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestParseCPUList(t *testing.T) {
	for s, want := range map[string][]int{
		"0":            {0},
		"0-3":          {0, 1, 2, 3},
		"0-1,4,8-9":    {0, 1, 4, 8, 9},
		"":             nil,
		"3-1":          nil,
		"0-":           nil,
		"-1":           nil,
		"0,,1":         nil,
		"a":            nil,
		"0-4294967295": nil, // would be 16 GB
		"70000":        nil,
	} {
		if got := parseCPUList(s); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}
