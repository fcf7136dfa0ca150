package executor

import "carriles/executor/pipeline"

// Sequential does one task after the other on the calling goroutine.
type Sequential struct{ Worker Worker }

// Run implements Executor.
func (s Sequential) Run(tasks <-chan pipeline.Task, report func(pipeline.Outcome)) {
	for task := range tasks {
		report(s.Worker.Do(task))
	}
}
