package runs

import (
	"crypto/subtle"

	"carriles/executor/fault"
)

// Asker is who asks for a run, or to cancel one.
type Asker struct {
	// Client is who takes turns in the queue.
	Client string
	// Secret is what only who started a run knows. Address stands for it where
	// nobody keeps one, as with curl: empty for a browser, which does keep it,
	// since a whole class may be behind one address.
	Secret, Address string
	// Presents is that the class is led from there: its runs go next, are never
	// refused for a full queue, and it may cancel any.
	Presents bool
}

// owns reports whether a run that who has started is by's to cancel.
func (who Asker) owns(by Asker) bool {
	switch {
	case by.Presents:
		return true
	case by.Secret != "":
		return subtle.ConstantTimeCompare([]byte(by.Secret), []byte(who.Secret)) == 1
	}
	return by.Address != "" && by.Address == who.Address
}

// CancelBy is Cancel for who may: others get an error, and nothing happens. A
// run that is final stays as it is, whoever asks.
func (m *Manager) CancelBy(id string, by Asker) error {
	m.mu.Lock()
	r := m.runs[id]
	refused := r != nil && !r.view.State.Final() && !r.by.owns(by)
	m.mu.Unlock()
	if refused {
		return fault.Errorf(fault.CodeNotYours,
			"solo quien la lanzó, o quien presenta, puede cancelar la ejecución: desde otra página o dirección hace falta su cancel_token",
			"only who started the run, or the presenter, may cancel it: from another page or address that takes its cancel_token")
	}
	return m.Cancel(id)
}
