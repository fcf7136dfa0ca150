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

// enqueued is the answer of a batch for the room that is not waited for.
type enqueued struct {
	Distributed struct {
		FaultTolerant bool `json:"fault_tolerant" course:"true"`
		QueueUsed     bool `json:"queue_used" course:"true"`
		Scalable      bool `json:"scalable" course:"true"`
	} `json:"distributed_stats" course:"true"`
	Message        string  `json:"message" course:"true"`
	Method         string  `json:"method" course:"true"`
	ProcessingTime float64 `json:"processing_time" course:"true"`
	Status         string  `json:"status" course:"true"`
	Success        bool    `json:"success" course:"true"`
	TaskID         string  `json:"task_id" course:"true"`
	Workers        struct {
		Active int `json:"active_workers" course:"true"`
	} `json:"worker_info" course:"true"`
}

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
		spec, err := request.Parse(data, ep, a.Lab())
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
		answer := enqueued{
			Success: true, Method: method, TaskID: id, ProcessingTime: time.Since(began).Seconds(),
			Status: "enqueued", Message: message.In(language(r)),
		}
		answer.Workers.Active = devices
		answer.Distributed.QueueUsed, answer.Distributed.FaultTolerant, answer.Distributed.Scalable = true, true, true
		a.answer(w, http.StatusOK, answer)
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
	o.Comparison = view.Result.In(language(r))
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
	ID          string     `json:"task_id" course:"true"`
	Status      string     `json:"status" course:"true"`
	Created     time.Time  `json:"created_at" course:"true"`
	Started     *time.Time `json:"started_at" course:"true"`
	Completed   *time.Time `json:"completed_at" course:"true"`
	Duration    *float64   `json:"total_duration" course:"true"`
	Result      any        `json:"result,omitempty" course:"true"`
	Error       string     `json:"error,omitempty" course:"true"`
	FailureType string     `json:"failure_type,omitempty" course:"true"`
	Reason      string     `json:"failure_reason,omitempty" course:"true"`
	Explanation string     `json:"explanation,omitempty" course:"true"`
	// RunID is the run that it has become, and Host the server that has it, if that is
	// another one.
	RunID string `json:"run_id,omitempty"`
	Host  string `json:"host,omitempty"`
}

// noTask is the answer where there is no such task.
type noTask struct {
	fault.ErrorBody
	Suggestion string `json:"suggestion" course:"true"`
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
		a.answer(w, http.StatusNotFound, noTask{e.Body(language(r)), suggestion.In(language(r))})
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
		t.Result = alone(view.Result.In(language(r)), view.Spec.Methods[0])
	case view.Result != nil:
		t.Result = view.Result.In(language(r))
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
	ID            string    `json:"id" course:"true"`
	Name          string    `json:"name"`
	Status        string    `json:"status" course:"true"` // idle, busy, paused or silent
	Capabilities  []string  `json:"capabilities" course:"true"`
	LastHeartbeat time.Time `json:"last_heartbeat" course:"true"`
	Completed     int       `json:"tasks_completed" course:"true"`
	Failed        int       `json:"tasks_failed" course:"true"`
	Uptime        float64   `json:"uptime" course:"true"`
	Health        string    `json:"health" course:"true"`
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

// workersInfo is the answer of GET /api/workers/status/.
type workersInfo struct {
	Performance struct {
		SuccessRate string `json:"success_rate" course:"true"`
		Failures    int    `json:"total_failures" course:"true"`
		Completed   int    `json:"total_tasks_completed" course:"true"`
	} `json:"performance" course:"true"`
	Queue struct {
		Pending   int            `json:"pending_tasks" course:"true"`
		States    map[string]int `json:"task_status_breakdown" course:"true"`
		Processed int            `json:"total_tasks_processed" course:"true"`
	} `json:"queue_stats" course:"true"`
	Advice struct {
		Upkeep     string `json:"maintenance" course:"true"`
		Monitoring string `json:"monitoring" course:"true"`
		Scaling    string `json:"scaling" course:"true"`
	} `json:"recommendations" course:"true"`
	Success      bool `json:"success" course:"true"`
	Capabilities struct {
		Filters []string `json:"filters"`
		Lanes   int      `json:"lanes"`
	} `json:"system_capabilities" course:"true"`
	Status    string    `json:"system_status" course:"true"`
	Timestamp time.Time `json:"timestamp" course:"true"`
	Workers   struct {
		Active     int      `json:"active_count" course:"true"`
		Registered int      `json:"total_registered" course:"true"`
		Detail     []worker `json:"workers_detail" course:"true"`
	} `json:"workers" course:"true"`
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
	info := workersInfo{Success: true, Timestamp: time.Now(), Status: status}
	info.Workers.Active, info.Workers.Registered, info.Workers.Detail = len(workers), view.Members, workers
	info.Queue.Pending, info.Queue.Processed, info.Queue.States = states[taskPending], states[taskCompleted]+states[taskFailed], states
	info.Capabilities.Filters, info.Capabilities.Lanes = capabilities, lanes
	info.Performance.Completed, info.Performance.Failures, info.Performance.SuccessRate = done, failed, fmt.Sprintf("%.1f%%", successRate(done, failed))
	info.Advice.Scaling, info.Advice.Upkeep = advice.Reason.In(lang), upkeep
	info.Advice.Monitoring = say("GET /api/metrics/ dice lo mismo en cifras", "GET /api/metrics/ says the same in figures")
	a.answer(w, http.StatusOK, info)
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

// metricsInfo is the answer of GET /api/metrics/.
type metricsInfo struct {
	Metrics struct {
		Active      int      `json:"active_workers" course:"true"`
		Busy        int      `json:"busy_workers" course:"true"`
		Cores       int      `json:"cpu_count" course:"true"`
		CPU         float64  `json:"cpu_usage" course:"true"`
		AvailableGB *float64 `json:"memory_available_gb,omitempty" course:"true"`
		TotalGB     *float64 `json:"memory_total_gb,omitempty" course:"true"`
		Memory      *float64 `json:"memory_usage,omitempty" course:"true"`
		Queue       int      `json:"queue_length" course:"true"`
		SuccessRate float64  `json:"success_rate" course:"true"`
		Utilization float64  `json:"worker_utilization" course:"true"`
	} `json:"metrics" course:"true"`
	Config struct {
		Max int `json:"max_workers" course:"true"`
		Min int `json:"min_workers" course:"true"`
	} `json:"scaling_config" course:"true"`
	Scaling struct {
		Action      string  `json:"action" course:"true"`
		Confidence  float64 `json:"confidence" course:"true"`
		Current     int     `json:"current_workers" course:"true"`
		Note        string  `json:"note" course:"true"`
		Reason      string  `json:"reason" course:"true"`
		Recommended int     `json:"recommended_workers" course:"true"`
		Urgency     string  `json:"urgency" course:"true"`
	} `json:"scaling_recommendation" course:"true"`
	Status    string    `json:"status" course:"true"`
	Timestamp time.Time `json:"timestamp" course:"true"`
}

// metrics are the figures of the course's fourth day, with advice on the number of
// workers.
func (a *api) metrics(w http.ResponseWriter, r *http.Request) {
	view := a.Room.View()
	f, advice := a.figures(view)
	lang := language(r)
	done, failed := view.Tasks()
	answer := metricsInfo{Status: "success", Timestamp: time.Now()}
	m := &answer.Metrics
	m.Cores, m.Queue, m.Active, m.Busy = f.Cores, f.Waiting, f.Devices, f.DevicesBusy
	m.Utilization, m.SuccessRate = rounded(100*float64(f.LanesBusy)/float64(max(1, f.Lanes))), rounded(successRate(done, failed))
	if f.CPU != nil {
		m.CPU = rounded(100 * *f.CPU)
	}
	if f.Memory != nil {
		const gib = 1 << 30
		usage, available, total := rounded(100*(1 - *f.Available / *f.Memory)), rounded(*f.Available/gib), rounded(*f.Memory/gib)
		m.Memory, m.AvailableGB, m.TotalGB = &usage, &available, &total
	}
	s := &answer.Scaling
	s.Action, s.Current, s.Recommended, s.Reason = advice.Action, f.Devices, advice.Recommended, advice.Reason.In(lang)
	s.Confidence, s.Urgency, s.Note = rounded(advice.Confidence), advice.Urgency, advice.Note.In(lang)
	answer.Config.Min, answer.Config.Max = analysis.MinDevices, analysis.MaxDevices
	a.answer(w, http.StatusOK, answer)
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
