package main

import (
	"context"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/process"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/topology"
)

// waits measures a way of waiting in processes of this machine, whose threads have so
// many cores: one of several processes has one.
func waits(l process.Launcher, cores int) func(context.Context, request.WaitWay, request.Waits) (*result.WaitFigures, error) {
	return func(ctx context.Context, way request.WaitWay, w request.Waits) (*result.WaitFigures, error) {
		processes, lanes := way.Shape(w)
		plan := process.WaitPlan{
			Requests: w.Requests, Processes: processes, Lanes: lanes, Threads: way.Threads, MaxProcs: min(lanes, cores),
			Wait: time.Duration(w.Seconds * float64(time.Second)), Patience: analysis.Patience(way, w),
		}
		if processes > 1 {
			plan.MaxProcs = 1
		}
		r, err := l.Waits(ctx, plan)
		if err != nil {
			return nil, err
		}
		f := result.WaitFigures{
			Answered: r.Answered, Time: r.Last.Seconds(), LeftAfter: r.Left.Seconds(), Threads: r.Threads,
			PeakMemory: r.Used.PeakMemory, BaseMemory: r.Base,
			CPUUser: r.Used.User.Seconds(), CPUSystem: r.Used.System.Seconds(), Start: r.Start.Seconds(),
		}
		f.Latency.Median, f.Latency.P95 = r.Median.Seconds(), r.P95.Seconds()
		return &f, nil
	}
}

// waitRoom is what this machine has for requests that wait.
func waitRoom() analysis.WaitRoom {
	_, available, ok := topology.Memory()
	if !ok {
		available = 0
	}
	return analysis.WaitRoom{Memory: available, Descriptors: kernel.Descriptors()}
}
