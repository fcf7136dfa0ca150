package api

import (
	"crypto/rand"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/httprate"

	"carriles/cmd/host/internal/runs"
	"carriles/executor/fault"
)

// cancelHeader carries the secret of a run to whoever may cancel it.
const cancelHeader = "X-Cancel-Token"

// address is that of the connection, never one of a header that the client could
// make up.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// client names who asks, for turns and bounds: the address of the connection, of
// which IPv6 gives a client a whole /64.
func client(r *http.Request) string { return httprate.CanonicalizeIP(address(r)) }

// presents reports whether the presenter asks.
func (a *api) presents(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	ok = ok && a.Class.IsPresenter(token)
	if ok && a.Presenter != nil {
		a.Presenter(client(r))
	}
	return ok
}

// asker is who asks for a run, or to cancel one by its secret.
func (a *api) asker(r *http.Request, secret string) runs.Asker {
	who := runs.Asker{Client: client(r), Secret: secret, Presents: a.presents(r)}
	if who.Presents {
		who.Client = "" // nobody's turn
	}
	if r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" { // which browsers send with all but GET
		who.Address = address(r)
	}
	return who
}

// newSecret makes a run's secret: 130 bits.
func newSecret() string { return rand.Text() }

// What an address may ask of the class: a class behind one is let in at once, and
// a client that asks without a pause is held to 30 requests a second.
const (
	classRequests = 300
	classWindow   = 10 * time.Second
)

// held gives h no more of an address's requests than the class takes. The
// presenter's are not counted.
func (a *api) held(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if a.presents(r) || !a.asked.RespondOnLimit(w, r, client(r)) {
			h(w, r)
		}
	}
}

func (a *api) askedTooOften(w http.ResponseWriter, r *http.Request) {
	a.fail(w, r, fault.Errorf(fault.CodeBusy, "demasiadas peticiones seguidas desde aquí", "too many requests in a row from here"))
}
