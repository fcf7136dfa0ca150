// Package fault is the one type of error that may be shown to a user: a code
// that scripts may branch on, a public sentence in both languages, and for a
// request every field that is wrong with what is allowed.
//
// It shows no cause: that is for the log. Codes become HTTP in cmd/host's api.
package fault

import (
	"strings"

	"carriles/executor/text"
)

// The codes of faults in a request and of errors of a run. They are part of
// the API: a script may branch on them.
const (
	CodeInvalidJSON   = "invalid_json"
	CodeUnknownField  = "unknown_field"
	CodeUnknownFilter = "unknown_filter"
	CodeUnknownParam  = "unknown_param"
	CodeUnknownName   = "unknown_name"
	CodeWrongType     = "wrong_type"
	CodeOutOfRange    = "out_of_range"
	CodeTooMany       = "too_many"
	CodeDuplicate     = "duplicate"
	CodeEngineLacks   = "engine_lacks_filter"
	CodeUnavailable   = "unavailable"   // this system does not have it
	CodeContradiction = "contradiction" // with another field
	CodeMissing       = "missing"
	CodeNoImages      = "no_images"
	CodeBadImage      = "bad_image"
	CodeNotFound      = "not_found"
	CodeBadMethod     = "method_not_allowed"
	CodeTooLarge      = "body_too_large"
	CodeBusy          = "busy"
	CodeForeignHost   = "foreign_host"
	CodeForeignOrigin = "foreign_origin"
	CodeCancelled     = "cancelled"
	CodeDiskFull      = "disk_full"
	CodeNotExamined   = "not_examined" // by a fault of the machine: it says nothing against the image
	CodeStopping      = "stopping"
	CodeTooLong       = "too_long" // the run took longer than any may
	CodeInterrupted   = "interrupted"
	CodeInternal      = "internal"

	// Of the class.
	CodeNotPresenter = "not_presenter" // the token is not the presenter's
	CodeNotJoined    = "not_joined"    // the member is unknown: it must join first
	CodeNotOpen      = "not_open"      // the round does not take this now
	CodeNotYours     = "not_yours"     // another has started the run

	// Of the room.
	CodeWrongCode  = "wrong_code"
	CodeRoomClosed = "room_closed"
	CodeNoWorkers  = "no_workers" // no device is there that could do it
)

// Fault is one thing wrong with a request: the field (as a path such as
// "filter_params.resize.width"), a public sentence, and what is allowed.
type Fault struct {
	Code    string
	Field   string
	Text    text.Text
	Allowed text.Text
}

// Error is a failure that may be shown to the user. Code is its kind; Text a
// public sentence; Faults what is wrong with the request, where it is that.
// The cause is for the log and is never shown.
type Error struct {
	Code   string
	Text   text.Text
	Faults []Fault
	Cause  error
}

// Errorf makes an Error whose sentence is formatted in both languages with the
// same arguments.
func Errorf(code, es, en string, args ...any) *Error {
	return &Error{Code: code, Text: text.Sprintf(es, en, args...)}
}

// Invalid makes the Error of a request with faults.
func Invalid(faults []Fault) *Error {
	return &Error{Code: faults[0].Code, Text: faults[0].Text, Faults: faults}
}

// Because attaches the cause for the log.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// Error is the English sentence, with every fault and the cause: for the log.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Text.EN)
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteString("; " + f.Text.EN)
		}
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// FaultBody is a fault in one language: an entry of ErrorBody.
type FaultBody struct {
	Error   string `json:"error"`
	Code    string `json:"code"`
	Field   string `json:"field,omitempty"`
	Allowed string `json:"allowed,omitempty"`
}

// ErrorBody is the JSON of every answer that is not a success: the first
// fault's fields at the top, and all faults beneath.
type ErrorBody struct {
	FaultBody
	Faults []FaultBody `json:"faults,omitempty"`
}

// Err is the error that an answer tells, as its reader was told it; nil if it tells none.
func (b ErrorBody) Err() *Error {
	if b.Error == "" {
		return nil
	}
	return &Error{Code: b.Code, Text: text.Text{ES: b.Error, EN: b.Error}}
}

// Body gives the error in a language, without its cause.
func (e *Error) Body(lang string) ErrorBody {
	b := ErrorBody{FaultBody: FaultBody{Error: e.Text.In(lang), Code: e.Code}}
	for _, f := range e.Faults {
		b.Faults = append(b.Faults, FaultBody{
			Error: f.Text.In(lang), Code: f.Code, Field: f.Field, Allowed: f.Allowed.In(lang),
		})
	}
	if len(b.Faults) > 0 {
		b.FaultBody = b.Faults[0]
	}
	return b
}
