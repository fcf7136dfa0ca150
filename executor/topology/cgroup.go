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
	unknown := Quota{State: QuotaUnknown, Source: SourceUnknown}
	group, version := cpuGroup(readTrimmed(root, "proc/self/cgroup"))
	if version == 0 {
		return unknown
	}
	source, level := SourceCgroupV2, levelV2
	if version == 1 {
		source, level = SourceCgroupV1, levelV1
	}
	for _, m := range cpuMounts(readTrimmed(root, "proc/self/mountinfo"), version) {
		below, ok := m.below(group)
		if !ok {
			continue
		}
		if info, err := fs.Stat(root, path.Join(m.point, below)); err != nil || !info.IsDir() {
			continue
		}
		q := smallestQuota(root, m.point, below, level)
		if q.State != QuotaUnknown {
			q.Source = source
		}
		return q
	}
	return unknown
}

// smallestQuota walks from point/below up to point.
//
// A limit that was read stands even if another level could not be: the process
// gets no more than that. "None" needs every level.
func smallestQuota(root fs.FS, point, below string, level func(fs.FS, string) (float64, error)) Quota {
	q := Quota{State: QuotaNone}
	for {
		cpus, err := level(root, path.Join(point, below))
		switch {
		case err != nil:
			if q.State == QuotaNone {
				q = Quota{State: QuotaUnknown, Source: SourceUnknown}
			}
		case cpus > 0 && (q.State != QuotaLimited || cpus < q.CPUs):
			q = Quota{State: QuotaLimited, CPUs: cpus}
		}
		if below == "." {
			return q
		}
		below = path.Dir(below)
	}
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

// cpuGroup finds the group that /proc/self/cgroup names for the cpu controller
// and the version of its hierarchy; version 0 if there is none.
//
// On a hybrid system both kinds of lines are there, and the controller belongs
// to version 1 if one of its lines names it.
func cpuGroup(file string) (group string, version int) {
	for line := range strings.Lines(file) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), ":", 3)
		if len(f) != 3 || !strings.HasPrefix(f[2], "/") {
			continue
		}
		if slices.Contains(strings.Split(f[1], ","), "cpu") {
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

// cpuMounts finds the mounts of the wanted version in /proc/self/mountinfo.
func cpuMounts(file string, version int) []mount {
	var found []mount
	for line := range strings.Lines(file) {
		before, after, ok := strings.Cut(line, " - ")
		f, g := strings.Fields(before), strings.Fields(after)
		if !ok || len(f) < 5 || len(g) < 3 {
			continue
		}
		v1 := g[0] == "cgroup" && slices.Contains(strings.Split(g[2], ","), "cpu")
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
