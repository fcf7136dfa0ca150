package class

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"

	"carriles/cmd/host/internal/disk"
	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// MinToken is the least length of a presenter's token: 128 bits take so many random
// letters and digits.
const MinToken = 22

// keptFile is what a class keeps over a restart, below the static folder beside the
// journal, for the server's own user alone. Nothing in .runs/ is served.
const keptFile = ".runs/class.json"

// kept is its content.
type kept struct {
	Token string          `json:"token"`
	State json.RawMessage `json:"state,omitempty"` // a keptState
}

// keptState is what a class goes on with: all of its state but who is here, who
// comes back, and the queue, which is the server's.
type keptState struct {
	Step    string          `json:"step"`
	Rounds  int             `json:"rounds"`
	Round   *keptRound      `json:"round,omitempty"`
	Shown   *class.Shown    `json:"shown,omitempty"`
	Runs    []class.Shown   `json:"runs,omitempty"`
	Turn    *turn           `json:"turn,omitempty"`
	Waiting *result.Waiting `json:"waiting,omitempty"`
	Paused  bool            `json:"paused"`
	Chosen  string          `json:"chosen"`
	Arrived map[string]int  `json:"arrived,omitempty"`
}

type keptRound struct {
	Number      int                       `json:"number"`
	Phase       string                    `json:"phase"`
	Step        string                    `json:"step"`
	Command     int                       `json:"command"`
	Change      request.Change            `json:"change,omitzero"`
	Predictions map[string]keptPrediction `json:"predictions"`
	Outcome     class.Outcome             `json:"outcome"`
	Results     map[string]class.Browser  `json:"results"`
}

type keptPrediction struct {
	Winner string  `json:"winner"`
	Factor float64 `json:"factor"`
}

// keep is what a restart goes on with.
func (s *state) keep() *keptState {
	k := &keptState{Step: s.step, Rounds: s.rounds, Shown: s.shown, Runs: s.runs, Turn: s.turn, Waiting: s.waiting, Paused: s.paused, Chosen: s.chosen, Arrived: s.arrived}
	if r := s.round; r != nil {
		k.Round = &keptRound{
			Number: r.number, Phase: r.phase, Step: r.step, Command: r.command, Change: r.change,
			Predictions: map[string]keptPrediction{}, Outcome: r.outcome, Results: r.results,
		}
		for id, p := range r.predictions {
			k.Round.Predictions[id] = keptPrediction{p.winner, p.factor}
		}
	}
	return k
}

// goOn takes up what was kept, a keptState. A step or a command that this version's
// lesson has not is left out; false if something was.
func (s *state) goOn(data []byte) (whole bool) {
	var k keptState
	if json.Unmarshal(data, &k) != nil {
		return false
	}
	whole = true
	s.rounds, s.paused, s.chosen, s.waiting = k.Rounds, k.Paused, k.Chosen, k.Waiting
	for host, n := range k.Arrived {
		s.arrived[host] = n
	}
	if _, ok := findStep(k.Step); ok {
		s.step = k.Step
	} else if k.Step != "" {
		whole = false
	}
	if k.Shown != nil {
		if _, err := findCommand(k.Shown.Step, k.Shown.Command); err == nil {
			s.shown = k.Shown
		} else {
			whole = false
		}
	}
	for _, r := range k.Runs {
		if _, err := findCommand(r.Step, r.Command); err == nil {
			s.runs = append(s.runs, r)
		} else {
			whole = false
		}
	}
	if k.Turn != nil {
		if _, values, err := findTurn(k.Turn.Step, k.Turn.Over); err == nil && slices.Equal(values.Values, k.Turn.Values) {
			s.turn = k.Turn.whole()
		} else {
			whole = false
		}
	}
	if k.Round == nil {
		return whole
	}
	command, err := findCommand(k.Round.Step, k.Round.Command)
	request, ok := command.With(k.Round.Change).Request()
	if err != nil || !ok || !slices.Contains([]string{class.RoundOpen, class.RoundClosed, class.RoundRevealed}, k.Round.Phase) {
		return false
	}
	s.round = &round{
		number: k.Round.Number, phase: k.Round.Phase, step: k.Round.Step, command: k.Round.Command, change: k.Round.Change, request: request,
		predictions: map[string]prediction{}, outcome: k.Round.Outcome, results: map[string]class.Browser{},
	}
	for id, p := range k.Round.Predictions {
		s.round.predictions[id] = prediction{p.Winner, p.Factor}
	}
	maps.Copy(s.round.results, k.Round.Results)
	return whole
}

// KeepIn goes on with what the class of the static folder was at, and keeps from now
// on, once a second at most, what it is at. It must be called before anything else.
func (r *Room) KeepIn(static string, log *slog.Logger) error {
	root, err := os.OpenRoot(static)
	if err != nil {
		return fmt.Errorf("what the class of %s keeps: %w", static, err)
	}
	k, _, err := readKept(root)
	if err != nil {
		return errors.Join(fmt.Errorf("what the class of %s keeps: %w", static, err), root.Close())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if k.State != nil && !r.state.goOn(k.State) {
		log.Warn("the lesson has changed: the class does not go on with all that it was at", "file", keptFile)
	}
	r.save = func(state []byte) {
		k.State = state
		if err := k.keep(root); err != nil {
			log.Error("keeping what the class is at", "file", keptFile, "err", err)
		}
	}
	r.closeFile = root.Close
	return nil
}

// readKept reads the file; damaged says that there is one, and that it is none.
func readKept(root *os.Root) (k kept, damaged bool, err error) {
	data, err := root.ReadFile(keptFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return k, false, nil
	case err != nil:
		return k, false, err
	case json.Unmarshal(data, &k) != nil:
		return kept{}, true, nil
	}
	return k, k.Token == "" && k.State == nil, nil
}

// Token is the presenter's token: the one that an earlier server of the static folder
// has made, so that a restart costs nobody the lead of the class, or else a new one,
// which is kept. The folder must be this server's alone (journal.Open).
func Token(static string, log *slog.Logger) (token string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("what the class of %s keeps: %w", static, err)
		}
	}()
	root, err := os.OpenRoot(static)
	if err != nil {
		return "", err
	}
	defer root.Close()
	k, damaged, err := readKept(root)
	switch {
	case err != nil:
		return "", err
	case len(k.Token) >= MinToken:
		return k.Token, root.Chmod(keptFile, 0o600) // it may have been copied
	case damaged || k.Token != "":
		log.Warn("what the class kept was damaged: the presenter has a new token", "file", keptFile)
	}
	k.Token = rand.Text() // 130 bits
	return k.Token, k.keep(root)
}

// keep writes the file whole, in place of an older one.
func (k kept) keep(root *os.Root) error {
	data, err := json.Marshal(k)
	if err != nil {
		return err
	}
	const temp = keptFile + ".tmp" // which the journal takes away if it is left over
	if err := root.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := root.WriteFile(temp, append(data, '\n'), 0o600); err != nil {
		return err
	}
	if err := errors.Join(disk.SyncFile(root, temp), root.Rename(temp, keptFile)); err != nil {
		return errors.Join(err, root.Remove(temp))
	}
	return disk.SyncFolder(root, ".runs")
}
