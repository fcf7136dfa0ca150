package topology

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The states of a quota. That nothing limits the process and that this cannot
// be told are different answers.
const (
	QuotaLimited = "limited"
	QuotaNone    = "none"
	QuotaUnknown = "unknown"
)

// Quota is the CPU time that a container lets this process have.
type Quota struct {
	State string `json:"state"` // QuotaLimited, QuotaNone or QuotaUnknown
	// CPUs is in processors: CPU seconds per second, 1.5 for instance. 0 unless
	// the state is QuotaLimited.
	CPUs   float64 `json:"cpus,omitempty"`
	Source Source  `json:"source"`
}

// readQuota finds the smallest quota between the process's control group and
// the top of the hierarchy, as far as it is mounted: a limit on a parent holds
// for its children too. root is the file system "/".
//
// What it reads is described in
// https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max),
// https://docs.kernel.org/scheduler/sched-bwc.html (cpu.cfs_quota_us) and
// proc_pid_cgroup(5), proc_pid_mountinfo(5).
func readQuota(root fs.FS) Quota {
	dirs, source := groups(root, "cpu")
	if len(dirs) == 0 {
		return Quota{State: QuotaUnknown, Source: SourceUnknown}
	}
	level := levelV2
	if source == SourceCgroupV1 {
		level = levelV1
	}
	q := smallestQuota(root, dirs, level)
	if q.State != QuotaUnknown {
		q.Source = source
	}
	return q
}

// groups lists the folders of the process's control group of a controller and of
// those above it, as far as they are mounted, and says which generation they are
// of; none if that cannot be told.
func groups(root fs.FS, controller string) (dirs []string, source Source) {
	group, version := groupOf(readTrimmed(root, "proc/self/cgroup"), controller)
	if version == 0 {
		return nil, SourceUnknown
	}
	source = SourceCgroupV2
	if version == 1 {
		source = SourceCgroupV1
	}
	for _, m := range mountsOf(readTrimmed(root, "proc/self/mountinfo"), version, controller) {
		below, ok := m.below(group)
		if !ok {
			continue
		}
		if info, err := fs.Stat(root, path.Join(m.point, below)); err != nil || !info.IsDir() {
			continue
		}
		for ; below != "."; below = path.Dir(below) {
			dirs = append(dirs, path.Join(m.point, below))
		}
		return append(dirs, path.Join(m.point, below)), source
	}
	return nil, SourceUnknown
}

// smallestQuota reads a group and those above it.
//
// A limit that was read stands even if another level could not be: the process
// gets no more than that. "None" needs every level.
func smallestQuota(root fs.FS, dirs []string, level func(fs.FS, string) (float64, error)) Quota {
	q := Quota{State: QuotaNone}
	for _, dir := range dirs {
		cpus, err := level(root, dir)
		switch {
		case err != nil:
			if q.State == QuotaNone {
				q = Quota{State: QuotaUnknown, Source: SourceUnknown}
			}
		case cpus > 0 && (q.State != QuotaLimited || cpus < q.CPUs):
			q = Quota{State: QuotaLimited, CPUs: cpus}
		}
	}
	return q
}

// readMemoryLimit finds the smallest limit to memory, in bytes, of the process's
// control group and those above it; 0 if none is known. It reads memory.max
// ("max": none) or memory.limit_in_bytes (of version 1, where some 2^63: none).
func readMemoryLimit(root fs.FS) Reading {
	const none = 1 << 50
	dirs, source := groups(root, "memory")
	name := "memory.max"
	if source == SourceCgroupV1 {
		name = "memory.limit_in_bytes"
	}
	limit := 0
	for _, dir := range dirs {
		n, err := strconv.ParseInt(readTrimmed(root, path.Join(dir, name)), 10, 64)
		if err == nil && n > 0 && n < none && (limit == 0 || int(n) < limit) {
			limit = int(n)
		}
	}
	return Reading{limit, source}
}

// readThrottled tells for how long quotas have held the process's control group
// back, in seconds over all processors; 0 where that is not counted. It reads
// cpu.stat: throttled_usec, or throttled_time in nanoseconds of version 1.
func readThrottled(root fs.FS) (most float64) {
	dirs, source := groups(root, "cpu")
	name, unit := "throttled_usec", 1e-6
	if source == SourceCgroupV1 {
		name, unit = "throttled_time", 1e-9
	}
	for _, dir := range dirs { // each counts what its own quota has held back
		for line := range strings.Lines(readTrimmed(root, path.Join(dir, "cpu.stat"))) {
			f := strings.Fields(line)
			if len(f) != 2 || f[0] != name {
				continue
			}
			if n, err := strconv.ParseFloat(f[1], 64); err == nil {
				most = max(most, n*unit)
			}
		}
	}
	return most
}

var errMalformed = errors.New("topology: malformed quota file")

// levelV2 reads cpu.max of one group, "150000 100000" or "max 100000", in
// processors; 0 means no limit. The top group has no such file, nor has a group
// without the cpu controller: neither limits anything.
func levelV2(root fs.FS, dir string) (float64, error) {
	b, err := fs.ReadFile(root, path.Join(dir, "cpu.max"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(b))
	if len(f) != 2 {
		return 0, errMalformed
	}
	if f[0] == "max" {
		return 0, nil
	}
	return share(f[0], f[1])
}

// levelV1 reads cpu.cfs_quota_us (-1: no limit) and cpu.cfs_period_us of one
// group. A kernel without bandwidth control has neither file.
func levelV1(root fs.FS, dir string) (float64, error) {
	b, err := fs.ReadFile(root, path.Join(dir, "cpu.cfs_quota_us"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	quota := strings.TrimSpace(string(b))
	if quota == "-1" {
		return 0, nil
	}
	return share(quota, readTrimmed(root, path.Join(dir, "cpu.cfs_period_us")))
}

// share is quota / period, both in whole positive microseconds.
func share(quota, period string) (float64, error) {
	q, err1 := strconv.ParseInt(quota, 10, 64)
	p, err2 := strconv.ParseInt(period, 10, 64)
	if err1 != nil || err2 != nil || q <= 0 || p <= 0 {
		return 0, errMalformed
	}
	return float64(q) / float64(p), nil
}

// groupOf finds the group that /proc/self/cgroup names for a controller and the version of its hierarchy; version 0 if there is none.
//
// On a hybrid system both kinds of lines are there, and the controller belongs
// to version 1 if one of its lines names it.
func groupOf(file, controller string) (group string, version int) {
	for line := range strings.Lines(file) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), ":", 3)
		if len(f) != 3 || !strings.HasPrefix(f[2], "/") {
			continue
		}
		if slices.Contains(strings.Split(f[1], ","), controller) {
			return f[2], 1
		}
		if f[0] == "0" && f[1] == "" {
			group, version = f[2], 2
		}
	}
	return group, version
}

// mount is one place where a control group hierarchy can be seen.
type mount struct {
	root  string // the group that stands at point, absolute
	point string // path of the mount point, without the leading slash
}

// below gives the path of a group relative to the mount point; false if this
// mount does not show it.
func (m mount) below(group string) (string, bool) {
	rel, ok := strings.CutPrefix(group, strings.TrimSuffix(m.root, "/"))
	if !ok || (rel != "" && rel[0] != '/') {
		return "", false
	}
	rel = path.Join(".", rel)
	// A process outside of its namespace's root sees "/../other": not ours to
	// resolve.
	return rel, fs.ValidPath(rel)
}

// mountsOf finds the mounts of the wanted version, and of version 1 of the wanted
// controller, in /proc/self/mountinfo.
func mountsOf(file string, version int, controller string) []mount {
	var found []mount
	for line := range strings.Lines(file) {
		before, after, ok := strings.Cut(line, " - ")
		f, g := strings.Fields(before), strings.Fields(after)
		if !ok || len(f) < 5 || len(g) < 3 {
			continue
		}
		v1 := g[0] == "cgroup" && slices.Contains(strings.Split(g[2], ","), controller)
		if (version == 1 && !v1) || (version == 2 && g[0] != "cgroup2") {
			continue
		}
		m := mount{root: unescape(f[3]), point: strings.Trim(unescape(f[4]), "/")}
		if fs.ValidPath(m.point) {
			found = append(found, m)
		}
	}
	return found
}

// unescape undoes mountinfo's octal escapes of space, tab, newline, backslash.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
