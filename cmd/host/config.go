package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"carriles/cmd/host/internal/class"
	"carriles/executor/batch/request"
	"carriles/executor/codec"
)

// config is what the command line and the environment say.
type config struct {
	Addr         string
	Static       string
	Hosts        string
	MaxCount     int
	MaxStress    int
	MaxTasks     int
	ImageTimeout time.Duration
	MaxRun       time.Duration
	Rounds       int
	ClassToken   string
	Python       string
	Ceiling      bool
	Queue        string
	QueueCreds   string
	QueueCA      string
	Open         bool
	Alone        bool // for one run, without a queue of jobs; no flag
}

const usage = `usage: carriles [serve] [flags]
       carriles worker -join http://HOST:8000#CODE [flags]
       carriles metrics [-watch] [flags]
       carriles run '{"filters": ["sharpen"]}' [flags]
       carriles bench [flags] IMAGE
       carriles version

-static, for example, is CARRILES_STATIC.`

// flags are the server's, whose values c gets.
func (c *config) flags() *flag.FlagSet {
	fs := flag.NewFlagSet("carriles", flag.ContinueOnError)
	fs.StringVar(&c.Addr, "addr", ":8000", "address to listen on")
	fs.StringVar(&c.Static, "static", "./static", "folder of images/ and processed/; made if it is missing")
	fs.StringVar(&c.Hosts, "hosts", "", "further names that this server is reached by, separated by commas")
	fs.IntVar(&c.MaxCount, "max-count", 200, "most images of a batch")
	fs.IntVar(&c.MaxStress, "max-stress", 50, "most images of the stress test")
	fs.IntVar(&c.MaxTasks, "max-tasks", 3000, "most images x rounds x methods of one run")
	fs.DurationVar(&c.ImageTimeout, "image-timeout", 30*time.Second, "longest time for one image before its worker is given up")
	fs.DurationVar(&c.MaxRun, "max-run", 15*time.Minute, "longest time of a run, after which it is ended")
	fs.IntVar(&c.Rounds, "rounds", 5, "rounds of a comparison that does not say, after one that does not count: fewer than 3 carry no verdict")
	fs.StringVar(&c.ClassToken, "class-token", "", "the presenter's token; made at random if it is not given, and kept in -static over restarts")
	fs.StringVar(&c.Python, "python", "", "interpreter of the methods python-threading and python-multiprocessing; python3 if it is not given")
	fs.BoolVar(&c.Ceiling, "ceiling", true, "measure before a comparison what the cores give; two seconds, once in some minutes on an idle machine")
	fs.StringVar(&c.Queue, "queue", "", "a department's NATS server with JetStream, as nats://HOST:4222 or tls://HOST:4222, whose queue several hosts share, or a cluster's, with commas between: three keep three copies; one of this program's own in -static if it is not given")
	fs.StringVar(&c.QueueCreds, "queue-creds", "", "file of the credentials for -queue")
	fs.StringVar(&c.QueueCA, "queue-ca", "", "file of the authorities that -queue's certificate is checked with; the system's if it is not given")
	fs.BoolVar(&c.Open, "open", false, "open the page in this machine's browser, as the program does where it is started without a word and without a terminal")
	return fs
}

// parseConfig reads flags and CARRILES_... variables; flags win. The error is
// flag.ErrHelp after the help has been printed.
func parseConfig(args []string, out io.Writer) (config, error) {
	var c config
	fs := c.flags()
	if err := parseFlags(fs, args, "CARRILES", usage, out); err != nil {
		return c, err
	}
	if fs.NArg() > 0 {
		return c, fmt.Errorf("unknown argument %q", fs.Arg(0))
	}
	if c.MaxCount < 1 || c.MaxStress < 1 || c.MaxTasks < 1 || c.ImageTimeout < time.Second || c.MaxRun < time.Second {
		return c, errors.New("the limits must be at least 1, -image-timeout and -max-run at least 1s")
	}
	if c.Rounds < 1 || c.Rounds > request.MaxRounds {
		return c, fmt.Errorf("-rounds must be from 1 to %d", request.MaxRounds)
	}
	if c.ClassToken != "" && len(c.ClassToken) < class.MinToken {
		return c, fmt.Errorf("-class-token must have at least %d characters, so that a class does not guess it", class.MinToken)
	}
	return c, nil
}

func (c config) hosts() []string {
	return strings.FieldsFunc(c.Hosts, func(r rune) bool { return r == ',' || r == ' ' })
}

// limits bounds requests on a machine with a pool of the given size. Workers
// beyond a few times the cores teach what too many cost; more only fill the
// memory.
func (c config) limits(pool int) request.Limits {
	return request.Limits{
		Count: c.MaxCount, Stress: c.MaxStress, Executions: c.MaxTasks,
		Workers: max(8, 4*pool), Pixels: codec.MaxPixels, RunSeconds: int(c.MaxRun.Seconds()), Rounds: c.Rounds,
	}
}
