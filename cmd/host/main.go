// Command host is the lab's server: it queues batches, runs them in child
// processes, and serves the API and the page.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"carriles/cmd/host/internal/child"
	"carriles/executor/crew/process"
	"carriles/filters/engines"
)

// version is set by the build.
var version = "dev"

func main() {
	// bild's init has set GOMAXPROCS to all CPUs, a container's quota or not.
	runtime.SetDefaultGOMAXPROCS()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program; it returns the exit code.
func run(args []string, out, errOut io.Writer) int {
	said := args
	if len(args) > 0 {
		switch args[0] {
		case process.Subcommand:
			return process.ChildMain(args[1:], os.Stdin, os.Stdout, version, engines.All())
		case workerSubcommand:
			return exitCode(runWorker(args[1:], version, errOut), errOut)
		case "version":
			fmt.Fprintln(out, "carriles", version, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
			return 0
		case metricsSubcommand:
			return exitCode(runMetrics(args[1:], out, errOut), errOut)
		case runSubcommand:
			return runOnce(args[1:], version, out, errOut)
		case benchSubcommand:
			return exitCode(runBench(args[1:], out, errOut), errOut)
		case "serve":
			args = args[1:]
		}
	}
	cfg, err := parseConfig(args, errOut)
	if err == nil {
		cfg.Open = opensPage(cfg, said, isTerminal(out))
		err = serve(cfg, out, errOut)
	}
	return exitCode(err, errOut)
}

// exitCode says what went wrong: 2 for what bench was given, 1 for anything
// else. Help that was asked for is no fault.
func exitCode(err error, errOut io.Writer) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(errOut, "carriles:", err)
	if _, ok := errors.AsType[*inputError](err); ok {
		return 2
	}
	return 1
}

func serve(cfg config, out, errOut io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, func() {
		stop() // a second signal ends the program at once, as signals do
		time.AfterFunc(watchdog, func() {
			fmt.Fprintln(errOut, "carriles: something does not stop; ending without it")
			os.Exit(0)
		})
	})()
	log := slog.New(slog.NewTextHandler(errOut, nil))
	command, err := childCommand(log)
	if err != nil {
		return err
	}
	app, err := New(cfg, version, command, log)
	if err != nil {
		return err
	}
	defer app.Close()
	app.Greet(out)
	if cfg.Open {
		if err := openPage(app.origin() + "/"); err != nil {
			fmt.Fprintln(errOut, "carriles:", err)
		}
	}
	return app.Run(ctx)
}

// childCommand is the command line of child processes.
func childCommand(log *slog.Logger) ([]string, error) {
	command, refused, err := child.Command(version)
	if refused != nil {
		log.Warn("children are started from the whole program, which takes longer", "err", refused)
	}
	return command, err
}

// watchdog is how long stopping may take, whatever is open: a child may hang
// between two system calls where nothing reaches it. What is written is whole at
// any moment, and the children end with the server.
const watchdog = 9 * time.Second
