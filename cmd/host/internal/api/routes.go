package api

import (
	"iter"
	"net/http"
	"reflect"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/room"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// route is one operation of the API, declared whole: New serves it, the document at
// /api/openapi.json describes it, and the page at /api/ lists it with a line for a
// shell. What is not in this list is no part of the API.
type route struct {
	method string
	// path has a slash at its end where chi's has none: either is answered.
	path string
	// course says that the course's own server has it.
	course bool
	title  text.Text
	// query are the fields of the address, asks those of a JSON body, and takes its
	// type where it is read as one. form is the name of a form's files.
	query []request.Field
	asks  func(request.Lab) []request.Field
	takes reflect.Type
	form  string
	gives []gives
	// needs says what must be there for the line to work; empty: nothing.
	needs text.Text
	// first are the lines that must go before, and line is its own, as far as it is not
	// what the rest says.
	first []line
	line  line
	do    http.HandlerFunc
}

// gives is one of a route's answers. Whatever else it answers is an error.
type gives struct {
	status int // 0: any that no other has
	kind   string
	of     reflect.Type // of JSON
}

const typeJSON = "application/json"

func answers[T any](status int) gives { return gives{status, typeJSON, reflect.TypeFor[T]()} }
func answer200[T any]() []gives       { return []gives{answers[T](http.StatusOK)} }
func file(kind string) []gives        { return []gives{{http.StatusOK, kind, nil}} }

// section is a part of the list.
type section struct {
	title  text.Text
	routes []route
}

// batchFields are the fields of an endpoint's requests.
func batchFields(ep request.Endpoint) func(request.Lab) []request.Field {
	return func(lab request.Lab) []request.Field { return request.Fields(ep, lab) }
}

// The bodies of the lines: the guide's own, and shorter ones.
const (
	guideBody   = `{"filters": ["resize", "blur"], "filter_params": {"resize": {"width": 800, "height": 600}, "blur": {"radius": 3.0}}}`
	sharpenBody = `{"filters": ["sharpen"], "count": 2}`
	edgesBody   = `{"filters": ["edges"], "filter_params": {"edges": {"threshold1": 50, "threshold2": 150}}, "count": 2, "rounds": 3}`
	askedBody   = `{"filters": ["resize", "sharpen"], "count": 2, "rounds": 1}` // of asking
	somebody    = `0123456789abcdef`
)

// A run that the lines of its evidence speak of, as $RUN, and the number of the class's
// round or turn, as $ROUND.
func aRun() line {
	return line{method: http.MethodPost, path: "/api/process-batch/compare-all/", body: askedBody,
		sets: "RUN", picks: `s/^  "run_id": "\(.*\)"$/\1/p`}
}

func theRound() line {
	return line{path: "/api/class/", sets: "ROUND", picks: `s/^  "number": \([0-9]*\),$/\1/p`}
}

func joining() line {
	return line{method: http.MethodPost, path: "/api/class/join/", body: `{"member": "` + somebody + `", "device": "laptop", "cores": 4}`}
}

func leading(body string) line {
	return line{method: http.MethodPost, path: "/api/class/control/", body: body, presents: true}
}

const asking = `{"action": "ask", "step": "computing", "command": 0}`

// sections is the one list of the API's routes.
func (a *api) sections() []section {
	const get, post = http.MethodGet, http.MethodPost
	return []section{
		{text.Text{ES: "Qué hay", EN: "What there is"}, []route{
			{method: get, path: "/api/", title: text.Text{ES: "esta página", EN: "this page"}, gives: file("text/html"), do: a.docs},
			{method: get, path: "/api/openapi.json", title: text.Text{ES: "lo mismo para programas, en OpenAPI 3.1", EN: "the same for programs, as OpenAPI 3.1"},
				gives: []gives{{http.StatusOK, typeJSON, nil}}, do: a.openAPI},
			{method: get, path: "/api/health/", course: true, title: text.Text{ES: "si el servidor responde", EN: "whether the server answers"}, gives: answer200[health](), do: a.health},
			{method: get, path: "/api/stats/", course: true, title: text.Text{ES: "qué ha hecho el servidor", EN: "what the server has been doing"}, gives: answer200[stats](), do: a.stats},
			{method: get, path: "/api/topology/", title: text.Text{ES: "la máquina, y por qué hay tantos trabajadores", EN: "the machine, and why there are so many workers"}, gives: answer200[machine](), do: a.topology},
			{method: get, path: "/api/filters/", title: text.Text{ES: "filtros, métodos y campos, con sus límites", EN: "filters, methods and fields, with their limits"}, gives: answer200[request.Catalogue](), do: a.filters},
			{method: get, path: "/api/guide/", title: text.Text{ES: "la lección como datos", EN: "the lesson as data"}, gives: answer200[lesson.Lesson](), do: a.guide},
		}},
		{text.Text{ES: "Fotografías", EN: "Photographs"}, []route{
			{method: get, path: "/api/image/4k/", course: true, title: text.Text{ES: "una fotografía grande", EN: "a large photograph"}, gives: file("image/*"),
				line: line{flags: []string{"-o", "foto.jpg"}}, do: a.serveImage},
			{method: get, path: "/api/image/info/", course: true, title: text.Text{ES: "las fotografías que hay", EN: "the photographs that are there"}, gives: answer200[result.ImagesInfo](), do: a.imageInfo},
			{method: get, path: "/api/image/slow/", course: true, title: text.Text{ES: "una fotografía, tras una espera", EN: "a photograph, after a wait"}, gives: file("image/*"),
				query: []request.Field{{Param: slowDelay(), Course: true}, {Param: filters.Param{Name: "name", Kind: request.Name, Help: text.Text{ES: "qué fotografía", EN: "which photograph"}}}},
				line:  line{path: "/api/image/slow/?delay=0.2", flags: []string{"-o", "foto.jpg"}}, do: a.imageSlow},
			{method: post, path: "/api/images/", title: text.Text{ES: "subir fotografías", EN: "upload photographs"}, form: "files",
				gives: []gives{answers[result.UploadInfo](http.StatusCreated), answers[result.UploadInfo](0)},
				first: []line{{path: "/api/image/4k/", flags: []string{"-o", "foto.jpg"}}},
				line:  line{flags: []string{"-F", "files=@foto.jpg"}}, do: a.upload},
		}},
		{text.Text{ES: "Lotes, respondidos cuando están hechos", EN: "Batches, answered when they are done"}, append(a.methodRoutes(),
			a.batchRoute("compare", request.Endpoint{Methods: []string{request.Sequential, request.Threading}}, a.compare, answer200[result.Comparison](),
				text.Text{ES: "secuencial contra hilos", EN: "sequential against threads"}, guideBody),
			a.batchRoute("compare-all", request.Endpoint{Methods: request.GuideMethods(), MethodsField: true}, a.compare, answer200[result.Comparison](),
				text.Text{ES: "los métodos que se pidan; sin decirlo, los tres de la guía", EN: "the methods that are asked for; unless it is said, the guide's three"}, edgesBody),
			a.batchRoute("stress", request.Endpoint{Methods: []string{request.Multiprocessing}, Stress: true}, a.stress, answer200[result.Stress](),
				text.Text{ES: "un método, muchas imágenes", EN: "one method, many images"}, `{"filters": ["sharpen"], "count": 4, "num_iterations": 2}`),
			route{method: post, path: "/api/sweep/", title: text.Text{ES: "el mismo lote con varios valores de un campo", EN: "the same batch at several values of a field"},
				asks: batchFields(sweepEndpoint()), gives: answer200[result.Sweep](),
				line: line{body: `{"over": "workers", "values": [1, 2], "methods": ["threading"], "filters": ["sharpen"], "count": 2}`}, do: a.sweep},
			route{method: post, path: request.WaitsPath, title: text.Text{ES: "peticiones simultáneas que esperan, de varias formas", EN: "simultaneous requests that wait, in several ways"},
				asks: request.WaitFields, gives: answer200[result.Waiting](),
				line: line{body: `{"n": 20, "seconds": 0.2, "ways": ["threads", "goroutines"]}`}, do: a.waiting},
		)},
		{text.Text{ES: "Ejecuciones: lo mismo sin esperar la respuesta", EN: "Runs: the same without waiting for the answer"}, []route{
			{method: post, path: "/api/forecast/", title: text.Text{ES: "cuánto tardaría; no empieza nada", EN: "how long it would take; it starts nothing"},
				query: []request.Field{{Param: filters.Param{Name: "within_s", Kind: filters.Float, Unit: "s", Min: 0, Max: mostWithin,
					Help: text.Text{ES: "cuántas imágenes caben en este tiempo", EN: "how many images fit into this time"}}}},
				asks: batchFields(RunsEndpoint()), gives: answer200[result.Forecast](), line: line{body: sharpenBody}, do: a.forecast},
			{method: post, path: "/api/runs/", title: text.Text{ES: "empezar una ejecución", EN: "begin a run"}, asks: batchFields(RunsEndpoint()),
				gives: []gives{answers[result.Accepted](http.StatusAccepted)}, line: line{body: sharpenBody}, do: a.submitRun},
			{method: get, path: "/api/runs/", title: text.Text{ES: "las que hay", EN: "those there are"}, gives: answer200[runList](), do: a.listRuns},
			{method: get, path: "/api/runs/{id}/", title: text.Text{ES: "una, con su resultado", EN: "one, with its result"}, gives: answer200[result.RunView](), do: a.showRun},
			{method: get, path: "/api/runs/{id}/events/", title: text.Text{ES: "su progreso, como eventos (SSE)", EN: "its progress, as events (SSE)"}, gives: file("text/event-stream"), line: line{flags: []string{"-N"}}, do: a.watchRun},
			{method: get, path: "/api/runs/{id}/timeline/", title: text.Text{ES: "qué hizo cada carril", EN: "what each lane did"}, gives: answer200[timelines](), do: a.timeline},
			{method: get, path: "/api/runs/{id}/trace/", title: text.Text{ES: "lo mismo para Perfetto", EN: "the same for Perfetto"}, gives: []gives{{http.StatusOK, typeJSON, nil}}, line: line{flags: []string{"-o", "trace.json"}}, do: a.trace},
			{method: get, path: "/api/runs/{id}/csv/", title: text.Text{ES: "todas las rondas, en una tabla", EN: "all rounds, as a table"}, gives: file("text/csv"), line: line{flags: []string{"-o", "run.csv"}}, do: a.samples},
			{method: get, path: "/api/runs/{id}/report/", title: text.Text{ES: "un informe que no necesita red", EN: "a report that needs no network"},
				query: []request.Field{{Param: filters.Param{Name: "lang", Kind: request.Choice}, Choices: languages, Optional: true}},
				gives: file("text/html"), line: line{path: "/api/runs/$RUN/report/?lang=es", flags: []string{"-o", "report.html"}}, do: a.report},
			{method: http.MethodDelete, path: "/api/runs/{id}/", title: text.Text{ES: "cancelarla; quien la empezó o quien presenta", EN: "cancel it; who began it or who presents"}, gives: answer200[result.RunView](), do: a.cancelRun},
		}},
		{text.Text{ES: "La clase", EN: "The class"}, []route{
			{method: get, path: "/api/class/", title: text.Text{ES: "en qué está la clase, y por dónde se entra", EN: "what the class is at, and where it is joined"}, gives: answer200[class.Info](), do: a.classInfo},
			{method: post, path: "/api/class/join/", title: text.Text{ES: "entrar", EN: "join"}, takes: reflect.TypeFor[class.Join](), gives: answer200[class.State](),
				line: joining(), do: a.held(a.join)},
			{method: post, path: "/api/class/control/", title: text.Text{ES: "lo que hace quien presenta", EN: "what the presenter does"}, takes: reflect.TypeFor[class.Control](), gives: answer200[class.State](),
				line: leading(asking), do: a.held(a.classControl)},
			{method: post, path: "/api/class/predict/", title: text.Text{ES: "predecir quién gana", EN: "predict who wins"}, takes: reflect.TypeFor[class.Prediction](), gives: answer200[class.State](),
				first: []line{joining(), leading(asking), theRound()},
				line:  line{body: `{"member": "` + somebody + `", "round": $ROUND, "winner": "threading", "factor": 1.5}`}, do: a.held(memberDo(a, a.Class.Predict))},
			{method: post, path: "/api/class/take/", title: text.Text{ES: "tomar un valor cuando le toca a la clase", EN: "take a value when it is the class's turn"}, takes: reflect.TypeFor[class.Take](), gives: answer200[class.Taken](),
				first: []line{joining(), leading(`{"action": "turn", "step": "turn", "over": "intensity"}`), theRound()},
				line:  line{body: `{"member": "` + somebody + `", "turn": $ROUND}`}, do: a.held(a.take)},
			{method: post, path: "/api/class/result/", title: text.Text{ES: "lo que tardó el navegador de uno", EN: "what one's browser took"}, takes: reflect.TypeFor[class.Result](), gives: answer200[class.State](),
				first: []line{joining(), leading(asking), theRound(), leading(`{"action": "close"}`), leading(`{"action": "reveal", "run_id": "$RUN"}`)},
				line:  line{body: `{"member": "` + somebody + `", "round": $ROUND, "seconds": 2.5, "images": 2, "simd": "simd128"}`}, do: a.held(memberDo(a, a.Class.Result))},
			{method: get, path: "/api/class/events/", title: text.Text{ES: "lo que cambia en la clase, como eventos (SSE)", EN: "what changes in the class, as events (SSE)"}, gives: file("text/event-stream"),
				query: []request.Field{{Param: filters.Param{Name: "member", Kind: request.Name}}, {Param: filters.Param{Name: class.SeatField, Kind: request.Name}}},
				line:  line{flags: []string{"-N", "-m", "5"}}, do: a.classEvents},
			{method: get, path: "/api/class/qr/", title: text.Text{ES: "la dirección como código QR", EN: "the address as a QR code"}, gives: file("image/svg+xml"),
				query: []request.Field{{Param: filters.Param{Name: "address", Kind: request.Name}}}, line: line{flags: []string{"-o", "qr.svg"}}, do: a.classQR},
		}},
		{text.Text{ES: "La sala: otras máquinas y navegadores", EN: "The room: other machines and browsers"}, []route{
			{method: get, path: "/api/task/{id}/status/", course: true, title: text.Text{ES: "qué es de una tarea en cola", EN: "what has become of a queued task"},
				gives: []gives{answers[task](http.StatusOK), answers[noTask](http.StatusNotFound)}, do: a.taskStatus},
			{method: get, path: "/api/workers/status/", course: true, title: text.Text{ES: "quién trabaja", EN: "who works"}, gives: answer200[workersInfo](), do: a.workersStatus},
			{method: get, path: "/api/metrics/", course: true, title: text.Text{ES: "cifras, y cuántos equipos convienen", EN: "figures, and how many machines there should be"}, gives: answer200[metricsInfo](), do: a.metrics},
			{method: get, path: "/metrics", course: true, title: text.Text{ES: "las cifras para Prometheus", EN: "the figures for Prometheus"}, gives: file("text/plain"), do: a.prometheus},
			{method: get, path: "/api/room/", title: text.Text{ES: "quién está; con el código, para quien presenta", EN: "who is here; with the code, for who presents"}, gives: answer200[roomInfo](), do: a.roomView},
			{method: post, path: "/api/room/join/", title: text.Text{ES: "cambiar el código por una credencial", EN: "exchange the code for a credential"}, takes: reflect.TypeFor[wire.JoinRequest](), gives: answer200[wire.Joined](),
				first: []line{{path: "/api/room/", presents: true, sets: "CODE", picks: `s/^ "code": "\(.*\)"$/\1/p`}},
				line:  line{body: `{"code": "$CODE"}`}, do: a.roomJoin},
			{method: get, path: "/api/room/ws/", title: text.Text{ES: "la conexión de un equipo (WebSocket; 101)", EN: "a device's connection (WebSocket; 101)"}, gives: []gives{{status: http.StatusSwitchingProtocols}},
				line: line{flags: []string{"-N", "-m", "5", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: Y2FycmlsZXMtY3VybC0wMQ=="}}, do: a.roomSocket},
			{method: get, path: "/api/room/images/{sha256}/", title: text.Text{ES: "una fotografía por su SHA-256", EN: "a photograph by its SHA-256"}, gives: file("image/*"),
				needs: text.Text{ES: "un lote de la sala que la haya pedido", EN: "a batch of the room's that has asked for it"},
				first: []line{{path: "/api/image/4k/", sets: "SHA256", sums: true}}, line: line{flags: []string{"-o", "foto.jpg"}}, do: a.roomImage},
			{method: post, path: "/api/room/control/", title: text.Text{ES: "lo que hace quien presenta", EN: "what the presenter does"}, takes: reflect.TypeFor[roomControl](), gives: answer200[room.View](),
				line: line{body: `{"action": "open"}`, presents: true}, do: a.held(a.roomControl)},
		}},
	}
}

// routes goes through the list.
func (a *api) routes() iter.Seq[route] {
	return func(yield func(route) bool) {
		for _, part := range a.sections() {
			for _, r := range part.routes {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// methodRoutes has one for each of the methods.
func (a *api) methodRoutes() (list []route) {
	for _, m := range request.Methods() {
		ep := request.Endpoint{Methods: []string{m.Name}}
		r := a.batchRoute(m.Name, ep, func(request.Endpoint) http.HandlerFunc { return a.method(m.Name) }, answer200[result.MethodResult](), m.Help, sharpenBody)
		switch {
		case m.Room:
			ep.Queued = true
			r.do, r.asks = a.distributed(m), batchFields(ep)
			r.gives = []gives{{http.StatusOK, typeJSON, reflect.TypeFor[enqueued]()}, answers[result.MethodResult](http.StatusOK)}
			r.needs = text.Text{ES: "equipos en la sala: " + m.Title.ES, EN: "devices in the room: " + m.Title.EN}
		case m.Python:
			r.needs = text.Text{ES: "un python3 con Pillow, OpenCV y NumPy; GET /api/topology/ lo dice", EN: "a python3 with Pillow, OpenCV and NumPy; GET /api/topology/ says it"}
		}
		r.course = m.Name == request.Sequential || m.Name == request.Threading || m.Name == request.Multiprocessing || m.Name == request.Distributed
		list = append(list, r)
	}
	return list
}

func (a *api) batchRoute(name string, ep request.Endpoint, do func(request.Endpoint) http.HandlerFunc, g []gives, title text.Text, body string) route {
	return route{
		method: http.MethodPost, path: request.BatchPath + name + "/", course: true, title: title, asks: batchFields(ep), gives: g,
		line: line{body: body}, do: do(ep),
	}
}

func languages() []request.Option { return []request.Option{{Name: "es"}, {Name: "en"}} }

// errorType is that of every answer that no route gives.
var errorType = reflect.TypeFor[fault.ErrorBody]()
