package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// parseFlags reads a command's flags, and for each that is not given its variable, as
// CARRILES_MAX_RUN for -max-run where the prefix is CARRILES: an empty one is none. The
// error is a sentence on the one value that is wrong, or flag.ErrHelp after the help
// has been printed.
func parseFlags(fs *flag.FlagSet, args []string, prefix, usage string, out io.Writer) error {
	fs.SetOutput(io.Discard) // it prints the whole help for one wrong value
	fs.Usage = func() {}
	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(out, "%s\nEach flag can be a variable too, which it wins over: %s_... with its name in capitals and _ for -.\n\n", usage, prefix)
		fs.SetOutput(out)
		fs.PrintDefaults()
		return err
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	fs.VisitAll(func(f *flag.Flag) {
		name := variable(prefix, f.Name)
		switch value := os.Getenv(name); {
		case err != nil:
			if text := err.Error(); strings.Contains(text, " for flag -"+f.Name+":") || strings.Contains(text, " for -"+f.Name+":") {
				said, _, _ := strings.Cut(text, " for ")
				_, value, _ := strings.Cut(said, "value ") // in quotes
				err = fmt.Errorf("-%s takes %s, and is %s", f.Name, takes(f), value)
			}
		case value == "" || given[f.Name]:
		case fs.Set(f.Name, value) != nil:
			err = fmt.Errorf("%s takes %s, and is %q", name, takes(f), value)
		}
	})
	return err
}

// variable is what a flag is called in the environment.
func variable(prefix, name string) string {
	return prefix + "_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// takes says what a flag's value is.
func takes(f *flag.Flag) string {
	switch kind, _ := flag.UnquoteUsage(f); kind {
	case "int":
		return "a whole number"
	case "duration":
		return "a time with its unit, as 30s or 15m"
	case "":
		return "true or false"
	default:
		return "a " + kind
	}
}
