package runs

import (
	"context"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"sync"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/executor/crew/process"
	"carriles/executor/crew/room"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// What is done twice of what the room's devices give: their first images, and one of
// so many of the others, drawn by lot.
const (
	firstProofs = 2
	proofOneOf  = 10
)

// proof does some of a round's images a second time, on this machine and out of the
// clock, and compares the bytes: the same program gives the same ones. What a device
// says cannot be done is tried here too. One whose images differ has lied, or its
// memory has: all that it gave in the round is made again here, and it is out.
type proof struct {
	*execution
	method string
	place  *room.Place
	lot    func(n int) int // below n
	seed   maphash.Seed    // nobody knows it: two outputs with one digest cannot be made

	mu      sync.Mutex
	digests map[string]uint64 // of outputs that were stored, by file
	given   map[int]uint64    // of those that were committed in this round, by task
}

func newProof(e *execution, method string) *proof {
	return &proof{execution: e, method: method, lot: rand.IntN, seed: maphash.MakeSeed(), digests: map[string]uint64{}}
}

// stored notes the digest of an output.
func (p *proof) stored(file string, data []byte) {
	digest := maphash.Bytes(p.seed, data)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.digests[file] = digest
}

// begin notes what a job commits.
func (p *proof) begin(job *crew.Job) {
	p.given = map[int]uint64{}
	commit := job.Commit
	job.Commit = func(o crew.Outcome) error {
		p.mu.Lock()
		p.given[o.Task.Index] = p.digests[o.Output.File]
		delete(p.digests, o.Output.File)
		p.mu.Unlock()
		return commit(o)
	}
}

// end proves a round. The error is the context's, or says that this machine could
// not do it.
func (p *proof) end(ctx context.Context, job crew.Job, r *crew.Report) error {
	tasks := p.draw(r.Tasks)
	if len(tasks) == 0 {
		return nil
	}
	differs := map[int]bool{} // whose output is another here
	own, err := p.again(ctx, tasks, func(o crew.Outcome) error {
		data, err := p.Outputs.Unfinished(o.Output.File)
		p.mu.Lock()
		defer p.mu.Unlock()
		differs[o.Task.Index] = err == nil && maphash.Bytes(p.seed, data) != p.given[o.Task.Index]
		return err
	})
	if err != nil {
		return err
	}
	liars := map[int]int{} // the task that shows it, by worker
	for i, task := range tasks {
		mine, theirs := own.Tasks[i].Err, r.Tasks[task].Err
		worker := r.Tasks[task].Worker.ID
		switch {
		case mine != nil && theirs == nil && mine.Code != fault.CodeBadImage: // this machine's own trouble proves nothing
		case (mine == nil) != (theirs == nil), differs[task]:
			liars[worker] = task
		default:
			p.place.Proved(worker)
		}
	}
	for worker, task := range liars {
		if err := p.expel(ctx, job, r, worker, task); err != nil {
			return err
		}
	}
	return nil
}

// draw says which tasks of a round are done twice.
func (p *proof) draw(tasks []crew.TaskReport) (list []int) {
	proofs := map[int]int{} // how many each worker has had, in earlier rounds too
	for i, t := range tasks {
		if t.Worker == (crew.Identity{}) { // nobody did it
			continue
		}
		if _, met := proofs[t.Worker.ID]; !met {
			proofs[t.Worker.ID] = p.place.Proofs(t.Worker.ID)
		}
		refused := t.Err != nil && t.Err.Code == fault.CodeBadImage
		if refused || t.Err == nil && (proofs[t.Worker.ID] < firstProofs || p.lot(proofOneOf) == 0) {
			list = append(list, i)
			proofs[t.Worker.ID]++
		}
	}
	return list
}

// expel has all that a worker gave in a round made again, and its device is out.
func (p *proof) expel(ctx context.Context, job crew.Job, r *crew.Report, worker, shown int) error {
	var tasks []int
	for i, t := range r.Tasks {
		if t.Worker.ID == worker && t.Worker != (crew.Identity{}) {
			tasks = append(tasks, i)
		}
	}
	name := r.Tasks[shown].Worker.Name
	p.place.Expel(worker, text.Sprintf("dio otros píxeles que los demás", "gave other pixels than the others"))
	own, err := p.again(ctx, tasks, job.Commit)
	if err != nil {
		return err
	}
	for i, task := range tasks {
		r.Tasks[task] = own.Tasks[i]
		r.Tasks[task].Task.Index, r.Tasks[task].Lane = task, crew.NoLane
		r.Tasks[task].Attempts++
	}
	r.Deaths = append(r.Deaths, fmt.Sprintf("machine %s gave other pixels than this machine for image %d: it is out, and its %d images were made again here, out of the clock", name, shown+1, len(tasks)))
	return nil
}

// again does tasks of the batch on this machine. done gets each output that is whole,
// as that of the batch's task.
func (p *proof) again(ctx context.Context, tasks []int, done func(crew.Outcome) error) (crew.Report, error) {
	dir, err := p.Outputs.TempDir(p.id, p.method+"-proof")
	if err != nil {
		return crew.Report{}, err
	}
	spec := p.spec
	spec.Count, spec.Images, spec.Pool = len(tasks), nil, request.Cold
	spec.Source, spec.Transport = request.SourceFile, request.TransportPath
	for _, task := range tasks {
		spec.Images = append(spec.Images, p.spec.Image(task))
	}
	lanes := max(1, min(len(tasks), p.Machine.Cores()))
	c := crew.New(process.Place{Launcher: p.Launcher, TempDir: dir}, crew.Config{
		Spec: spec, Shape: request.Shape{Processes: 1, Goroutines: lanes, MaxProcs: lanes}, Timeout: p.Timeout,
	})
	defer c.Close()
	return c.Run(ctx, crew.Job{Progress: func(int, int) {}, Commit: func(o crew.Outcome) error {
		o.Task.Index = tasks[o.Task.Index]
		return done(o)
	}})
}
