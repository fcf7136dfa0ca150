//go:build !windows

package topology

import "github.com/shirou/gopsutil/v4/load"

func loadAverage() *float64 {
	avg, err := load.Avg()
	if err != nil {
		return nil
	}
	return &avg.Load1
}
