// Command evidence asks a server of its own, on an idle machine, for what the lab
// claims of its verdicts and of its instruments, and prints a table: what is wanted,
// what came out, and whether it holds. Nothing else may be at work meanwhile: each
// figure is one of wall time.
//
// It starts the binary on a free port with a folder of its own and ends it again. It
// changes nothing else, and it judges nothing that the server has not said itself or
// that does not follow from its figures by a division.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/topology"
)

// part is some of the claims, by the name that -parts takes.
type part struct {
	name, about string
	run         func(*bench) error
}

func parts() []part {
	return []part{
		{"aa", "two equal methods, one round, 24 times: no winner", (*bench).equals},
		{"guide", "the guide's commands as pasted: seconds, rounds and verdict of each", (*bench).guide},
		{"ceiling", "threads against the ceiling, sharpen 5, running", (*bench).ceiling},
		{"cold", "threads from nothing against sequential from nothing", (*bench).cold},
		{"recording", "what recording costs a run", (*bench).recording},
		{"lock", "the lock on, and let go in all stages", (*bench).lock},
		{"idle", "200 batches from cached files, and 20 that wait", func(b *bench) error { return b.bounds("idle", 0) }},
		{"busy", "the same beside two busy loops", func(b *bench) error { return b.bounds("beside two loops", 2) }},
		{"starting", "a method from nothing and running, in one answer", (*bench).starting},
	}
}

type bench struct {
	ctx  context.Context
	base string
	out  io.Writer
}

func main() {
	binary := flag.String("bin", "bin/carriles", "the server that is asked")
	chosen := flag.String("parts", "", "some of the parts, with commas between; all without it: "+names())
	most := flag.Duration("most", 15*time.Minute, "after how long no further figure is begun")
	flag.Parse()
	if err := measure(*binary, *chosen, *most); err != nil {
		fmt.Fprintln(os.Stderr, "evidence:", err)
		os.Exit(1)
	}
}

func names() string {
	var list []string
	for _, p := range parts() {
		list = append(list, p.name)
	}
	return strings.Join(list, ",")
}

func measure(binary, chosen string, most time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	all := parts()
	if chosen != "" {
		wanted := strings.Split(chosen, ",")
		for _, name := range wanted {
			if !slices.ContainsFunc(all, func(p part) bool { return p.name == name }) {
				return fmt.Errorf("no part %q; there are %s", name, names())
			}
		}
		all = slices.DeleteFunc(all, func(p part) bool { return !slices.Contains(wanted, p.name) })
	}
	base, stop, err := serve(ctx, binary)
	if err != nil {
		return err
	}
	defer stop()
	b := &bench{ctx: ctx, base: base, out: os.Stdout}
	fmt.Fprintf(b.out, "# Evidence, %s\n\nThe machine: %s, load average %s before.\n", time.Now().UTC().Format(time.RFC3339), system(), loadAverage())
	fmt.Fprint(b.out, "\n| part | what | wanted | measured | held |\n|---|---|---|---|---|\n")
	for _, p := range all {
		if ctx.Err() != nil {
			b.row(p.name, p.about, "", "not reached: the time is over", "")
			continue
		}
		began := time.Now()
		if err := p.run(b); err != nil {
			b.row(p.name, p.about, "", "failed: "+err.Error(), "no")
		}
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", p.name, time.Since(began).Seconds())
	}
	fmt.Fprintf(b.out, "\nLoad average %s after.\n", loadAverage())
	return nil
}

// system says how many cores there are.
func system() string {
	topo := topology.Detect()
	return fmt.Sprintf("%d cores to use", topo.Pool().Workers)
}

func loadAverage() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(data))[:3], " ")
}

// serve starts the server and waits until it answers.
func serve(ctx context.Context, binary string) (base string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "carriles-evidence-")
	if err != nil {
		return "", nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address := l.Addr().String()
	l.Close()
	cmd := exec.Command(binary, "serve", "-addr", address, "-static", dir)
	cmd.Stderr = nil
	if err := cmd.Start(); err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		os.RemoveAll(dir)
	}
	for range 300 {
		if answer, err := http.Get("http://" + address + "/api/health/"); err == nil {
			answer.Body.Close()
			return "http://" + address, stop, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	stop()
	return "", nil, fmt.Errorf("%s does not answer at %s", binary, address)
}

// row prints a line of the table.
func (b *bench) row(part, what, wanted, measured, held string) {
	fmt.Fprintf(b.out, "| %s | %s | %s | %s | %s |\n", part, what, wanted, measured, held)
}

func held(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// ask posts a body, or gets where there is none, and reads the answer.
func (b *bench) ask(path, body string, into any) error {
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	q, err := http.NewRequestWithContext(b.ctx, method, b.base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %d: %.300s", path, answer.StatusCode, data)
	}
	return json.NewDecoder(bytes.NewReader(data)).Decode(into)
}

const compareAll = request.BatchPath + "compare-all/"

func (b *bench) compare(body string) (c result.Comparison, err error) {
	err = b.ask(compareAll, body, &c)
	return c, err
}
