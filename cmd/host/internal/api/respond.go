package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"carriles/executor/fault"
)

// status is the one table from an error's code to HTTP. Codes that are not in
// it are the request's fault: 400.
var status = map[string]int{
	fault.CodeNoImages:      http.StatusNotFound,
	fault.CodeNotFound:      http.StatusNotFound,
	fault.CodeBadMethod:     http.StatusMethodNotAllowed,
	fault.CodeTooLarge:      http.StatusRequestEntityTooLarge,
	fault.CodeBadImage:      http.StatusUnprocessableEntity,
	fault.CodeBusy:          http.StatusTooManyRequests,
	fault.CodeForeignHost:   http.StatusMisdirectedRequest,
	fault.CodeForeignOrigin: http.StatusForbidden,
	fault.CodeNotYours:      http.StatusForbidden,
	fault.CodeTooLong:       http.StatusUnprocessableEntity,
	fault.CodeCancelled:     http.StatusConflict,
	fault.CodeNotPresenter:  http.StatusUnauthorized,
	fault.CodeNotJoined:     http.StatusConflict,
	fault.CodeNotOpen:       http.StatusConflict,
	fault.CodeWrongCode:     http.StatusForbidden,
	fault.CodeRoomClosed:    http.StatusForbidden,
	fault.CodeNoWorkers:     http.StatusServiceUnavailable,
	fault.CodeStopping:      http.StatusServiceUnavailable,
	fault.CodeDiskFull:      http.StatusInsufficientStorage,
	fault.CodeNotExamined:   http.StatusServiceUnavailable,
	fault.CodeInternal:      http.StatusInternalServerError,
}

// retryAfter is what a busy server asks for, in seconds: about the length of a
// comparison.
const retryAfter = 10

// maxBody is the largest JSON body.
const maxBody = 64 << 10

func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *fault.Error
	if !errors.As(err, &e) {
		if r.Context().Err() != nil {
			return // the client has gone; nobody reads an answer
		}
		a.Log.Error("request failed", "path", r.URL.Path, "err", err)
		e = fault.Internal(err, "error interno; la causa está en el registro", "internal error; the cause is in the log")
	}
	code, ok := status[e.Code]
	if !ok {
		code = http.StatusBadRequest
	}
	a.answer(w, code, e.Body(language(r)))
}

func (a *api) answer(w http.ResponseWriter, code int, v any) {
	data, err := json.MarshalIndent(v, "", " ") // it is read from a projector, as curl prints it
	if err != nil {
		a.Log.Error("encoding an answer", "err", err)
		http.Error(w, `{"error":"internal error","code":"internal"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if code == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	w.WriteHeader(code)
	_, _ = w.Write(append(data, '\n')) // the client may have gone
}

// language is what a client reads: English if its first choice is, else
// Spanish. curl does not say, and the lesson is in Spanish.
func language(r *http.Request) string {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.Header.Get("Accept-Language"))), "en") {
		return "en"
	}
	return "es"
}

// body reads a request's JSON, up to maxBody.
func body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, fault.Errorf(fault.CodeTooLarge, "el cuerpo pasa de %d bytes", "the body is over %d bytes", maxBody)
	}
	if err != nil {
		return nil, fault.Errorf(fault.CodeInvalidJSON, "el cuerpo no llegó entero", "the body did not arrive whole").Because(err)
	}
	return data, nil
}

func (a *api) notFound(w http.ResponseWriter, r *http.Request) {
	a.fail(w, r, fault.Errorf(fault.CodeNotFound, "no hay nada en «%s»", "there is nothing at %q", r.URL.Path))
}

func (a *api) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	routes := chi.RouteContext(r.Context()).Routes
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		if routes.Match(chi.NewRouteContext(), method, strings.TrimSuffix(r.URL.Path, "/")) {
			w.Header().Add("Allow", method)
		}
	}
	a.fail(w, r, fault.Errorf(fault.CodeBadMethod, "«%s» no acepta %s", "%q does not take %s", r.URL.Path, r.Method))
}
