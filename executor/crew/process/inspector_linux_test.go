package process

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"carriles/executor/fault"
)

// unreliable is a worker to whom something happens: the first one of a folder has
// the first fate of a list, and so on; those after the last are well. A fate is
// "kill", "stop", "exit" or "sleep", at its start or, with "later-" before it, when
// it is asked to inspect something.
const unreliable = "unreliable"

// befall has the process meet its fate, or gives the input that prepares for it.
func befall(dir, list string) io.Reader {
	fates := strings.Split(list, ",")
	for i, fate := range fates {
		if os.Mkdir(filepath.Join(dir, "fate-"+strconv.Itoa(i)), 0o755) != nil {
			continue // another's
		}
		if later, ok := strings.CutPrefix(fate, "later-"); ok {
			r, w := io.Pipe()
			go relay(w, os.Stdin, later)
			return r
		}
		suffer(fate)
		break
	}
	return os.Stdin
}

// relay passes on what the parent says, until it asks for something to be
// inspected: that comes alone, after the hello.
func relay(to io.Writer, from io.Reader, fate string) {
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if err != nil {
			os.Exit(0)
		}
		if kind(buf[0]) == kindInspect {
			suffer(fate)
		}
		_, _ = to.Write(buf[:n])
	}
}

func suffer(fate string) {
	switch fate {
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "stop":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	case "exit":
		os.Exit(3)
	case "sleep":
		time.Sleep(time.Hour)
	}
}

// TestWhoseFaultItIs has inspectors die and freeze, over somebody's image and over
// an output.
func TestWhoseFaultItIs(t *testing.T) {
	const short = time.Second
	for _, tt := range []struct {
		fates           string
		foreign, output string // codes; empty for well
		began           int    // children that suffer, of somebody's image
	}{
		{"kill,kill", "", "", 2},
		{"later-kill,later-kill", "", "", 2},
		{"later-kill,kill,later-kill", fault.CodeNotExamined, fault.CodeNotExamined, 3},
		{"stop", "", "", 1},
		{"later-stop", "", "", 1},
		{"later-exit", fault.CodeBadImage, "", 1},
		{"later-exit,later-exit,later-exit", fault.CodeBadImage, fault.CodeNotExamined, 1},
		{"later-sleep", fault.CodeBadImage, "", 1},
		{"later-kill,later-sleep", fault.CodeBadImage, "", 2},
	} {
		for _, foreign := range []bool{true, false} {
			l := newLab(t)
			launcher := l.launcher()
			launcher.Command = []string{launcher.Command[0], unreliable, l.dir, tt.fates}
			in := NewInspector(launcher, short)
			got, err := in.look(t.Context(), inspect{Path: "images/a.png", Preview: "preview.jpg"}, short, foreign)
			in.Close()
			want := tt.output
			if foreign {
				want = tt.foreign
			}
			code := ""
			var e *fault.Error
			if errors.As(err, &e) {
				code = e.Code
			}
			if code != want || (want == "") != (err == nil && got.Width == 60) {
				t.Errorf("%s, foreign %v: %+v, %v; want %q", tt.fates, foreign, got, err, want)
			}
			suffered, _ := filepath.Glob(filepath.Join(l.dir, "fate-*"))
			if foreign && len(suffered) != tt.began {
				t.Errorf("%s: %d children, want %d", tt.fates, len(suffered), tt.began)
			}
		}
	}
}

// A file that cannot be written, or not be read though it is there, says nothing
// against the image.
func TestTheMachinesFaults(t *testing.T) {
	for _, tt := range []struct {
		got  *wireError
		want string
	}{
		{unwritten(&os.PathError{Op: "write", Err: syscall.ENOSPC}), fault.CodeDiskFull},
		{unwritten(&os.PathError{Op: "write", Err: syscall.EDQUOT}), fault.CodeDiskFull},
		{unwritten(&os.PathError{Op: "write", Err: syscall.EIO}), fault.CodeNotExamined},
		{unread(&os.PathError{Op: "open", Err: syscall.EMFILE}), fault.CodeNotExamined},
		{unread(&os.PathError{Op: "open", Err: syscall.ENOENT}), fault.CodeBadImage},
	} {
		if tt.got.Code != tt.want || tt.got.Text.EN == "" || tt.got.Text.ES == "" || tt.got.Cause == "" {
			t.Errorf("%+v, want %s", tt.got, tt.want)
		}
	}
}
