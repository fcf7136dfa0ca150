package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"carriles/cmd/host/internal/exporter"
	"carriles/cmd/host/internal/jobs"
	"carriles/cmd/host/internal/runs"
	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/room"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/topology"
	"carriles/filters"
)

// The course's third and fourth day: a batch that is answered before it is done, who
// works, and how many should. The names of the fields are those of the course's own
// server, whose scripts read them.

// sinceGone is how long a device may be away and still be counted on: it comes back by
// itself when its connection or this server has ended.
const sinceGone = 10 * time.Second

// distributed queues a batch for the room's devices and answers at once, or with
// "wait" when it is done.
func (a *api) distributed(m request.Method) http.HandlerFunc {
	method := m.Name
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		data, err := body(w, r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		var asked struct {
			Wait bool `json:"wait"`
		}
		_ = json.Unmarshal(data, &asked) // what is wrong with it is said below
		ep := request.Endpoint{Methods: []string{method}, Queued: true}
		spec, err := request.Parse(data, ep, a.lab())
		switch {
		case err != nil:
		case a.Jobs == nil:
			err = a.NoJobs
		case time.Since(a.Room.LastSeen(m.Kinds)) > sinceGone:
			err = runs.Nobody(m.Kinds)
		}
		if err != nil {
			a.fail(w, r, err)
			return
		}
		id, err := a.Jobs.Put(r.Context(), spec, a.asker(r, ""))
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.Demand.Ask(spec.Count * (spec.Rounds + spec.Warmup))
		if asked.Wait {
			o, err := a.waitJob(r, id)
			if err != nil {
				a.fail(w, r, err)
				return
			}
			a.answer(w, http.StatusOK, alone(o.Comparison, method))
			return
		}
		devices, _ := a.Room.Able(m.Kinds, spec.FilterNames(), spec.Devices)
		message := text.Sprintf("en cola: pregunte por ella en /api/task/%s/status/", "queued: ask for it at /api/task/%s/status/", id)
		a.answer(w, http.StatusOK, map[string]any{
			"success": true, "method": method, "task_id": id, "processing_time": time.Since(began).Seconds(),
			"worker_info": map[string]any{"active_workers": devices},
			"status":      "enqueued", "message": message.In(language(r)),
			"distributed_stats": map[string]any{"queue_used": true, "fault_tolerant": true, "scalable": true},
		})
	}
}

// jobEvery is how often it is looked what has become of a job that is waited for.
const jobEvery = 20 * time.Millisecond

// waitJob waits for a job's result. Who leaves before it was taken wants it no more.
func (a *api) waitJob(r *http.Request, id string) (runs.Outcome, error) {
	look := time.NewTicker(jobEvery)
	defer look.Stop()
	for {
		n, err := a.Jobs.Of(r.Context(), id)
		switch {
		case r.Context().Err() != nil:
			a.Jobs.Cancel(context.WithoutCancel(r.Context()), id)
			return runs.Outcome{}, r.Context().Err()
		case err != nil:
			return runs.Outcome{}, err
		case n.Run != "" && n.Host == a.Jobs.Host:
			return a.wait(r, n.Run)
		case n.Error != nil:
			return runs.Outcome{}, n.Failure()
		case n.State.Final():
			return fromOther(r, n)
		}
		select {
		case <-look.C:
		case <-r.Context().Done():
		}
	}
}

// The bounds of asking another server that shares the queue.
const (
	otherAnswers = 10 * time.Second
	otherMost    = 64 << 20 // bytes
)

// fromOther is the result of a job that another server has done, whose outputs stay
// there: their addresses are its.
func fromOther(r *http.Request, n jobs.Note) (o runs.Outcome, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), otherAnswers)
	defer cancel()
	var view result.RunView
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.Host+"/api/runs/"+n.Run+"/", nil)
	if err == nil {
		var answer *http.Response
		if answer, err = http.DefaultClient.Do(req); err == nil {
			defer answer.Body.Close()
			err = json.NewDecoder(io.LimitReader(answer.Body, otherMost)).Decode(&view)
		}
	}
	if err != nil || view.Result == nil {
		return o, fault.Errorf(fault.CodeUnavailable,
			"lo hizo otro servidor, que no responde desde aquí: el resultado está en %s/api/runs/%s/", "another server has done it, and does not answer from here: the result is at %s/api/runs/%s/", n.Host, n.Run).Because(err)
	}
	for _, m := range view.Result.Results {
		for i := range m.Results {
			for _, path := range []*string{&m.Results[i].ProcessedPath, &m.Results[i].PreviewPath} {
				if *path != "" {
					*path = n.Host + *path
				}
			}
		}
	}
	o.Comparison = inLanguage(view.Result, language(r))
	o.Comparison.APIInfo.Endpoint = r.URL.Path
	return o, nil
}

// The states of a task, as the course has them.
const (
	taskPending    = "pending"
	taskProcessing = "processing"
	taskCompleted  = "completed"
	taskFailed     = "failed"
)

func taskState(s result.State) string {
	switch s {
	case result.Queued:
		return taskPending
	case result.Running:
		return taskProcessing
	case result.Done:
		return taskCompleted
	}
	return taskFailed
}

// task is the answer of GET /api/task/{id}/status/.
type task struct {
	ID          string     `json:"task_id"`
	Status      string     `json:"status"`
	Created     time.Time  `json:"created_at"`
	Started     *time.Time `json:"started_at"`
	Completed   *time.Time `json:"completed_at"`
	Duration    *float64   `json:"total_duration"`
	Result      any        `json:"result,omitempty"`
	Error       string     `json:"error,omitempty"`
	FailureType string     `json:"failure_type,omitempty"`
	Reason      string     `json:"failure_reason,omitempty"`
	Explanation string     `json:"explanation,omitempty"`
	// RunID is the run that it has become, and Host the server that has it, if that is
	// another one.
	RunID string `json:"run_id,omitempty"`
	Host  string `json:"host,omitempty"`
}

func (a *api) taskStatus(w http.ResponseWriter, r *http.Request) {
	id, created := chi.URLParam(r, "id"), time.Time{}
	run := id
	if a.Jobs != nil {
		n, err := a.Jobs.Of(r.Context(), id)
		if err == nil && n.Run != "" && n.Host == a.Jobs.Host && !n.State.Final() {
			// The server that ran it ended: it will be given out again.
			if v, err := a.Runs.View(n.Run); err == nil && v.State == result.Interrupted {
				n.Run, n.Host, n.State = "", "", result.Queued
			}
		}
		if err == nil && (n.Run == "" || n.Host != a.Jobs.Host) {
			a.answer(w, http.StatusOK, elsewhere(id, n, language(r)))
			return
		}
		if err == nil {
			run, created = n.Run, n.Created
		}
	}
	view, err := a.Runs.View(run)
	if err != nil {
		var e *fault.Error
		if !errors.As(err, &e) || e.Code != fault.CodeNotFound {
			a.fail(w, r, err)
			return
		}
		suggestion := text.Sprintf("el identificador es el «task_id» de POST /api/process-batch/distributed/", "the id is the \"task_id\" of POST /api/process-batch/distributed/")
		a.answer(w, http.StatusNotFound, struct {
			fault.ErrorBody
			Suggestion string `json:"suggestion"`
		}{e.Body(language(r)), suggestion.In(language(r))})
		return
	}
	t := task{ID: id, Status: taskState(view.State), Created: view.Created, Started: view.Started, Completed: view.Finished, RunID: view.ID}
	if !created.IsZero() {
		t.Created = created
	}
	if view.Finished != nil {
		seconds := view.Finished.Sub(t.Created).Seconds()
		t.Duration = &seconds
	}
	why := view.Error
	if language(r) == "en" {
		why = view.ErrorEN
	}
	switch {
	case view.Result != nil && len(view.Spec.Methods) == 1:
		t.Result = alone(inLanguage(view.Result, language(r)), view.Spec.Methods[0])
	case view.Result != nil:
		t.Result = inLanguage(view.Result, language(r))
	case why != nil:
		t.Error, t.FailureType = why.Error, why.Code
		t.Reason, t.Explanation = a.failure(r, view, why)
	}
	a.answer(w, http.StatusOK, t)
}

// elsewhere is a task that waits, or that another server has.
func elsewhere(id string, n jobs.Note, lang string) task {
	t := task{ID: id, Status: taskState(n.State), Created: n.Created, RunID: n.Run, Host: n.Host}
	why := n.Error
	if lang == "en" {
		why = n.ErrorEN
	}
	if why != nil {
		t.Error, t.FailureType, t.Reason, t.Explanation = why.Error, why.Code, "processing_error", why.Error
	}
	return t
}

// failure is why a task failed, in the course's three kinds, and what that means.
func (a *api) failure(r *http.Request, view result.RunView, why *fault.ErrorBody) (kind, explanation string) {
	if why.Code != fault.CodeNoWorkers {
		return "processing_error", why.Error
	}
	say := text.Sprintf("ningún equipo estaba conectado; los que vuelven hacen las tareas siguientes", "no machine was connected; those that come back do the tasks that follow")
	kind = "communication_error"
	if len(a.Room.View().Devices) > 0 {
		kind = "worker_capability_mismatch"
		say = text.Sprintf("los equipos que hay no calculan todos los filtros de esta tarea (%v)", "the machines that are here do not compute all of this task's filters (%v)", view.Spec.FilterNames())
	}
	return kind, say.In(language(r))
}

// tasks counts the runs for the room by their state.
func (a *api) tasks() (states map[string]int, waiting int) {
	states = map[string]int{taskPending: 0, taskProcessing: 0, taskCompleted: 0, taskFailed: 0}
	for _, v := range a.Runs.List() {
		if !inRoom(v.Spec) {
			continue
		}
		state := taskState(v.State)
		if states[state]++; state == taskPending {
			waiting += v.Spec.Count * (v.Spec.Rounds + v.Spec.Warmup)
		}
	}
	return states, waiting
}

// worker is a device, as GET /api/workers/status/ tells of it.
type worker struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Status        string    `json:"status"` // idle, busy, paused or silent
	Capabilities  []string  `json:"capabilities"`
	LastHeartbeat time.Time `json:"last_heartbeat"`
	Completed     int       `json:"tasks_completed"`
	Failed        int       `json:"tasks_failed"`
	Uptime        float64   `json:"uptime"`
	Health        string    `json:"health"`
	Lanes         int       `json:"lanes"`
}

func workerOf(d room.Device) worker {
	w := worker{
		ID: d.ID, Name: d.Name, Status: "idle", Capabilities: d.Filters, LastHeartbeat: d.Heard,
		Completed: d.Done, Failed: d.Failed, Uptime: time.Since(d.Since).Seconds(), Health: "healthy", Lanes: d.Lanes,
	}
	if len(w.Capabilities) == 0 {
		w.Capabilities = filterNames()
	}
	switch {
	case d.Silent:
		w.Status, w.Health = "silent", "unhealthy"
	case d.State == room.StatePaused:
		w.Status = "paused"
	case d.Busy > 0:
		w.Status = "busy"
	}
	return w
}

func filterNames() []string {
	var names []string
	for _, f := range filters.All() {
		names = append(names, f.Name)
	}
	return names
}

func (a *api) workersStatus(w http.ResponseWriter, r *http.Request) {
	view := a.Room.View()
	workers, able := []worker{}, map[string]bool{}
	lanes := 0
	done, failed := view.Tasks()
	for _, d := range view.Devices {
		one := workerOf(d)
		workers = append(workers, one)
		lanes += d.Lanes
		for _, name := range one.Capabilities {
			able[name] = true
		}
	}
	status := "healthy"
	if len(workers) == 0 {
		status = "no_workers"
	}
	capabilities := slices.DeleteFunc(filterNames(), func(name string) bool { return !able[name] })
	states, images := a.tasks()
	advice, lang := a.advise(view, images), language(r)
	say := func(es, en string) string { return text.Text{ES: es, EN: en}.In(lang) }
	upkeep := say("nada que hacer: un equipo que se va vuelve solo, y sus tareas las hace otro", "nothing to do: a machine that leaves comes back by itself, and another does its tasks")
	if slices.ContainsFunc(workers, func(w worker) bool { return w.Health != "healthy" }) {
		upkeep = say("hay equipos sin dar señales: mire su cable o su Wi-Fi", "there are machines that give no sign: look at their cable or Wi-Fi")
	}
	a.answer(w, http.StatusOK, map[string]any{
		"success": true, "timestamp": time.Now(), "system_status": status,
		"workers": map[string]any{
			"active_count": len(workers), "total_registered": view.Members, "workers_detail": workers,
		},
		"queue_stats": map[string]any{
			"pending_tasks": states[taskPending], "total_tasks_processed": states[taskCompleted] + states[taskFailed],
			"task_status_breakdown": states,
		},
		"system_capabilities": map[string]any{"filters": capabilities, "lanes": lanes},
		"performance": map[string]any{
			"total_tasks_completed": done, "total_failures": failed, "success_rate": fmt.Sprintf("%.1f%%", successRate(done, failed)),
		},
		"recommendations": map[string]any{
			"scaling":     advice.Reason.In(lang),
			"monitoring":  say("GET /api/metrics/ dice lo mismo en cifras", "GET /api/metrics/ says the same in figures"),
			"maintenance": upkeep,
		},
	})
}

// successRate is a percentage; all, of none.
func successRate(done, failed int) float64 {
	if done+failed == 0 {
		return 100
	}
	return 100 * float64(done) / float64(done+failed)
}

// advise tells how many devices there should be, while so many images wait for them.
func (a *api) advise(view room.View, waiting int) analysis.Advice {
	d := a.Demand.Now()
	d.Devices, d.Waiting = len(view.Devices), waiting
	for _, device := range view.Devices {
		d.Lanes += device.Lanes
	}
	return analysis.Advise(d)
}

// pulse is what the machine's processors did since it was asked before.
type pulse struct {
	mu    sync.Mutex
	at    time.Time
	busy  float64
	share *float64 // 0 to 1; nil until it is known
}

// leastPulse is over how long it is measured at least.
const leastPulse = time.Second

// read is the share of the processors that was busy; nil where nobody has told yet.
func (p *pulse) read(cores int) *float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.at) < leastPulse {
		return p.share
	}
	if busy, ok := topology.Busy(); ok {
		if !p.at.IsZero() && cores > 0 {
			share := min(1, (busy.Seconds-p.busy)/now.Sub(p.at).Seconds()/float64(cores))
			p.share = &share
		}
		p.at, p.busy = now, busy.Seconds
	}
	return p.share
}

// figures are what is told of the server, as things stand now, with the room view.
func (a *api) figures(view room.View) (exporter.Figures, analysis.Advice) {
	states, images := a.tasks()
	f := exporter.Figures{
		Version: a.Version, Runs: map[string]int{}, Waiting: states[taskPending], Images: len(a.Library.Names()), Cores: a.Topology.Cores.Logical.Value,
		Devices: len(view.Devices), RoomImages: images,
		Jobs:    a.jobs(),
		Streams: map[string]int{"runs": a.runStreams.taken(), "class": a.classStreams.taken()},
	}
	for _, v := range a.Runs.List() {
		f.Runs[string(v.State)]++
	}
	f.CPU = a.pulse.read(f.Cores)
	if total, available, ok := topology.Memory(); ok {
		all, left := float64(total), float64(available)
		f.Memory, f.Available = &all, &left
	}
	for _, d := range view.Devices {
		if d.Busy > 0 {
			f.DevicesBusy++
		}
		if d.Silent {
			f.DevicesSilent++
		}
		f.LanesBusy, f.Lanes = f.LanesBusy+min(d.Busy, d.Lanes), f.Lanes+d.Lanes
	}
	f.RoomDone, f.RoomFailed = a.Demand.Done()
	advice := a.advise(view, images)
	f.Recommended = advice.Recommended
	return f, advice
}

// jobs is how many are in the queue, of all who share it; 0 without one.
func (a *api) jobs() int {
	if a.Jobs == nil {
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return a.Jobs.Len(ctx)
}

// metrics are the figures of the course's fourth day, with advice on the number of
// workers.
func (a *api) metrics(w http.ResponseWriter, r *http.Request) {
	view := a.Room.View()
	f, advice := a.figures(view)
	lang := language(r)
	done, failed := view.Tasks()
	figures := map[string]any{
		"cpu_count": f.Cores, "queue_length": f.Waiting, "active_workers": f.Devices, "busy_workers": f.DevicesBusy,
		"worker_utilization": rounded(100 * float64(f.LanesBusy) / float64(max(1, f.Lanes))), "success_rate": rounded(successRate(done, failed)),
	}
	if figures["cpu_usage"] = 0.0; f.CPU != nil {
		figures["cpu_usage"] = rounded(100 * *f.CPU)
	}
	if f.Memory != nil {
		const gib = 1 << 30
		figures["memory_usage"] = rounded(100 * (1 - *f.Available / *f.Memory))
		figures["memory_available_gb"], figures["memory_total_gb"] = rounded(*f.Available/gib), rounded(*f.Memory/gib)
	}
	a.answer(w, http.StatusOK, map[string]any{
		"status": "success", "timestamp": time.Now(), "metrics": figures,
		"scaling_recommendation": map[string]any{
			"action": advice.Action, "current_workers": f.Devices, "recommended_workers": advice.Recommended,
			"reason": advice.Reason.In(lang), "confidence": rounded(advice.Confidence), "urgency": advice.Urgency, "note": advice.Note.In(lang),
		},
		"scaling_config": map[string]any{"min_workers": analysis.MinDevices, "max_workers": analysis.MaxDevices},
	})
}

// prometheus gives the figures in the format that Prometheus reads.
func (a *api) prometheus(w http.ResponseWriter, r *http.Request) {
	data, err := a.Exporter.Text()
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", exporter.ContentType)
	_, _ = w.Write(data) // the client may have gone
}

func rounded(x float64) float64 { return math.Round(x*100) / 100 }
