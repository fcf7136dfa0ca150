package form

import (
	"errors"
	"testing"

	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
)

func TestFieldFaults(t *testing.T) {
	p := client.ProblemOf(client.Reply{Status: 400, Body: `{"error":"one","code":"c","faults":[
		{"error":"one","code":"out_of_range","field":"count","allowed":"1 to 9"},{"error":"two","code":"x","field":"rounds"}]}`})
	faults := fieldFaults(p)
	if len(faults) != 2 || faults[0].Field != "count" || i18n.EN.In(faults[0].Allowed) != "1 to 9" || i18n.ES.In(faults[1].Text) != "two" {
		t.Errorf("%+v", faults)
	}
	// A single fault stands at its field too, though the first sentence says it.
	one := fault.FaultBody{Error: "no", Code: "x", Field: "count"}
	if got := fieldFaults(client.ProblemFrom(fault.ErrorBody{FaultBody: one, Faults: []fault.FaultBody{one}})); len(got) != 1 || got[0].Field != "count" {
		t.Errorf("not at its field: %+v", got)
	}
	if fieldFaults(nil) != nil {
		t.Error("faults of nothing")
	}
}

// An upload of which nothing was taken names each file with its reason.
func TestAnUploadThatIsRefused(t *testing.T) {
	const refused = `{"images":[],"refused":[{"error":"is HEIC","code":"bad_image","field":"a.heic"}]}`
	for _, tt := range []struct {
		reply   client.Reply
		err     error
		refused int
		trouble bool
	}{
		{client.Reply{Status: 422, Body: refused}, nil, 1, false},
		{client.Reply{Status: 507, Body: refused}, nil, 1, false},
		{client.Reply{Status: 201, Body: `{"images":[{}]}`}, nil, 0, false},
		{client.Reply{Status: 429, Body: `{"error":"busy","code":"busy"}`}, nil, 0, true},
		{client.Reply{}, errors.New("no answer"), 0, true},
	} {
		var info result.UploadInfo
		trouble := readUpload(tt.reply, tt.err, &info)
		if len(info.Refused) != tt.refused || trouble != nil != tt.trouble {
			t.Errorf("%+v: %+v, %+v", tt.reply, info, trouble)
		}
	}
}
