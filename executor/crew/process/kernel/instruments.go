package kernel

import (
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Instruments lists what this system has and lacks of what not every system
// has.
func Instruments() []result.Instrument {
	return []result.Instrument{
		{
			Name: "shm", Available: LacksShared == nil,
			Help: text.Text{ES: "memoria compartida con los procesos (transport: shm)", EN: "memory shared with the processes (transport: shm)"},
		},
		{
			Name: "memory_limit", Available: MemoryLimit > 0,
			Help: text.Text{ES: "límite a la memoria de cada trabajador", EN: "a limit to each worker's memory"},
		},
		{
			Name: "thread_cpu", Available: ThreadMeter(0) != nil,
			Help: text.Text{ES: "tiempo de procesador de cada etapa", EN: "processor time of each stage"},
		},
		{
			Name: "run_queue", Available: Queued() != nil,
			Help: text.Text{ES: "tiempo que los hilos esperaron por un procesador", EN: "time that threads waited for a processor"},
		},
		{
			Name: "kernel_counts", Available: Own().Counts != nil,
			Help: text.Text{ES: "cambios de contexto y fallos de página", EN: "context switches and page faults"},
		},
		{
			Name: "death_signal", Available: HasDeathSignal,
			Help: text.Text{ES: "el núcleo mata a los trabajadores si muere el servidor; si no, lo notan ellos", EN: "the kernel kills the workers if the server dies; without it they notice themselves"},
		},
	}
}
