package runs

import (
	"log/slog"
	"slices"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/executor/crew/room"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
)

// The first two images of each device and what it says cannot be done are done twice,
// and of the others those that are drawn.
func TestWhatIsDoneTwice(t *testing.T) {
	by := func(worker int, code string) crew.TaskReport {
		r := crew.TaskReport{Worker: crew.Identity{ID: worker, Name: "pc"}}
		if code != "" {
			r.Outcome = pipeline.Outcome{Err: &fault.Error{Code: code}}
		}
		return r
	}
	tasks := []crew.TaskReport{
		by(1, ""), by(2, ""), by(1, ""), by(1, ""), by(2, fault.CodeInternal), by(1, fault.CodeBadImage), {}, by(1, ""), by(2, ""), by(2, ""),
	}
	drawn := 0
	p := &proof{
		place: room.New("v", "ABCDEFGH", nil, slog.New(slog.DiscardHandler)).NewPlace(request.Spec{}, nil, nil, nil),
		lot:   func(n int) int { drawn++; return drawn % n % 2 }, // 1, 0, 1
	}
	if got, want := p.draw(tasks), []int{0, 1, 2, 5, 7, 8}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
