package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"carriles/cmd/host/internal/api"
	"carriles/cmd/host/internal/evidence"
	"carriles/cmd/host/internal/runs"
	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/web/draw"
)

const runSubcommand = "run"

// interrupted is the exit code of a program that Ctrl-C has ended: 128 and the signal's
// number.
const interrupted = 130

const runUsage = `usage: carriles run '{"filters": ["sharpen"], "count": 8}' [flags]

Measures without a server what POST /api/runs/ takes; - reads it from the standard input.
It ends with 0, with 1 if an image failed, with 2 if the request is none.`

// onceConfig is what the command line of one run says.
type onceConfig struct {
	Body   []byte
	Static string
	Lang   string
	JSON   bool
	CSV    bool
}

// parseOnce reads the flags, before the request or behind it, and CARRILES_RUN_...
// variables; flags win. The error is flag.ErrHelp after the help has been printed, or
// else an *inputError.
func parseOnce(args []string, in io.Reader, out io.Writer) (c onceConfig, err error) {
	fs := flag.NewFlagSet("carriles run", flag.ContinueOnError)
	fs.BoolVar(&c.JSON, "json", false, "print the run as GET /api/runs/ID/ gives it, instead of a table")
	fs.BoolVar(&c.CSV, "csv", false, "print every round as GET /api/runs/ID/csv/ does, instead of a table")
	fs.StringVar(&c.Lang, "lang", "", "es or en; that of LANG if it is not given")
	fs.StringVar(&c.Static, "static", "", "folder whose images/ are measured, and whose processed/ keeps the outputs; this program's own photographs if it is not given, and nothing is kept")
	for first := ""; ; args = fs.Args()[1:] {
		if err = parseFlags(fs, args, "CARRILES_RUN", runUsage, out); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return c, err
			}
			return c, &inputError{err}
		}
		if fs.NArg() == 0 {
			c.Body = []byte(first)
			break
		}
		if first != "" {
			return c, &inputError{fmt.Errorf("unknown argument %q", fs.Arg(0))}
		}
		first = fs.Arg(0)
	}
	if string(c.Body) == "-" {
		if c.Body, err = io.ReadAll(in); err != nil {
			return c, &inputError{err}
		}
	}
	if c.Lang == "" && strings.HasPrefix(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LANG")), "en") {
		c.Lang = "en"
	}
	if c.Lang = cmp.Or(c.Lang, "es"); c.Lang != "es" && c.Lang != "en" {
		return c, &inputError{fmt.Errorf("-lang is es or en, not %q", c.Lang)}
	}
	if c.JSON && c.CSV {
		return c, &inputError{errors.New("-json or -csv, not both")}
	}
	return c, nil
}

// runOnce measures one run in this program and prints it; it gives the exit code.
//
// It is the server as it stands, which listens on the loopback alone, for a slow source
// (source: http) is its own, and has one run.
func runOnce(args []string, version string, out, errOut io.Writer) int {
	c, err := parseOnce(args, os.Stdin, errOut)
	if err != nil {
		return exitCode(err, errOut)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, stop)() // a second signal ends the program at once
	view, err := c.measure(ctx, version, errOut)
	if failure, ok := errors.AsType[*fault.Error](err); ok {
		c.say(errOut, failure)
		if failure.Faults != nil || failure.Code == fault.CodeInvalidJSON {
			return 2
		}
		if ctx.Err() != nil {
			return interrupted
		}
		return 1
	}
	if err == nil {
		err = c.print(out, view)
	}
	if err != nil {
		return exitCode(err, errOut)
	}
	if failed := failures(view); failed > 0 {
		fmt.Fprintln(errOut, "carriles:", text.Sprintf("imágenes que fallaron: %d", "images that failed: %d", failed).In(c.Lang))
		return 1
	}
	return 0
}

// say tells of a fault, of a request all of them.
func (c onceConfig) say(w io.Writer, e *fault.Error) {
	body := e.Body(c.Lang)
	if len(body.Faults) == 0 {
		fmt.Fprintln(w, "carriles:", body.Error)
	}
	for _, f := range body.Faults {
		line := f.Error
		if f.Allowed != "" {
			line += " (" + f.Allowed + ")"
		}
		fmt.Fprintln(w, "carriles:", line)
	}
}

// measure has a server of its own measure the request. The error is a *fault.Error, or
// what kept it from starting.
func (c onceConfig) measure(ctx context.Context, version string, errOut io.Writer) (view result.RunView, err error) {
	dir := c.Static
	if dir == "" {
		if dir, err = os.MkdirTemp("", "carriles-run-"); err != nil {
			return view, err
		}
		defer os.RemoveAll(dir)
	}
	cfg, err := parseConfig([]string{"-addr", "127.0.0.1:0", "-static", dir}, io.Discard)
	if err != nil {
		return view, err
	}
	cfg.Alone = true
	log := slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelError}))
	command, err := childCommand(log)
	if err != nil {
		return view, err
	}
	app, err := New(cfg, version, command, log)
	if err != nil {
		return view, err
	}
	defer app.Close()
	serving, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- app.Run(serving) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	spec, err := request.Parse(c.Body, api.RunsEndpoint(), app.lab())
	if err != nil {
		return view, err
	}
	accepted, err := app.runs.Submit(spec, runs.Asker{Presents: true})
	if err != nil {
		return view, err
	}
	c.watch(ctx, app.runs, accepted.ID, errOut)
	if _, err = app.runs.Wait(context.Background(), accepted.ID); err != nil { // it is final
		return view, err
	}
	return app.runs.View(accepted.ID)
}

// watch tells how far a run is until it is final. If ctx ends the run is cancelled.
func (c onceConfig) watch(ctx context.Context, m *runs.Manager, id string, w io.Writer) {
	news, stop, err := m.Watch(id)
	if err != nil {
		return // it is over
	}
	defer stop()
	line := progressLine{w: w, terminal: isTerminal(w)}
	defer line.end()
	cancel := ctx.Done()
	for {
		select {
		case <-cancel:
			cancel = nil
			_ = m.Cancel(id) // it may be final by now
		case n := <-news:
			var v result.RunView
			if json.Unmarshal(n.JSON, &v) == nil && v.State == result.Running {
				line.tell(progressKey(v.Progress), progressText(v.Progress).In(c.Lang))
			}
			if n.Final {
				return
			}
		}
	}
}

// progressKey is what of the progress makes a new line where lines cannot be written
// over.
func progressKey(p result.Progress) string { return fmt.Sprint(p.Phase, p.Point, p.Round) }

// progressText says what is measured.
func progressText(p result.Progress) text.Text {
	var t text.Text
	switch title := request.Described(p.Method).Title; p.Phase {
	case result.PhaseCeiling:
		t = text.Text{ES: "lo que dan los núcleos", EN: "what the cores give"}
	case result.PhaseVerify:
		t = text.Text{ES: "comprobando los píxeles, fuera del tiempo medido", EN: "checking the pixels, outside the measured time"}
	case "":
		return text.Text{ES: "preparando", EN: "preparing"}
	default:
		t = text.Text{
			ES: fmt.Sprintf("%s · ronda %d de %d · imagen %d de %d", title.ES, p.Round, p.Rounds, p.Done, p.Total),
			EN: fmt.Sprintf("%s · round %d of %d · image %d of %d", title.EN, p.Round, p.Rounds, p.Done, p.Total),
		}
		if p.Phase == result.PhaseWarmup {
			t = text.Text{ES: t.ES + " · calentamiento", EN: t.EN + " · warm-up"}
		}
	}
	if p.Points > 0 {
		point := fmt.Sprintf("%d/%d · ", p.Point, p.Points)
		t = text.Text{ES: point + t.ES, EN: point + t.EN}
	}
	return t
}

// progressLine is one that is written over on a terminal, and elsewhere a few.
type progressLine struct {
	w        io.Writer
	terminal bool
	key      string
	told     bool
}

func (p *progressLine) tell(key, line string) {
	switch {
	case p.terminal:
		fmt.Fprint(p.w, "\r\x1b[K"+line)
	case !p.told || key != p.key:
		fmt.Fprintln(p.w, line)
	}
	p.key, p.told = key, true
}

func (p *progressLine) end() {
	if p.terminal && p.told {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// failures is how many images failed.
func failures(v result.RunView) (n int) {
	if v.Result != nil {
		for _, m := range result.Contestants(v.Result.Results) {
			n += m.AllFailed
		}
	}
	if v.Sweep != nil {
		for _, p := range v.Sweep.Points {
			for _, m := range p.Results {
				n += m.FailedCount
			}
		}
	}
	return n
}

// print writes what was measured as it was asked for.
func (c onceConfig) print(out io.Writer, v result.RunView) error {
	switch {
	case c.CSV:
		return evidence.WriteCSV(out, v)
	case c.JSON:
		if v.Result != nil {
			v.Result = v.Result.In(c.Lang)
		}
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", " ")
		return encoder.Encode(v)
	case v.Sweep != nil:
		return c.printSweep(out, v.Sweep)
	}
	return c.printComparison(out, v.Result)
}

// row is a line of a table: a method's samples, in seconds.
type row struct {
	title   text.Text
	samples []float64
	speedup float64
}

// table writes rows as hyperfine does: mean and standard deviation, least and most.
func (c onceConfig) table(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	in := func(es, en string) string { return text.Text{ES: es, EN: en}.In(c.Lang) }
	fmt.Fprintln(w, in("método", "method")+"\t"+in("media ± desviación", "mean ± sd")+"\t"+in("mín. … máx.", "min … max")+"\t"+in("rondas", "rounds")+"\t"+in("aceleración", "speedup")+"\t")
	for _, r := range rows {
		if len(r.samples) == 0 {
			continue
		}
		mean, sd := analysis.MeanOf(r.samples)
		scale, least, most := text.ScaleOf(mean), slices.Min(r.samples), slices.Max(r.samples)
		middle := scale.Write(c.Lang, mean)
		if !math.IsNaN(sd) {
			middle += " ± " + scale.Write(c.Lang, sd)
		}
		speedup := "–"
		if r.speedup > 0 {
			speedup = text.Ratio(c.Lang, r.speedup)
		}
		fmt.Fprintf(w, "%s\t%s\t%s … %s\t%d\t%s\t\n", r.title.In(c.Lang), middle, scale.Write(c.Lang, least), scale.Write(c.Lang, most), len(r.samples), speedup)
	}
	return w.Flush()
}

func (c onceConfig) printComparison(out io.Writer, r *result.Comparison) error {
	var rows []row
	all := result.Contestants(r.Results)
	for _, name := range draw.MethodOrder(all) {
		rows = append(rows, row{request.Described(name).Title, all[name].Samples, all[name].Speedup})
	}
	if err := c.table(out, rows); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, sentence := range []text.Text{r.Performance.Summary, r.Performance.Caution, r.Performance.Starting, r.Performance.Ceiling} {
		if s := sentence.In(c.Lang); s != "" {
			fmt.Fprintln(out, s)
		}
	}
	told := map[string]bool{}
	for _, name := range draw.MethodOrder(r.Results) {
		for _, t := range r.Results[name].Results {
			if line := t.Image() + ": " + t.Why(c.Lang); t.Status == result.StatusError && !told[line] {
				told[line] = true
				fmt.Fprintln(out, line)
			}
		}
	}
	return nil
}

func (c onceConfig) printSweep(out io.Writer, s *result.Sweep) error {
	for _, p := range s.Points {
		fmt.Fprintf(out, "%s = %s\n", s.Over, text.FormatNumber(p.Value))
		var rows []row
		for _, name := range draw.MethodOrder(p.Results) {
			rows = append(rows, row{request.Described(name).Title, p.Results[name].Samples, p.Results[name].Speedup})
		}
		if err := c.table(out, rows); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	for _, sentence := range []text.Text{s.Summary, s.Caution} {
		if line := sentence.In(c.Lang); line != "" {
			fmt.Fprintln(out, line)
		}
	}
	return nil
}
