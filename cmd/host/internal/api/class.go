package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/fault"
)

// read reads a body of one of the class's types: no unknown field, nothing
// after it.
func read[T any](w http.ResponseWriter, r *http.Request) (T, error) {
	var v T
	data, err := body(w, r)
	if err != nil {
		return v, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err = decoder.Decode(&v); err == nil {
		if _, more := decoder.Token(); more == io.EOF {
			return v, nil
		}
	}
	return v, fault.Errorf(fault.CodeInvalidJSON, "el cuerpo no es el JSON que se espera aquí", "the body is not the JSON that is expected here").Because(err)
}

// join takes a member in from where it asks.
func (a *api) join(w http.ResponseWriter, r *http.Request) {
	memberDo(a, func(j class.Join) error { return a.Class.Join(j, client(r), hostOf(r.Host)) })(w, r)
}

// memberDo answers what a member asks for: f does it.
func memberDo[T any](a *api, f func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked, err := read[T](w, r)
		if err == nil {
			err = f(asked)
		}
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.answer(w, http.StatusOK, a.Class.View())
	}
}

// classControl does what the presenter asks for, and nobody else.
func (a *api) classControl(w http.ResponseWriter, r *http.Request) {
	memberDo(a, func(c class.Control) error {
		if !a.presents(r) {
			return notPresenter()
		}
		return a.control(r, c)
	})(w, r)
}

func notPresenter() error {
	return fault.Errorf(fault.CodeNotPresenter,
		"solo quien presenta puede hacer eso: abra la dirección que el servidor escribió al empezar",
		"only the presenter may do that: open the address that the server printed at its start")
}

func (a *api) control(r *http.Request, c class.Control) error {
	switch c.Action {
	case class.ActionShow:
		return a.Class.Show(c.Step)
	case class.ActionAsk:
		if err := a.turned(c); err != nil {
			return err
		}
		return a.Class.Ask(c.Step, c.Command, c.Change)
	case class.ActionTurn:
		if err := a.turned(c); err != nil {
			return err
		}
		return a.Class.Share(c.Step, c.Over, c.Change)
	case class.ActionClose:
		return a.Class.StopAsking()
	case class.ActionMeasure:
		if _, err := a.Runs.View(c.RunID); err != nil {
			return err
		}
		return a.Class.Measure(c.Step, c.Command, c.Value, c.RunID)
	case class.ActionPause, class.ActionResume:
		a.Class.Pause(c.Action == class.ActionPause)
		return nil
	case class.ActionAddress:
		return a.chooseAddress(r, c.Address)
	case class.ActionReveal:
		view, err := a.Runs.View(c.RunID)
		switch {
		case err != nil:
			return err
		case view.Result == nil:
			return fault.Errorf(fault.CodeNotOpen, "la ejecución «%s» no tiene resultado", "the run %q has no result", c.RunID)
		}
		if c.Value != 0 {
			return a.Class.Point(c.Value, c.RunID, view.Result)
		}
		return a.Class.Reveal(c.RunID, view.Result)
	case class.ActionEnd:
		a.Class.End()
		return nil
	}
	return fault.Errorf(fault.CodeUnknownName, "«%s» no es una acción", "%q is no action", c.Action)
}

// turned refuses figures in a command that its batch could not be asked for with: the
// class would be shown a question that nobody can measure.
func (a *api) turned(c class.Control) error {
	steps := lesson.Guide().Steps
	i := slices.IndexFunc(steps, func(s lesson.Step) bool { return s.ID == c.Step })
	if i < 0 || c.Command < 0 || c.Command >= len(steps[i].Commands) {
		return nil // which the class refuses
	}
	r, ok := steps[i].Commands[c.Command].With(c.Change).Request()
	if !ok {
		return nil
	}
	data, err := json.Marshal(r)
	if err == nil {
		_, err = request.Parse(data, request.Endpoint{Methods: request.GuideMethods(), MethodsField: true}, a.Lab())
	}
	return err
}

// take gives a member a value of the turn.
func (a *api) take(w http.ResponseWriter, r *http.Request) {
	t, err := read[class.Take](w, r)
	answer := class.Taken{}
	if err == nil {
		answer.Value, err = a.Class.Take(t)
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	answer.State = a.Class.View()
	a.answer(w, http.StatusOK, answer)
}

// classInfo tells how the class stands, and where it is joined.
func (a *api) classInfo(w http.ResponseWriter, r *http.Request) {
	a.answer(w, http.StatusOK, class.Info{State: a.Class.View(), Addresses: a.joinAddresses(r)})
}

// classEvents streams the class's states as server-sent events named "class".
// Who gives the id of a member keeps it in the class.
func (a *api) classEvents(w http.ResponseWriter, r *http.Request) {
	member := r.URL.Query().Get("member")
	if member != "" {
		if err := a.Class.CheckMember(member); err != nil {
			a.fail(w, r, err)
			return
		}
	}
	leave, ok := a.enterFor(a.classStreams, w, r, member)
	if !ok {
		return
	}
	defer leave()
	write := eventStream(w, r)
	err := a.Class.Stream(r.Context(), member, func(data []byte) bool {
		if data == nil {
			return write([]byte(": \n\n"))
		}
		return write([]byte("event: class\ndata: "), data, []byte("\n\n"))
	})
	if err != nil {
		a.Log.Error("encoding the class", "err", err)
	}
}
