package main

import (
	"runtime"
	"strconv"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/crew/process"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/text"
	"carriles/executor/topology"
	"carriles/filters"
)

// machine tells what figures are measured on.
type machine struct {
	version string
	topo    topology.Topology
	pool    topology.Pool
	// faultCost is what a page fault took as the server started; 0: not known.
	faultCost time.Duration
}

func newMachine(version string) machine {
	topo := topology.Detect()
	return machine{version: version, topo: topo, pool: topo.Pool(), faultCost: kernel.FaultCost()}
}

// Cores is how many processors a run may use at once.
func (m machine) Cores() int { return m.pool.Workers }

// copied is how many bytes are copied to measure the memory: more than fits into
// caches, where there is room for them twice.
func (m machine) copied() int {
	if memory := m.pool.MemoryBytes; memory > 0 && memory < 1<<30 {
		return 8 << 20
	}
	return 64 << 20
}

// Busy is how long the machine's processors have been at work.
func (m machine) Busy() (topology.BusyInfo, bool) { return topology.Busy() }

// Environment describes the machine as it is now.
func (m machine) Environment(engine string) result.Environment {
	return result.Environment{
		Version: m.version, GoVersion: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		CPUModel: m.topo.CPU.Model, CPUFeatures: m.topo.CPU.Features,
		CoresFound: m.topo.Cores.Physical.Value, CoresUsed: m.pool.Workers, CPUsAllowed: m.topo.Affinity.Count,
		CPUQuota: quotaText(m.topo.Quota), Engine: engine, SIMD: filters.SIMDOf(engine),
		GOGC: strconv.Itoa(process.GCPercent), LoadAverage: topology.Load().OneMinute,
		WorkerMemoryLimit: kernel.MemoryLimit, PoolReason: m.reason(), FaultCostS: m.faultCost.Seconds(),
	}
}

func quotaText(q topology.Quota) string {
	if q.State == topology.QuotaLimited {
		return text.FormatNumber(q.CPUs)
	}
	return q.State
}

// reason says why the pools have their size.
func (m machine) reason() text.Text {
	n := m.pool.Workers
	switch m.pool.LimitedBy {
	case topology.LimitCores:
		return text.Sprintf("%d: los núcleos físicos de la máquina", "%d: the machine's physical cores", n)
	case topology.LimitAffinity:
		return text.Sprintf("%d: los procesadores que este proceso puede usar", "%d: the processors that this process may use", n)
	case topology.LimitQuota:
		quota := text.FormatNumber(m.pool.Quota.CPUs)
		return text.Sprintf("%d: la cuota del contenedor es de %s procesadores", "%d: the container's quota is %s processors", n, quota)
	case topology.LimitMemory:
		memory, each := m.pool.MemoryBytes>>20, topology.WorkerMemory>>20
		return text.Sprintf("%d: la memoria es de %d MiB, y un trabajador necesita %d para la mayor imagen",
			"%d: the memory is %d MiB, and a worker needs %d for the largest image", n, memory, each)
	default:
		return text.Sprintf("%d: los procesadores que dice el sistema operativo", "%d: the processors that the operating system tells of", n)
	}
}
