package result

import (
	"testing"

	"carriles/executor/text"
	"carriles/executor/trace"
)

func TestEveryStageHasATitle(t *testing.T) {
	seen := map[text.Text]trace.Stage{}
	for s := trace.Spawn; s.String() != "unknown"; s++ {
		title := StageTitle(s.String())
		if title.ES == s.String() || title.ES == "" || title.EN == "" {
			t.Errorf("%v has the title %+v", s, title)
		}
		if other, ok := seen[title]; ok {
			t.Errorf("%v and %v have the same title", s, other)
		}
		seen[title] = s
	}
	if len(seen) != int(trace.Fetch)+1 {
		t.Errorf("%d stages, want %d", len(seen), trace.Fetch+1)
	}
	if got := StageTitle("other"); got != (text.Text{ES: "other", EN: "other"}) {
		t.Errorf("an unknown stage is %+v", got)
	}
}
