package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

const metricsSubcommand = "metrics"

// metricsTimeout is how long the server may take to answer.
const metricsTimeout = 5 * time.Second

// runMetrics prints what a server says of its workers, once or again and again.
func runMetrics(args []string, out, errOut io.Writer) error {
	var host string
	var watch bool
	var every time.Duration
	fs := flag.NewFlagSet("carriles metrics", flag.ContinueOnError)
	fs.StringVar(&host, "host", "http://localhost:8000", "the server's address")
	fs.BoolVar(&watch, "watch", false, "print it again and again, until it is stopped with Ctrl-C")
	fs.DurationVar(&every, "every", 2*time.Second, "how often, with -watch")
	if err := parseFlags(fs, args, "CARRILES_METRICS", "usage: carriles metrics [-watch] [flags]", errOut); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return &inputError{fmt.Errorf("unknown argument %q", fs.Arg(0))}
	}
	if every < 100*time.Millisecond {
		return &inputError{fmt.Errorf("-every goes from 100ms on")}
	}
	host = strings.TrimSuffix(host, "/")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for {
		table, err := metricsTable(ctx, host)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && !watch:
			return err
		case err != nil: // it may come back
			table = fmt.Sprintf("%v\n", err)
		}
		if watch {
			fmt.Fprint(out, "\x1b[H\x1b[2J") // the top of an empty screen
		}
		fmt.Fprint(out, table)
		if !watch {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}

// What is read of GET /api/metrics/ and GET /api/workers/status/.
type (
	metricsAnswer struct {
		Timestamp time.Time `json:"timestamp"`
		Metrics   struct {
			CPU         float64 `json:"cpu_usage"`
			Cores       int     `json:"cpu_count"`
			Memory      float64 `json:"memory_usage"`
			Queue       int     `json:"queue_length"`
			Active      int     `json:"active_workers"`
			Busy        int     `json:"busy_workers"`
			Utilization float64 `json:"worker_utilization"`
			Success     float64 `json:"success_rate"`
		} `json:"metrics"`
		Scaling struct {
			Action      string `json:"action"`
			Recommended int    `json:"recommended_workers"`
			Reason      string `json:"reason"`
			Note        string `json:"note"`
		} `json:"scaling_recommendation"`
	}
	workersAnswer struct {
		Workers struct {
			Detail []struct {
				Name      string  `json:"name"`
				Status    string  `json:"status"`
				Lanes     int     `json:"lanes"`
				Completed int     `json:"tasks_completed"`
				Failed    int     `json:"tasks_failed"`
				Uptime    float64 `json:"uptime"`
			} `json:"workers_detail"`
		} `json:"workers"`
		Queue struct {
			Tasks map[string]int `json:"task_status_breakdown"`
		} `json:"queue_stats"`
	}
)

// metricsTable asks a server, and lays its answers out for a terminal.
func metricsTable(ctx context.Context, host string) (string, error) {
	var m metricsAnswer
	var w workersAnswer
	if err := asked(ctx, host+"/api/metrics/", &m); err != nil {
		return "", err
	}
	if err := asked(ctx, host+"/api/workers/status/", &w); err != nil {
		return "", err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s  %s\n\n", host, m.Timestamp.Local().Format(time.TimeOnly))
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "cpu\t%.0f %% of %d cores\tmemory\t%.0f %%\n", m.Metrics.CPU, m.Metrics.Cores, m.Metrics.Memory)
	fmt.Fprintf(t, "workers\t%d, %d busy\tlanes\t%.0f %% busy\n", m.Metrics.Active, m.Metrics.Busy, m.Metrics.Utilization)
	q := w.Queue.Tasks
	fmt.Fprintf(t, "tasks\t%d waiting, %d under way\tdone\t%d, failed %d (%.0f %%)\n", q["pending"], q["processing"], q["completed"], q["failed"], m.Metrics.Success)
	_ = t.Flush() // into memory
	fmt.Fprintf(&out, "\n%s: %d workers. %s %s\n", m.Scaling.Action, m.Scaling.Recommended, m.Scaling.Reason, m.Scaling.Note)
	if len(w.Workers.Detail) > 0 {
		fmt.Fprintln(&out)
		fmt.Fprintln(t, "WORKER\tSTATUS\tLANES\tDONE\tFAILED\tUP")
		for _, d := range w.Workers.Detail {
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%v\n", d.Name, d.Status, d.Lanes, d.Completed, d.Failed, (time.Duration(d.Uptime) * time.Second))
		}
		_ = t.Flush()
	}
	return out.String(), nil
}

func asked(ctx context.Context, url string, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, metricsTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return &inputError{err}
	}
	req.Header.Set("Accept-Language", "en") // as this program speaks
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no server answers: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	return nil
}
