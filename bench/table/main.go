// Command table prints the results of comparisons, or writes them into the
// README. It measures nothing.
//
// usage: table [-readme FILE] RESULTS.json...
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"carriles/bench/report"
)

func main() {
	readme := flag.String("readme", "", "write the tables between the markers of this file instead of printing them")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: table [-readme FILE] RESULTS.json...")
		os.Exit(2)
	}
	if err := run(*readme, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func run(readme string, paths []string) error {
	var markdown strings.Builder
	for i, path := range paths {
		r, err := report.Read(path)
		if err != nil {
			return err
		}
		if readme == "" {
			if err := r.Text(os.Stdout); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			markdown.WriteByte('\n')
		}
		if err := r.Markdown(&markdown); err != nil {
			return err
		}
	}
	if readme == "" {
		return nil
	}
	document, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	written, err := report.Insert(string(document), markdown.String())
	if err != nil {
		return fmt.Errorf("%s: %w", readme, err)
	}
	return os.WriteFile(readme, []byte(written), 0o644)
}
