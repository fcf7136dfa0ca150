// Package executor runs the tasks of a batch inside one process, by one of two
// strategies: one after the other, or by several goroutines. Both are plain
// enough to be read in class, and the browser uses the first.
//
// It knows nothing of processes (executor/crew/process starts those), of queues or
// of HTTP.
package executor

import "carriles/executor/pipeline"

// Worker does one task at a time; a pipeline.Lane is one.
type Worker interface {
	Do(pipeline.Task) pipeline.Outcome
}

// Executor takes tasks until the channel is closed and reports each outcome
// once. Goroutines calls report from several goroutines at a time; an
// outcome's spans are valid during that call.
type Executor interface {
	Run(tasks <-chan pipeline.Task, report func(pipeline.Outcome))
}

// For gives the strategy for a number of workers: Sequential for one.
func For(workers []Worker) Executor {
	if len(workers) == 1 {
		return Sequential{Worker: workers[0]}
	}
	return Goroutines{Workers: workers}
}
