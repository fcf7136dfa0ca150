package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/term"
	"rsc.io/qr"
)

// isTerminal reports whether somebody reads what is written there.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// opensPage reports whether the page is opened in this machine's browser: where that is
// asked for, and where the program was started with nothing said and nobody reading, as
// by two clicks. A service says "serve".
func opensPage(cfg config, args []string, terminal bool) bool {
	return cfg.Open || len(args) == 0 && !terminal
}

// openPage has this machine's browser show an address. It does not wait for it.
func openPage(address string) error {
	line := []string{"xdg-open", address}
	switch runtime.GOOS {
	case "darwin":
		line = []string{"open", address}
	case "windows":
		line = []string{"rundll32", "url.dll,FileProtocolHandler", address}
	}
	cmd := exec.Command(line[0], line[1:]...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("no browser can be opened: open %s yourself (%w)", address, err)
	}
	go func() { _ = cmd.Wait() }() // what becomes of the window is its own affair
	return nil
}

// quiet is the margin that the standard asks for, in modules.
const quiet = 4

// qrText draws a code for a terminal, two modules a character, black on white whatever
// the terminal's colours: scanners expect it.
func qrText(code *qr.Code) string {
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		b.WriteString("\x1b[30;107m")
		for x := -quiet; x < code.Size+quiet; x++ {
			switch above, below := code.Black(x, y), code.Black(x, y+1); {
			case above && below:
				b.WriteRune('█')
			case above:
				b.WriteRune('▀')
			case below:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String()
}
