package api

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"

	"github.com/coder/websocket"
	"github.com/go-chi/chi/v5"

	"carriles/executor/crew/room"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// roomJoin exchanges the room's code for a credential.
func (a *api) roomJoin(w http.ResponseWriter, r *http.Request) {
	req, err := read[wire.JoinRequest](w, r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	joined, err := a.Room.Join(req, client(r))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.answer(w, http.StatusOK, joined)
}

// roomSocket is a device's connection. Who it is, it says over it.
func (a *api) roomSocket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(thrifty{w}, r, nil)
	if err != nil {
		return // it has been answered
	}
	conn.SetReadLimit(-1) // the room reads no more than was announced
	from := room.From{Address: address(r), Far: !isHere(address(r))}
	// Not here: a thousand requests that do not end would keep all that they have come
	// through, some 20 kB each.
	go func() {
		defer conn.CloseNow()
		defer func() {
			if v := recover(); v != nil {
				a.Log.Error("panic", "path", wire.PathSocket, "value", v, "stack", string(debug.Stack()))
			}
		}()
		a.Room.Serve(context.Background(), socket{conn}, from)
	}()
}

// thrifty gives a connection away with small buffers: net/http's have 8 KB, and what a
// device says but its outputs, which are read past them, is some hundred bytes.
type thrifty struct{ http.ResponseWriter }

// Hijack implements http.Hijacker.
func (t thrifty) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, both, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err == nil && both.Reader.Buffered() == 0 { // what has been read already is there alone
		both = bufio.NewReadWriter(bufio.NewReaderSize(conn, 1<<10), bufio.NewWriterSize(conn, 512))
	}
	return conn, both, err
}

// isHere tells whether an address is this machine's.
func isHere(address string) bool {
	addr, err := netip.ParseAddr(address)
	addr = addr.Unmap().WithZone("")
	return err == nil && (addr.IsLoopback() || slices.Contains(Addresses(), addr))
}

// socket is a WebSocket as the room knows it.
type socket struct{ *websocket.Conn }

// Next implements room.Conn.
func (s socket) Next(ctx context.Context) (binary bool, data io.Reader, err error) {
	kind, data, err := s.Reader(ctx)
	return kind == websocket.MessageBinary, data, err
}

// Send implements room.Conn.
func (s socket) Send(ctx context.Context, binary bool, data []byte) error {
	kind := websocket.MessageText
	if binary {
		kind = websocket.MessageBinary
	}
	return s.Write(ctx, kind, data)
}

// Close implements room.Conn.
func (s socket) Close() { _ = s.CloseNow() }

// roomImage gives an image by its digest, which is that of no other: it may be kept
// for ever.
func (a *api) roomImage(w http.ResponseWriter, r *http.Request) {
	name, ok := a.Room.Image(chi.URLParam(r, "sha256"))
	if !ok {
		a.notFound(w, r)
		return
	}
	a.serveFile(w, r, "images/"+name, "public, max-age=31536000, immutable")
}

// roomInfo is the answer of GET /api/room/.
type roomInfo struct {
	room.View
	Code string `json:"code,omitempty"` // for who presents
}

// roomView tells who is in the room, and who presents how to come in.
func (a *api) roomView(w http.ResponseWriter, r *http.Request) {
	view := roomInfo{View: a.Room.View()}
	if a.presents(r) {
		view.Code = a.Room.Code()
	}
	a.answer(w, http.StatusOK, view)
}

// roomControl is what the presenter may ask of the room.
type roomControl struct {
	// Action is open or close, for all; kill or remove, for the device of an id.
	Action string `json:"action"`
	ID     string `json:"id,omitempty"`
}

func (a *api) roomControl(w http.ResponseWriter, r *http.Request) {
	c, err := read[roomControl](w, r)
	if err == nil {
		err = a.controlRoom(r, c)
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.answer(w, http.StatusOK, a.Room.View())
}

func (a *api) controlRoom(r *http.Request, c roomControl) error {
	if !a.presents(r) {
		return notPresenter()
	}
	found := true
	switch c.Action {
	case "open", "close":
		a.Room.SetOpen(c.Action == "open")
	case "kill":
		found = a.Room.Kill(c.ID)
	case "remove":
		found = a.Room.Remove(c.ID, text.Sprintf("lo sacó quien presenta", "was removed by the presenter"))
	default:
		return fault.Errorf(fault.CodeUnknownName, "«%s» no es una acción", "%q is no action", c.Action)
	}
	if !found {
		return fault.Errorf(fault.CodeNotFound, "el equipo «%s» no está, o no tiene nada que hacer", "the device %q is not here, or has nothing to do", c.ID)
	}
	return nil
}
