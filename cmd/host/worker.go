package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"carriles/executor/crew/room"
	computer "carriles/executor/crew/room/machine"
	"carriles/executor/crew/room/wire"
	"carriles/filters"
)

const workerSubcommand = "worker"

// runWorker makes this machine a worker of somebody's room, until it is told to end.
func runWorker(args []string, version string, errOut io.Writer) error {
	var cfg computer.Config
	var join, names string
	fs := flag.NewFlagSet("carriles worker", flag.ContinueOnError)
	fs.StringVar(&join, "join", "", "the address that the host printed, with its code: http://HOST:8000#CODE")
	fs.IntVar(&cfg.Hello.Lanes, "lanes", 0, "how many images at a time; 0: as many as this machine has cores")
	fs.StringVar(&cfg.Hello.Name, "name", "", "what the class sees; the machine's name if it is not given")
	fs.StringVar(&names, "filters", "", "the filters that it computes, separated by commas; all if it is not given")
	if err := parseFlags(fs, args, "CARRILES_WORKER", "usage: carriles worker -join http://HOST:8000#CODE [flags]\n\nIt computes for the host until it is stopped with Ctrl-C.", errOut); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", fs.Arg(0))
	}
	var err error
	if cfg.Host, cfg.Code, err = parseJoin(join); err != nil {
		return err
	}
	if cfg.Hello.Filters, err = parseFilters(names); err != nil {
		return err
	}
	own := newMachine(version)
	if cfg.Hello.Lanes == 0 {
		cfg.Hello.Lanes = own.Cores()
	}
	if cfg.Hello.Name == "" {
		cfg.Hello.Name, _ = os.Hostname()
	}
	if cfg.Hello.Name == "" {
		cfg.Hello.Name = wire.Machine
	}
	if cfg.Hello.Lanes < 1 || cfg.Hello.Lanes > maxWorkerLanes {
		return fmt.Errorf("-lanes goes from 1 to %d", maxWorkerLanes)
	}
	cfg.Hello.Cores, cfg.Hello.Version, cfg.Hello.SIMD = own.Cores(), version, filters.SIMDOf(filters.NativeName)
	cfg.Log = slog.New(slog.NewTextHandler(errOut, nil))
	if cfg.Command, err = childCommand(cfg.Log); err != nil {
		return err
	}
	if cfg.Dir, err = os.MkdirTemp("", "carriles-worker-"); err != nil {
		return err
	}
	defer os.RemoveAll(cfg.Dir)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err = computer.Run(ctx, cfg); errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// maxWorkerLanes is more than any machine of a class has cores.
const maxWorkerLanes = 256

// parseJoin takes the host's address and the code apart.
func parseJoin(join string) (host, code string, err error) {
	u, err := url.Parse(join)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", "", errors.New("-join takes the address that the host printed: http://HOST:8000#CODE")
	}
	code = strings.ToUpper(u.Fragment)
	if !room.CheckCode(code) {
		return "", "", errors.New("-join lacks the code, eight letters behind a #; a shell wants it in quotes")
	}
	return u.Scheme + "://" + u.Host, code, nil
}

func parseFilters(names string) ([]string, error) {
	list := strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' })
	for i, name := range list {
		f, ok := filters.Lookup(name)
		if !ok {
			return nil, fmt.Errorf("there is no filter %q", name)
		}
		list[i] = f.Name
	}
	return list, nil
}
