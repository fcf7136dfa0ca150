package api

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"rsc.io/qr"

	"carriles/executor/batch/class"
	"carriles/executor/fault"
)

// joinPath is where the page of the class's members is.
const joinPath = "/join"

// door is one address by which the class is joined: the host of it, and the whole.
type door struct{ host, url string }

// joinAddresses lists where the class is joined: the chosen one first, then the
// likeliest: what the browser came by, if that is not this machine's own loopback,
// then the server's addresses, that of the default route first. Localhost is there
// only if nothing else is. What the presenter is shown first is chosen by that: an
// interface that appears later does not change what is on the wall.
func (a *api) joinAddresses(r *http.Request) []class.Address {
	doors := doorsOf(r.Host, a.Reach(), a.Route())
	chosen, arrived := a.Class.Arrivals()
	at := slices.IndexFunc(doors, func(d door) bool { return d.host == chosen })
	if at < 0 {
		if at = 0; a.presents(r) && doors[0].host != "localhost" {
			a.Class.Choose(doors[0].host)
		}
	}
	first := doors[at]
	doors = slices.Insert(slices.Delete(doors, at, at+1), 0, first)
	list := make([]class.Address, len(doors))
	for i, d := range doors {
		list[i] = class.Address{URL: d.url, Chosen: i == 0, Arrived: arrived[d.host]}
	}
	return list
}

// chooseAddress sets which address is shown.
func (a *api) chooseAddress(r *http.Request, asked string) error {
	for _, d := range doorsOf(r.Host, a.Reach(), a.Route()) {
		if d.url == asked {
			a.Class.Choose(d.host)
			return nil
		}
	}
	return notOurs(asked)
}

func notOurs(address string) *fault.Error {
	return fault.Errorf(fault.CodeUnknownName, "«%s» no es una dirección de este servidor", "%q is not an address of this server", address)
}

// hostOf is the name or address in a Host header, without the port.
func hostOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return strings.Trim(host, "[]")
}

// doorsOf lists them for a request that came to a Host header.
func doorsOf(hostport string, reach []netip.Addr, route netip.Addr) []door {
	host := hostOf(hostport)
	_, port, err := net.SplitHostPort(hostport)
	if err != nil {
		port = ""
	}
	var hosts []string
	addr, err := netip.ParseAddr(host)
	if err == nil && !addr.IsLoopback() || err != nil && !strings.EqualFold(host, "localhost") {
		hosts = append(hosts, host)
	}
	reach = slices.DeleteFunc(slices.Clone(reach), netip.Addr.IsLoopback)
	slices.SortStableFunc(reach, func(x, y netip.Addr) int {
		switch route {
		case x:
			return -1
		case y:
			return 1
		}
		return cmp.Compare(distance(x), distance(y))
	})
	for _, addr := range reach {
		if !slices.Contains(hosts, addr.String()) {
			hosts = append(hosts, addr.String())
		}
	}
	if len(hosts) == 0 {
		hosts = []string{"localhost"}
	}
	doors := make([]door, len(hosts))
	for i, h := range hosts {
		doors[i].host = h
		if strings.Contains(h, ":") {
			h = "[" + h + "]"
		}
		if port != "" {
			h += ":" + port
		}
		doors[i].url = "http://" + h + joinPath
	}
	return doors
}

// distance orders addresses by how likely a phone in the room reaches them:
// home and school networks first, those that containers and virtual machines
// like last, IPv6 after all.
func distance(a netip.Addr) int {
	for i, network := range []string{"192.168.0.0/16", "10.0.0.0/8"} {
		if netip.MustParsePrefix(network).Contains(a) {
			return i
		}
	}
	switch {
	case a.Is6():
		return 4
	case netip.MustParsePrefix("172.16.0.0/12").Contains(a):
		return 3
	}
	return 2
}

// classQR draws one of the join addresses as a QR code, in SVG. On this machine's own
// screens it brings the room's code along: who has seen it there may take part.
func (a *api) classQR(w http.ResponseWriter, r *http.Request) {
	addresses := a.joinAddresses(r)
	shown := addresses[0].URL
	if asked := r.URL.Query().Get("address"); asked != "" {
		if !slices.ContainsFunc(addresses, func(known class.Address) bool { return known.URL == asked }) {
			a.fail(w, r, notOurs(asked))
			return
		}
		shown = asked
	}
	if a.presents(r) || isHere(address(r)) {
		shown += "#" + a.Room.Code()
	}
	code, err := qr.Encode(shown, qr.M)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	_, _ = w.Write(qrSVG(code)) // the client may have gone
}

// quiet is the white margin that the standard asks for, in modules.
const quiet = 4

// qrSVG draws a code, black on white whatever the page's colours: scanners
// expect it. Each row's runs of black are one path.
func qrSVG(code *qr.Code) []byte {
	side := code.Size + 2*quiet
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, side, side, side, side, path.String())
}
