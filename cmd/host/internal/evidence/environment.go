package evidence

import (
	"strconv"
	"strings"

	"carriles/executor/batch/result"
)

// environment is what the figures were measured on, and when.
func (l language) environment(view result.RunView, e result.Environment) table {
	t := table{Caption: l.T("environment.caption"), Words: true, Head: []string{l.T("environment.what"), l.T("environment.value")}}
	add := func(key, text string) {
		t.Rows = append(t.Rows, row{Head: l.T(key), Cells: []string{l.known(text != "", text)}})
	}
	add("environment.run", view.ID)
	add("environment.state", l.T("state."+string(view.State)))
	add("environment.created", date(view.Created))
	if view.Started != nil {
		add("environment.started", date(*view.Started))
	}
	if view.Finished != nil {
		add("environment.finished", date(*view.Finished))
	}
	add("environment.images", strings.Join(view.Spec.UsedImages(), ", "))
	// The topology's reason begins with the number.
	workers := l.in(view.Spec.WorkersReason)
	if n := strconv.Itoa(view.Spec.Workers); !strings.HasPrefix(workers, n) {
		workers = n + ": " + workers
	}
	add("environment.workers", workers)
	if view.Result == nil && view.Sweep == nil {
		return t
	}
	add("environment.version", e.Version)
	add("environment.go", e.GoVersion)
	add("environment.system", e.OS+"/"+e.Arch)
	add("environment.cpu", e.CPUModel)
	found := l.known(e.CoresFound > 0, strconv.Itoa(e.CoresFound))
	add("environment.cores", l.T("environment.cores.of", e.CoresUsed, found, e.CPUsAllowed))
	add("environment.quota", e.CPUQuota)
	add("environment.simd", e.SIMD)
	add("environment.features", strings.Join(e.CPUFeatures, " "))
	add("environment.engine", e.Engine)
	add("environment.gogc", e.GOGC)
	if e.WorkerMemoryLimit > 0 {
		add("environment.memory", l.bytes(e.WorkerMemoryLimit))
	}
	load := ""
	if e.LoadAverage != nil {
		load = l.number(*e.LoadAverage, 2)
	}
	add("environment.load", load)
	add("environment.others", strconv.Itoa(e.OtherRuns))
	if e.PoolReason != view.Spec.WorkersReason {
		add("environment.pool", l.in(e.PoolReason))
	}
	return t
}
