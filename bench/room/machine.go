package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	"carriles/bench/claims"
	"carriles/executor/crew/room"
)

// The presenter's token of all servers here, of which devices know the code.
const token = "the-presenter-of-the-bench"

// host is a server with a room.
type host struct{ *claims.Server }

// serve starts one with photographs of so many pixels, or the program's own.
func serve(b *claims.Bench, width int, flags ...string) (host, error) {
	s, err := b.ServeWith(b.Binary, photographs(width), append(flags, "-class-token", token, "-ceiling=false")...)
	return host{s}, err
}

// photographs are four of a width, three quarters as high; none of 0.
func photographs(width int) (files []claims.File) {
	if width == 0 {
		return nil
	}
	for i := range 4 {
		random := rand.New(rand.NewPCG(uint64(i), uint64(width)))
		img := image.NewNRGBA(image.Rect(0, 0, width, width*3/4))
		for y := range width * 3 / 4 {
			for x := range width {
				img.SetNRGBA(x, y, color.NRGBA{uint8(x*255/width) ^ uint8(random.IntN(16)), uint8(y*255/width) ^ uint8(random.IntN(16)), uint8(x + y + i*40), 255})
			}
		}
		var data bytes.Buffer
		if err := jpeg.Encode(&data, img, &jpeg.Options{Quality: 85}); err != nil {
			panic(err) // memory takes all
		}
		files = append(files, claims.File{Path: fmt.Sprintf("images/%c.jpg", 'a'+i), Data: data.Bytes()})
	}
	return files
}

// here waits for so many devices to be in the room, at rest.
func (h host) here(n int) error {
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
		v, err := h.view()
		if err != nil {
			return err
		}
		if len(v.Devices) == n && !slices.ContainsFunc(v.Devices, func(d room.Device) bool { return d.WayMS == 0 || d.Silent }) {
			return nil
		}
		time.Sleep(10*time.Millisecond + time.Duration(n)*200*time.Microsecond) // a view of a thousand is long
	}
	return fmt.Errorf("there are not %d devices", n)
}

func (h host) view() (v room.View, err error) {
	err = h.Ask("/api/room/", "", &v)
	return v, err
}

// worker is a real machine in a room.
type worker struct {
	*exec.Cmd
	ended chan struct{}
}

// join starts a machine of one lane that finds the host at an address, by way of a command
// if there is one.
func (h host) join(b *claims.Bench, address, name string, by ...string) (*worker, error) {
	line := append(by, b.Binary, "worker", "-join", "http://"+address+"#"+room.CodeOf(token), "-name", name, "-lanes", "1")
	w := &worker{Cmd: exec.Command(line[0], line[1:]...), ended: make(chan struct{})}
	if err := w.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = w.Wait() // it is killed
		close(w.ended)
	}()
	return w, nil
}

func (h host) address() string { return "127.0.0.1:" + h.Port() }

// stop ends a machine, stopped or not.
func (w *worker) stop() {
	if w == nil {
		return
	}
	_ = w.Process.Signal(syscall.SIGCONT)
	_ = w.Process.Signal(syscall.SIGTERM)
	select {
	case <-w.ended:
	case <-time.After(5 * time.Second):
		_ = w.Process.Kill()
		<-w.ended
	}
}

// slowed has a machine's children run a tenth of the time, until what it returns is
// called.
func slowed(w *worker) (stop func()) {
	const period = 20 * time.Millisecond
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		var children []int32
		for i := 0; ; i++ {
			if i%10 == 0 {
				children = computing(w.Process.Pid)
			}
			signal(children, syscall.SIGSTOP)
			time.Sleep(period * 9 / 10)
			signal(children, syscall.SIGCONT)
			select {
			case <-over:
				return
			case <-time.After(period / 10):
			}
		}
	}()
	return func() {
		close(over)
		<-done
	}
}

func signal(pids []int32, with syscall.Signal) {
	for _, pid := range pids {
		_ = syscall.Kill(int(pid), with) // it may have ended
	}
}

// computing are the processes below one that compute: not the one that watches their starts.
func computing(pid int) (pids []int32) {
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return nil
	}
	below, _ := p.Children() // none is an error there
	for _, c := range below {
		if line, err := c.CmdlineSlice(); err == nil && len(line) > 0 && line[len(line)-1] != "watch" {
			pids = append(pids, c.Pid)
		}
		pids = append(pids, computing(int(c.Pid))...)
	}
	return pids
}

// used is the processor time that a process has used so far, in seconds.
func used(pid int) (float64, error) {
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return 0, err
	}
	t, err := p.Times()
	if err != nil {
		return 0, err
	}
	return t.User + t.System, nil
}

// resident is the memory that a process has in use, in bytes.
func resident(pid int) (uint64, error) {
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return 0, err
	}
	m, err := p.MemoryInfo()
	if err != nil {
		return 0, err
	}
	return m.RSS, nil
}

// distant passes connections on to an address, and everything late by the same time.
func distant(to string, late time.Duration) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go carry(in, out, late)
			go carry(out, in, late)
		}
	}()
	return l, nil
}

// carry passes on what one connection says, until either ends.
func carry(from, to net.Conn, late time.Duration) {
	type parcel struct {
		due  time.Time
		data []byte
	}
	way := make(chan parcel, 4096)
	var all sync.WaitGroup
	all.Go(func() {
		for p := range way {
			time.Sleep(time.Until(p.due))
			if _, err := to.Write(p.data); err != nil {
				from.Close()
			}
		}
		to.Close()
	})
	for {
		data := make([]byte, 32<<10)
		n, err := from.Read(data)
		if n > 0 {
			way <- parcel{time.Now().Add(late), data[:n]}
		}
		if err != nil {
			break
		}
	}
	close(way)
	all.Wait()
}

// namespace is a network of its own that a cable leads to.
type namespace struct {
	name string
	near string // the address of this end
}

var errNotRoot = errors.New("network namespaces take root and the command ip: not possible here")

// newNamespace makes the nth; take must be called.
func newNamespace(n int) (_ namespace, err error) {
	if os.Getuid() != 0 {
		return namespace{}, errNotRoot
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return namespace{}, errNotRoot
	}
	ns := namespace{fmt.Sprintf("carriles-%d-%d", os.Getpid(), n), fmt.Sprintf("10.213.%d.1", n)}
	defer func() {
		if err != nil {
			ns.take()
		}
	}()
	cable := fmt.Sprintf("cr%d-%d", os.Getpid()%100000, n)
	for _, line := range []string{
		"netns add " + ns.name,
		"link add " + cable + " type veth peer name eth0 netns " + ns.name,
		"addr add " + ns.near + "/30 dev " + cable,
		"link set " + cable + " up",
		"-n " + ns.name + " addr add " + strings.TrimSuffix(ns.near, "1") + "2/30 dev eth0",
		"-n " + ns.name + " link set eth0 up",
		"-n " + ns.name + " link set lo up",
	} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			return ns, fmt.Errorf("ip %s: %w: %s", line, err, out)
		}
	}
	return ns, nil
}

// inside is a command within it.
func (n namespace) inside() []string { return []string{"ip", "netns", "exec", n.name} }

// take takes it down; its cable goes with it.
func (n namespace) take() {
	_ = exec.Command("ip", "netns", "del", n.name).Run() // it may be half made
}

// output reads a file of the server's, by its path in an answer.
func (h host) output(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(h.Dir, strings.TrimPrefix(path, "/static/")))
}
