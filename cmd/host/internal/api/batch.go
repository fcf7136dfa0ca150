package api

import (
	"net/http"
	"slices"

	"carriles/cmd/host/internal/runs"
	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// Lab is what requests are checked against, as things stand now.
func (d Deps) Lab() request.Lab {
	return request.Lab{
		Limits: d.Limits, Pool: d.Pool, PoolReason: d.PoolReason,
		Images: d.Library.Names(), Ignored: d.Library.Ignored(), Exists: d.Library.Exists, Refused: d.Library.Refused, Lacks: d.Lacks, PythonLacks: d.pythonLacks,
	}
}

// pythonLacks is asked where Python's methods matter: the first time it starts the
// interpreter.
func (d Deps) pythonLacks() *text.Text {
	if d.Python == nil {
		return nil
	}
	return d.Python.Lacks()
}

// spec reads what is asked for.
func (a *api) spec(w http.ResponseWriter, r *http.Request, ep request.Endpoint) (request.Spec, error) {
	data, err := body(w, r)
	if err != nil {
		return request.Spec{}, err
	}
	return request.Parse(data, ep, a.Lab())
}

// submit reads a spec and queues it; with the secret it can be cancelled.
func (a *api) submit(w http.ResponseWriter, r *http.Request, ep request.Endpoint, secret string) (result.RunView, error) {
	if err := a.mayMeasure(r); err != nil {
		return result.RunView{}, err
	}
	spec, err := a.spec(w, r, ep)
	if err != nil {
		return result.RunView{}, err
	}
	return a.enqueue(r, spec, secret)
}

// mayMeasure fails while the presenter has others wait.
func (a *api) mayMeasure(r *http.Request) error {
	if a.Class.Paused() && !a.presents(r) {
		return fault.Errorf(fault.CodeBusy,
			"quien presenta ha pedido que los demás esperen: se podrá medir cuando lo diga",
			"the presenter has asked the others to wait: measuring is open again when the presenter says so")
	}
	return nil
}

// enqueue queues a spec.
func (a *api) enqueue(r *http.Request, spec request.Spec, secret string) (result.RunView, error) {
	view, err := a.Runs.Submit(spec, a.asker(r, secret))
	if err == nil && inRoom(spec) {
		a.Demand.Ask(spec.Count * (spec.Rounds + spec.Warmup))
	}
	return view, err
}

// inRoom tells whether a batch is for the room's devices, at least in part.
func inRoom(spec request.Spec) bool {
	return slices.ContainsFunc(spec.Methods, func(m string) bool { return request.Described(m).Room })
}

// run queues a spec and waits for its result: the lesson's commands are
// answered when the work is done.
func (a *api) run(w http.ResponseWriter, r *http.Request, ep request.Endpoint) (runs.Outcome, error) {
	view, err := a.submit(w, r, ep, newSecret())
	if err != nil {
		return runs.Outcome{}, err
	}
	return a.wait(r, view.ID)
}

// wait waits for a run's result.
func (a *api) wait(r *http.Request, id string) (runs.Outcome, error) {
	o, err := a.Runs.Wait(r.Context(), id)
	if err != nil {
		return runs.Outcome{}, err
	}
	if o.Comparison != nil {
		o.Comparison = o.Comparison.In(language(r))
		o.Comparison.APIInfo.Endpoint = r.URL.Path
	}
	return o, nil
}

func sweepEndpoint() request.Endpoint {
	return request.Endpoint{Methods: request.GuideMethods(), MethodsField: true, Sweep: true}
}

// sweep answers a sweep.
func (a *api) sweep(w http.ResponseWriter, r *http.Request) {
	o, err := a.run(w, r, sweepEndpoint())
	if err != nil {
		a.fail(w, r, err)
		return
	}
	answer := *o.Sweep
	answer.APIInfo.Endpoint = r.URL.Path
	a.answer(w, http.StatusOK, answer)
}

// batch answers a batch that is not a sweep with what of makes of its result.
func (a *api) batch(ep request.Endpoint, of func(*result.Comparison) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		o, err := a.run(w, r, ep)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.answer(w, http.StatusOK, of(o.Comparison))
	}
}

// method answers a batch run by one method.
func (a *api) method(name string) http.HandlerFunc {
	return a.batch(request.Endpoint{Methods: []string{name}}, func(c *result.Comparison) any { return alone(c, name) })
}

// alone is the answer of a batch that one method did.
func alone(c *result.Comparison, name string) result.MethodResult {
	answer := *c.Results[name]
	answer.Environment, answer.APIInfo = &c.Environment, &c.APIInfo
	return answer
}

// compare answers a comparison of several methods.
func (a *api) compare(ep request.Endpoint) http.HandlerFunc {
	return a.batch(ep, func(c *result.Comparison) any { return c })
}

// stress answers the stress test: one method, many images.
func (a *api) stress(ep request.Endpoint) http.HandlerFunc {
	return a.batch(ep, func(c *result.Comparison) any { return analysis.StressOf(c) })
}
