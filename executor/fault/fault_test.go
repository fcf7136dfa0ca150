package fault

import (
	"encoding/json"
	"errors"
	"testing"

	"carriles/executor/text"
)

func TestErrorBody(t *testing.T) {
	invalid := Invalid([]Fault{
		{Code: CodeOutOfRange, Field: "count", Text: text.Sprintf("cuenta %d", "count %d", 9), Allowed: text.Sprintf("de 1 a 5", "1 to 5")},
		{Code: CodeUnknownField, Field: "x", Text: text.Sprintf("no hay x", "no x"), Allowed: text.Sprintf("uno de: a", "one of: a")},
	}).Because(errors.New("secret"))
	tests := []struct {
		err  *Error
		lang string
		want string
	}{
		{Errorf(CodeBusy, "espere %d", "wait %d", 3), "es", `{"error":"espere 3","code":"busy"}`},
		{Errorf(CodeBusy, "espere %d", "wait %d", 3), "en", `{"error":"wait 3","code":"busy"}`},
		{invalid, "es", `{"error":"cuenta 9","code":"out_of_range","field":"count","allowed":"de 1 a 5","faults":[` +
			`{"error":"cuenta 9","code":"out_of_range","field":"count","allowed":"de 1 a 5"},` +
			`{"error":"no hay x","code":"unknown_field","field":"x","allowed":"uno de: a"}]}`},
		{invalid, "en", `{"error":"count 9","code":"out_of_range","field":"count","allowed":"1 to 5","faults":[` +
			`{"error":"count 9","code":"out_of_range","field":"count","allowed":"1 to 5"},` +
			`{"error":"no x","code":"unknown_field","field":"x","allowed":"one of: a"}]}`},
	}
	for _, tt := range tests {
		if got, err := json.Marshal(tt.err.Body(tt.lang)); err != nil || string(got) != tt.want {
			t.Errorf("\n got %s, %v\nwant %s", got, err, tt.want)
		}
	}
	if got := invalid.Error(); got != "count 9; no x: secret" {
		t.Errorf("for the log: %q", got)
	}
	if cause := errors.Unwrap(invalid); cause == nil || cause.Error() != "secret" {
		t.Errorf("cause %v", cause)
	}
}
