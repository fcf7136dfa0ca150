package executor

import (
	"sync"

	"carriles/executor/pipeline"
)

// Goroutines does as many tasks at a time as it has workers. There is no
// global lock: every goroutine computes on a core of its own as long as
// GOMAXPROCS allows.
type Goroutines struct{ Workers []Worker }

// Run implements Executor.
func (g Goroutines) Run(tasks <-chan pipeline.Task, report func(pipeline.Outcome)) {
	var wg sync.WaitGroup
	for _, worker := range g.Workers {
		wg.Go(func() {
			for task := range tasks {
				report(worker.Do(task))
			}
		})
	}
	wg.Wait()
}
