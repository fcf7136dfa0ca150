package kernel

import (
	"carriles/executor/batch"
	"carriles/filters"
)

// Instruments lists what this system has and lacks of what not every system
// has.
func Instruments() []batch.Instrument {
	return []batch.Instrument{
		{
			Name: "shm", Available: LacksShared == nil,
			Help: filters.Text{ES: "memoria compartida con los procesos (transport: shm)", EN: "memory shared with the processes (transport: shm)"},
		},
		{
			Name: "memory_limit", Available: MemoryLimit > 0,
			Help: filters.Text{ES: "límite a la memoria de cada trabajador", EN: "a limit to each worker's memory"},
		},
		{
			Name: "thread_cpu", Available: ThreadCPU() != nil,
			Help: filters.Text{ES: "tiempo de procesador de cada etapa", EN: "processor time of each stage"},
		},
		{
			Name: "run_queue", Available: Queued() != nil,
			Help: filters.Text{ES: "tiempo que los hilos esperaron por un procesador", EN: "time that threads waited for a processor"},
		},
		{
			Name: "kernel_counts", Available: Own().Counts != nil,
			Help: filters.Text{ES: "cambios de contexto y fallos de página", EN: "context switches and page faults"},
		},
		{
			Name: "death_signal", Available: HasDeathSignal,
			Help: filters.Text{ES: "el núcleo mata a los trabajadores si muere el servidor; si no, lo notan ellos", EN: "the kernel kills the workers if the server dies; without it they notice themselves"},
		},
	}
}
