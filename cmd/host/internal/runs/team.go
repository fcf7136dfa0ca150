package runs

import (
	"context"
	"path"
	"slices"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/contest"
	"carriles/executor/crew"
	"carriles/executor/crew/process"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// team is a method's crew: of child processes, or of the room's devices.
type team struct {
	*crew.Crew
	// again makes the folder for unfinished outputs anew before a round of a warm
	// team: what an attempt that died left there is in the next one's way.
	again func() error
	proof *proof // of the devices' images; nil of processes
	// claim has the devices of the room work for it; nothing of processes.
	claim func(context.Context)
	// closed is what is left to do when the crew is closed.
	closed func()
}

func (e *execution) team(method string) (contest.Team, error) {
	dir, err := e.Outputs.TempDir(e.id, method)
	if err != nil {
		return nil, err
	}
	spec := e.spec.As(method)
	t := &team{again: func() error { return nil }, claim: func(context.Context) {}, closed: func() {}}
	launcher := e.Launcher
	if request.Described(method).Python {
		launcher.Command = e.Python
	}
	own := process.Place{Launcher: launcher, TempDir: dir}
	if spec.Transport == request.TransportPixels {
		own.Coder = process.NewCoder(e.Launcher, e.Timeout)
		t.closed = own.Coder.Close
	}
	var place crew.Place = own
	if m := request.Described(method); m.Room {
		t.proof = newProof(e, method)
		store := func(name string, data []byte) (string, error) {
			file := path.Join(dir, name)
			t.proof.stored(file, data)
			return file, e.Outputs.Put(file, data)
		}
		p := e.Room.NewPlace(spec, m.Kinds, store, process.Place{}.Own)
		place, t.claim, t.closed, t.proof.place = p, p.Claim, p.Close, p
	}
	t.Crew = crew.New(place, crew.Config{Spec: spec, Shape: e.shape(method), Timeout: e.Timeout})
	if spec.Pool == request.Warm {
		t.again = func() error {
			_, err := e.Outputs.TempDir(e.id, method)
			return err
		}
	}
	return t, nil
}

// Run implements contest.Team.
func (t *team) Run(ctx context.Context, job crew.Job) (crew.Report, error) {
	if err := t.again(); err != nil {
		return crew.Report{}, err
	}
	t.claim(ctx)
	if t.proof == nil {
		return t.Crew.Run(ctx, job)
	}
	again := job
	t.proof.begin(&job)
	r, err := t.Crew.Run(ctx, job)
	if err == nil {
		err = t.proof.end(ctx, again, &r)
	}
	return r, err
}

// Close implements contest.Team.
func (t *team) Close() {
	t.Crew.Close()
	t.closed()
}

// shape is a method's: of the room, that of whoever is there now.
func (e *execution) shape(method string) request.Shape {
	shape, m := e.spec.Shape(method), request.Described(method)
	if !m.Room {
		return shape
	}
	if devices, lanes := e.Room.Able(m.Kinds, e.spec.FilterNames(), e.spec.As(method).Devices); devices > 0 {
		shape.Processes, shape.Goroutines = devices, (lanes+devices-1)/devices
		shape.MaxProcs = shape.Goroutines
	}
	return shape
}

// returning is how long it is waited for devices that were there so long ago at most:
// after a start of the host they come back by themselves.
const returning = 10 * time.Second

// present sees who is there for the methods of the room, and leaves those out that
// nobody is there for. It fails when none is left.
func (e *execution) present() (unavailable map[string]text.Text, err error) {
	unavailable = map[string]text.Text{}
	var left []string
	var nobody *fault.Error
	until := time.Now().Add(returning) // for all of them
	for _, method := range e.spec.Methods {
		m := request.Described(method)
		var why *fault.Error
		if m.Room {
			if why, err = e.await(m.Kinds, e.spec.As(method).Devices, until); err != nil {
				return nil, err
			}
		}
		if why == nil {
			left = append(left, method)
			continue
		}
		nobody, unavailable[method] = why, why.Text
	}
	if len(left) == 0 {
		return nil, nobody
	}
	e.spec.Methods = left
	return unavailable, nil
}

// await waits for so many devices of some kinds, one if that is 0, if there was one
// lately, and tells why they are not there.
func (e *execution) await(kinds []string, least int, until time.Time) (why *fault.Error, err error) {
	for {
		devices, _ := e.Room.Able(kinds, e.spec.FilterNames(), 0)
		if devices >= max(1, least) {
			return nil, nil
		}
		if !time.Now().Before(until) || time.Since(e.Room.LastSeen(kinds)) > returning {
			if devices == 0 {
				return Nobody(kinds), nil
			}
			return fault.Errorf(fault.CodeNoWorkers,
				"el lote pide %d dispositivos y hay %d que puedan hacerlo", "the batch asks for %d devices, and there are %d that could do it", least, devices), nil
		}
		select {
		case <-e.ctx.Done():
			return nil, e.ctx.Err()
		case <-time.After(returning / 100):
		}
	}
}

// Nobody says that no device of some kinds is there for a batch.
func Nobody(kinds []string) *fault.Error {
	if !slices.Contains(kinds, request.KindMachine) {
		return fault.Errorf(fault.CodeNoWorkers,
			"ningún navegador participa: en un teléfono o en otro equipo, abra la página con el QR y pulse «Participar»",
			"no browser takes part: on a phone or another computer, open the page by the QR code and press \"Take part\"")
	}
	return fault.Errorf(fault.CodeNoWorkers,
		"no hay ningún equipo en la sala que pueda hacerlo: arranque uno con la línea «carriles worker» que el servidor escribió al empezar",
		"no machine is in the room that could do it: start one with the line \"carriles worker\" that the server printed at its start")
}
