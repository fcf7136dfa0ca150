// Package claims is what commands share that ask real servers, on an idle machine, for
// what is claimed of them, and print a table: what is wanted, what came out, and whether
// it holds. It starts the binary on free ports with folders of its own and ends it again,
// and changes nothing else.
package claims

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/topology"
)

// Part is some of the claims, by the name that -parts takes.
type Part struct {
	Name, About string
	Run         func(*Bench) error
}

// Bench is what the parts have. Its Server is nil where each starts its own.
type Bench struct {
	*Server
	Ctx    context.Context
	Binary string
	Out    io.Writer
}

// Command is such a command.
type Command struct {
	Name, Title string
	Most        time.Duration // after which no further figure is begun, if the command line says nothing
	Shared      bool          // all parts ask one server
	Parts       []Part
}

// Main is its main function.
func (c Command) Main() {
	binary := flag.String("bin", "bin/carriles", "the program that is measured")
	chosen := flag.String("parts", "", "some of the parts, with commas between; all without it: "+names(c.Parts))
	most := flag.Duration("most", c.Most, "after how long no further figure is begun")
	flag.Parse()
	if err := c.measure(*binary, *chosen, *most); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", c.Name, err)
		os.Exit(1)
	}
}

func names(parts []Part) string {
	var list []string
	for _, p := range parts {
		list = append(list, p.Name)
	}
	return strings.Join(list, ",")
}

// pick are the parts of some names; all, of none.
func pick(all []Part, chosen string) ([]Part, error) {
	if chosen == "" {
		return all, nil
	}
	wanted := strings.Split(chosen, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(all, func(p Part) bool { return p.Name == name }) {
			return nil, fmt.Errorf("no part %q; there are %s", name, names(all))
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(p Part) bool { return !slices.Contains(wanted, p.Name) }), nil
}

func (c Command) measure(binary, chosen string, most time.Duration) error {
	ended, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ended, most)
	defer cancel()
	parts, err := pick(c.Parts, chosen)
	if err != nil {
		return err
	}
	b := &Bench{Ctx: ctx, Binary: binary, Out: os.Stdout}
	if c.Shared {
		if b.Server, err = b.Serve(); err != nil {
			return err
		}
		defer b.Stop()
	}
	fmt.Fprintf(b.Out, "# %s, %s\n\nThe machine: %s, load average %s before.\n", c.Title, time.Now().UTC().Format(time.RFC3339), system(), loadAverage())
	fmt.Fprint(b.Out, "\n| part | what | wanted | measured | held |\n|---|---|---|---|---|\n")
	for _, p := range parts {
		if ctx.Err() != nil {
			b.Row(p.Name, p.About, "", "not reached: the time is over", "")
			continue
		}
		began := time.Now()
		if err := p.Run(b); err != nil {
			b.Row(p.Name, p.About, "", "failed: "+strings.ReplaceAll(err.Error(), "\n", " "), "no")
		}
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", p.Name, time.Since(began).Seconds())
	}
	fmt.Fprintf(b.Out, "\nLoad average %s after.\n", loadAverage())
	if ended.Err() != nil {
		return errors.New("interrupted")
	}
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

// Row prints a line of the table.
func (b *Bench) Row(part, what, wanted, measured, held string) {
	fmt.Fprintf(b.Out, "| %s | %s | %s | %s | %s |\n", part, what, wanted, measured, held)
}

// Held is what the last column says.
func Held(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// Spread tells the median of some samples and their quartiles, which are their noise.
func Spread(samples []float64, format string) (median float64, told string) {
	if len(samples) == 0 {
		return 0, "nothing"
	}
	s := analysis.SpreadOf(samples)
	return s.Median, fmt.Sprintf(format+" (quartiles "+format+" to "+format+", %d times)", s.Median, s.Q1, s.Q3, len(samples))
}
