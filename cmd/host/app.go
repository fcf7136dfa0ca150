package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"rsc.io/qr"

	"carriles/cmd/host/internal/api"
	"carriles/cmd/host/internal/class"
	"carriles/cmd/host/internal/exporter"
	"carriles/cmd/host/internal/gate"
	"carriles/cmd/host/internal/jobs"
	"carriles/cmd/host/internal/journal"
	"carriles/cmd/host/internal/library"
	"carriles/cmd/host/internal/queue"
	"carriles/cmd/host/internal/runs"
	batch "carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
	"carriles/executor/crew/process"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/crew/process/python"
	"carriles/executor/crew/room"
	"carriles/executor/fault"
	"carriles/web"
)

// The limits of the HTTP server.
const (
	stopTimeout    = 5 * time.Second // then connections are cut
	inspectTimeout = 30 * time.Second
)

// App is the whole server, wired: the only place that knows all parts.
type App struct {
	log       *slog.Logger
	watch     *process.Watch // of all children's starts
	journal   *journal.Journal
	library   *library.Library
	inspector *process.Inspector
	runs      *runs.Manager
	class     *class.Room
	room      *room.Room
	queue     *queue.Queue // nil: it could not be used
	jobs      *jobs.Jobs   // with it
	token     string       // the presenter's
	lab       func() request.Lab
	server    *http.Server
	listener  net.Listener
	gate      *gate.Gate // of the listener
}

// New builds the server and listens, but does not serve yet. Close must be
// called if it succeeds.
func New(cfg config, version string, command []string, log *slog.Logger) (_ *App, err error) {
	static, err := filepath.Abs(cfg.Static)
	if err != nil {
		return nil, err
	}
	page, assets, err := newPage()
	if err != nil {
		return nil, err
	}
	a := &App{log: log, watch: process.NewWatch(command, log)}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	interpreter := python.New(cmp.Or(cfg.Python, python.Default), a.watch.Start)
	if cfg.Python != "" { // somebody means it: what is none is said at once
		if _, err := interpreter.Look(); err != nil {
			return nil, fmt.Errorf("-python %s is no Python 3 interpreter: name one, as /usr/bin/python3, or leave it out (%w)", cfg.Python, err)
		}
	}
	if a.listener, err = net.Listen("tcp", cfg.Addr); err != nil {
		return nil, cannotListen(cfg.Addr, err)
	}
	a.gate = gate.Listen(a.listener, gate.Default.Within(kernel.Descriptors()))
	machine := newMachine(version)
	launcher := process.Launcher{Command: command, Version: version, Static: static, Origin: a.origin(), FaultCost: machine.faultCost, Watch: a.watch}
	a.inspector = process.NewInspector(launcher, min(inspectTimeout, cfg.ImageTimeout))
	if a.journal, err = journal.Open(static, log); err != nil { // first: it keeps other servers out
		return nil, cannotUse(err)
	}
	if a.library, err = library.Open(static, web.Photos(), a.inspect, log); err != nil {
		return nil, cannotUse(err)
	}
	if err := a.library.RemoveUnsettled(a.journal.Done); err != nil {
		return nil, err
	}
	var ceilings *runs.Ceilings
	if cfg.Ceiling {
		ceilings = &runs.Ceilings{Launcher: launcher, Bytes: machine.copied()}
	}
	if a.token = cfg.ClassToken; a.token == "" {
		if a.token, err = class.Token(static, log); err != nil {
			return nil, cannotUse(err)
		}
	}
	a.room = room.New(version, room.CodeOf(a.token), a.photo, log)
	demand := &runs.Demand{}
	told := exporter.New()
	a.runs = runs.NewManager(quietly{told, &runs.Contests{
		Launcher: launcher, Room: a.room, Demand: demand, Outputs: a.library, Machine: machine, Timeout: cfg.ImageTimeout, Longest: cfg.MaxRun, Log: log,
		Ceilings: ceilings, Python: interpreter.Command(), Differ: a.inspector.Differ,
	}}, history{a.journal, a.library}, log)
	a.class = class.NewRoom(a.token, a.runs.Queue)
	a.class.Devices(a.devices)
	if err := a.class.KeepIn(static, log); err != nil {
		return nil, cannotUse(err)
	}
	noJobs := a.openQueue(cfg, static)
	deps := api.Deps{
		Runs: a.runs, Library: a.library, Class: a.class, Room: a.room, Demand: demand, Exporter: told, Jobs: a.jobs, NoJobs: noJobs, Reach: a.reach, Route: api.Route, Presenter: a.gate.Trust, Topology: machine.topo, Limits: cfg.limits(machine.Cores()),
		Pool: machine.Cores(), PoolReason: machine.reason(), Lacks: process.Lacks(), Python: interpreter, Instruments: kernel.Instruments(), Version: version,
		Waits: waits(launcher, machine.Cores()), WaitRoom: waitRoom,
		Hosts: cfg.hosts(), Assets: web.Assets(), AssetsPath: assets, Page: page, Log: log,
	}
	a.lab = deps.Lab
	a.server = &http.Server{
		Handler: api.New(deps),
		// No write timeout: a batch is answered when it is done. The gate gives
		// each piece of an answer a deadline, event streams set their own.
		ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	return a, nil
}

// openQueue opens the queue of batches that nobody waits for. Where that fails the host
// goes without them, and says why.
func (a *App) openQueue(cfg config, static string) *fault.Error {
	if cfg.Alone {
		return runs.Nobody([]string{request.KindMachine})
	}
	var err error
	if cfg.Queue != "" {
		a.queue, err = queue.Shared(queue.Department{URL: cfg.Queue, Credentials: cfg.QueueCreds, Authorities: cfg.QueueCA}, queue.Lease)
	} else {
		a.queue, err = queue.Embedded(filepath.Join(static, ".queue"), queue.Lease)
	}
	if err != nil {
		a.queue = nil
		a.log.Error("the queue cannot be used: no batch is taken for later", "err", err)
		return fault.Errorf(fault.CodeNoWorkers,
			"la cola de trabajos no arrancó: este servidor no reparte lotes a otros equipos; la causa está en su registro",
			"the queue of jobs did not start: this server gives no batches to other machines; the cause is in its log").Because(err)
	}
	if a.queue.Remade() {
		a.log.Warn("the queue's files were damaged: what was being done is done again, and a batch that waited may be lost")
	}
	a.jobs = &jobs.Jobs{Queue: a.queue, Runs: a.runs, Host: "http://" + a.joinHost(uint16(a.Addr().Port)), Log: a.log}
	return nil
}

// cannotListen says what to type instead.
func cannotListen(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken by another program: end that, or choose another port, as -addr :8001 does (%w)", addr, err)
	}
	return fmt.Errorf("%s is nothing to listen on: -addr takes a port, as :8000, or an address of this machine with one (%w)", addr, err)
}

// cannotUse says what to do where the folder cannot be used.
func cannotUse(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: the folder must be one that may be written to; -static chooses another", err)
	case fault.NoRoom(err):
		return fmt.Errorf("%w: the disk is full; make room, or choose another folder with -static", err)
	}
	return err
}

// Run serves until ctx ends, then lets requests finish for a moment and stops.
func (a *App) Run(ctx context.Context) error {
	background, stop := context.WithCancel(ctx)
	var previews sync.WaitGroup
	previews.Go(func() { a.makePreviews(background) })
	if a.jobs != nil {
		previews.Go(func() { a.jobs.Run(background) })
	}
	defer previews.Wait() // it uses what Close frees
	defer stop()
	requests, endWaits := context.WithCancel(context.Background())
	defer endWaits()
	a.server.BaseContext = func(net.Listener) context.Context { return requests }
	failed := make(chan error, 1)
	go func() {
		failed <- a.server.Serve(a.gate)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	a.log.Info("stopping")
	a.runs.Close() // these end what requests and event streams wait for
	a.class.Close()
	a.room.Close()
	endWaits()
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := a.server.Shutdown(ctx); err != nil {
		_ = a.server.Close()
		a.log.Warn("some requests were cut off", "err", err)
	}
	return nil
}

// Close frees what New has taken, which is not all where New fails. It may be
// called after Run.
func (a *App) Close() {
	if a.server != nil {
		_ = a.server.Close()
	} else if a.listener != nil {
		_ = a.listener.Close()
	}
	if a.class != nil {
		a.class.Close()
	}
	if a.runs != nil {
		a.runs.Close()
	}
	if a.room != nil {
		a.room.Close()
	}
	if a.queue != nil {
		a.queue.Close()
	}
	if a.library != nil {
		_ = a.library.Close()
	}
	if a.journal != nil {
		if err := a.journal.Close(); err != nil {
			a.log.Error("closing the history", "err", err)
		}
	}
	if a.inspector != nil {
		a.inspector.Close()
	}
	a.watch.Close()
}

// quietly is a runner beside whom no metrics are written.
type quietly struct {
	told *exporter.Exporter
	runs.Runner
}

// Execute implements runs.Runner.
func (q quietly) Execute(ctx context.Context, id string, spec request.Spec, progress func(result.Progress), live *contest.Live) (o runs.Outcome, err error) {
	over := q.told.Hold()
	defer func() { over(err) }()
	return q.Runner.Execute(ctx, id, spec, progress, live)
}

// history is what is kept of runs: their lines and results in the journal,
// their outputs in the library.
type history struct {
	*journal.Journal
	outputs *library.Library
}

// Settle implements runs.Store.
func (h history) Settle(run string) error { return h.outputs.Settle(run) }

// inspect is what the library asks of the inspector.
func (a *App) inspect(ctx context.Context, file, preview string, output bool) (digest string, err error) {
	look := a.inspector.Inspect
	if output {
		look = a.inspector.Verify
	}
	in, err := look(ctx, file, preview)
	return in.Digest, err
}

// photo is what an image of the library is called in the room.
func (a *App) photo(name string) (room.Photo, error) {
	digest, size, err := a.library.SHA256(name)
	return room.Photo{SHA256: digest, Bytes: size}, err
}

// devices are those of the room that are here, as the class is told of them.
func (a *App) devices() (here []batch.Device) {
	for _, d := range a.room.View().Devices {
		here = append(here, batch.Device{Name: d.Name, Kind: d.Kind, Lanes: d.Lanes})
	}
	return here
}

// makePreviews makes the previews that the photographs lack, between runs.
func (a *App) makePreviews(ctx context.Context) {
	for _, name := range a.library.WithoutPreview() {
		err := a.runs.Exclusive(ctx, func() error { return a.library.MakePreview(ctx, name) })
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.log.Warn("no preview", "image", name, "err", err)
		}
	}
}

// Addr is the address that the server listens on.
func (a *App) Addr() *net.TCPAddr { return a.listener.Addr().(*net.TCPAddr) }

// origin is where a worker of this machine reaches the server: over loopback,
// unless it listens on one address only.
func (a *App) origin() string {
	addr := *a.Addr()
	if addr.IP.IsUnspecified() {
		addr.IP = net.IPv4(127, 0, 0, 1)
	}
	return "http://" + addr.String()
}

// reach lists the addresses by which other machines may find the server.
func (a *App) reach() []netip.Addr {
	if addr := a.Addr().AddrPort().Addr().Unmap(); !addr.IsUnspecified() {
		return []netip.Addr{addr} // it listens on one address only
	}
	return api.Addresses()
}

// joinHost is the address that other machines are likeliest to find the server by.
func (a *App) joinHost(port uint16) string {
	for _, addr := range a.reach() {
		if !addr.IsLoopback() {
			return netip.AddrPortFrom(addr, port).String()
		}
	}
	return fmt.Sprintf("localhost:%d", port)
}

// Greet prints where the lab is found, and where the class is led from; in a terminal
// also a QR code for phones.
func (a *App) Greet(w io.Writer) {
	port := uint16(a.Addr().Port)
	fmt.Fprintf(w, "Carriles: http://localhost:%d\n", port)
	for _, addr := range a.reach() {
		if !addr.IsLoopback() {
			fmt.Fprintf(w, "   LAN:   http://%s\n", netip.AddrPortFrom(addr, port))
		}
	}
	fmt.Fprintf(w, "   Room:  carriles worker -join http://%s#%s\n", a.joinHost(port), a.room.Code())
	fmt.Fprintf(w, "   Class: http://localhost:%d/class#%s  (for the presenter alone)\n", port, a.token)
	if host := a.joinHost(port); isTerminal(w) && !strings.HasPrefix(host, "localhost") {
		if code, err := qr.Encode(fmt.Sprintf("http://%s/join#%s", host, a.room.Code()), qr.M); err == nil {
			fmt.Fprintf(w, "\n%s   Phones: http://%s/join\n", qrText(code), host)
		}
	}
}
