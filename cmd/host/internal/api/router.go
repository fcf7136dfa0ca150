// Package api speaks HTTP: it turns requests into specs and runs, and results
// and errors into JSON. Every route stands in sections, every status in status.
//
// It computes nothing and touches no file itself.
//
// # Hard cases
//
// DNS rebinding is stopped by the Host header: literal addresses of this machine
// and of private networks and the machine's own names pass, others get 421.
// Foreign origins get 403 (security.go).
//
// Two thousand connections that never send a whole header wait for their timeout
// without keeping others out (package gate). With 1,024 at a time a request beside them
// waited 2 s.
//
// Plain http on a LAN has no service worker, clipboard, crypto.subtle or brotli:
// the page needs none of them, and the wasm is carried as gzip too. The tests run
// on loopback and on such an address.
//
// Reading that really waits (source: http) is served by this server too: the wait
// is here, in GET /api/image/slow/, and the worker's goroutine is parked as any
// program's would be.
package api

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"carriles/cmd/host/internal/class"
	"carriles/cmd/host/internal/exporter"
	"carriles/cmd/host/internal/jobs"
	"carriles/cmd/host/internal/library"
	"carriles/cmd/host/internal/runs"
	"carriles/cmd/host/internal/wall"
	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/process/python"
	"carriles/executor/crew/room"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/topology"
)

// Deps is what the API needs.
type Deps struct {
	Runs     *runs.Manager
	Library  *library.Library
	Class    *class.Room
	Room     *room.Room
	Demand   *runs.Demand
	Exporter *exporter.Exporter
	// Jobs are the batches that nobody waits for; nil where there is no queue, for the
	// reason NoJobs.
	Jobs     *jobs.Jobs
	NoJobs   *fault.Error
	Topology topology.Topology
	Limits   request.Limits
	// Pool is the default number of workers, PoolReason why.
	Pool       int
	PoolReason text.Text
	// Lacks are the transports that this system has not, with the reason, and
	// Instruments what it has of what not every system has.
	Lacks       map[string]text.Text
	Instruments []result.Instrument
	// Waits measures a way of waiting in children of its own, and WaitRoom tells what
	// there is for it.
	Waits    func(ctx context.Context, way request.WaitWay, w request.Waits) (*result.WaitFigures, error)
	WaitRoom func() analysis.WaitRoom
	// Python is the interpreter of Python's methods.
	Python  *python.Interpreter
	Version string
	// Hosts are names, beside the machine's own, that may stand in a Host
	// header.
	Hosts []string
	// Reach tells by which addresses others may find this server.
	Reach func() []netip.Addr
	// Route is the address of the interface that leads elsewhere; the zero value
	// if none does.
	Route func() netip.Addr
	// Presenter hears from where the presenter asks, as client writes it; may be nil.
	Presenter func(address string)
	// Assets are the page's files, of which a report carries some, and AssetsPath
	// where they are served under a name that changes with them; empty for /web.
	Assets     fs.FS
	AssetsPath string
	// Page serves everything that is not the API's.
	Page http.Handler
	Log  *slog.Logger
}

// apiPath is above all of the API's routes but Prometheus's.
const apiPath = "/api"

type api struct {
	Deps
	started time.Time
	// The places for event streams and uploads, and what an address has asked of the class.
	runStreams, classStreams, uploads, waits *places
	asked                                    *httprate.RateLimiter
	pulse                                    pulse
	phones                                   phones
}

// New builds the handler of the whole server.
func New(d Deps) http.Handler {
	a := &api{Deps: d, started: time.Now(), runStreams: newPlaces(runStreams), classStreams: newPlaces(classStreams), uploads: newPlaces(uploads), waits: newPlaces(waitsAtATime)}
	a.asked = httprate.NewRateLimiter(classRequests, classWindow,
		httprate.WithResponseHeaders(httprate.ResponseHeaders{}), httprate.WithLimitHandler(a.askedTooOften))
	a.Exporter.Of(func() exporter.Figures {
		f, _ := a.figures(a.Room.View())
		return f
	})
	if a.Jobs != nil {
		a.Jobs.Lab, a.Jobs.Here = a.Lab, func() bool { return len(a.Room.View().Devices) > 0 }
	}
	r := chi.NewRouter()
	r.Use(a.recoverer, secure, a.ownHost, a.sameOrigin, headAsGet, compressed)
	r.NotFound(a.notFound)
	r.MethodNotAllowed(a.methodNotAllowed)

	r.Route(apiPath, func(r chi.Router) {
		r.Use(middleware.StripSlashes, noStore)
		for x := range a.routes() {
			if below, ok := strings.CutPrefix(x.path, apiPath); ok {
				r.Method(x.method, cmp.Or(strings.TrimSuffix(below, "/"), "/"), x.do)
			}
		}
	})
	for x := range a.routes() {
		if !strings.HasPrefix(x.path, apiPath) {
			r.With(noStore).Method(x.method, x.path, x.do)
		}
	}
	r.Get("/wall", a.laid(wall.Page))
	r.Get("/wall/events", a.wallEvents)
	r.Get(joinPath, a.laid(wall.PhonePage))
	r.Get(joinPath+"/events", a.phoneEvents)
	r.Get(previewPrefix+"*", a.preview)
	r.Get("/static/*", a.static)
	r.Handle("/*", a.Page)
	return r
}
