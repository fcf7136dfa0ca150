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

	"carriles/executor/fault"
)

// joinPath is where the page of the class's members is.
const joinPath = "/join"

// joinAddresses lists where the class is joined, the likeliest first: what the
// presenter's browser came by, if that is not this machine's own loopback, then
// the server's addresses. Localhost is there only if nothing else is.
func (a *api) joinAddresses(r *http.Request) []string {
	return joinURLs(r.Host, a.Reach())
}

func joinURLs(hostport string, reach []netip.Addr) []string {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host, port = strings.Trim(hostport, "[]"), ""
	}
	var hosts []string
	addr, err := netip.ParseAddr(host)
	if err == nil && !addr.IsLoopback() || err != nil && !strings.EqualFold(host, "localhost") {
		hosts = append(hosts, host)
	}
	reach = slices.DeleteFunc(slices.Clone(reach), netip.Addr.IsLoopback)
	slices.SortStableFunc(reach, func(x, y netip.Addr) int { return cmp.Compare(distance(x), distance(y)) })
	for _, addr := range reach {
		if !slices.Contains(hosts, addr.String()) {
			hosts = append(hosts, addr.String())
		}
	}
	if len(hosts) == 0 {
		hosts = []string{"localhost"}
	}
	urls := make([]string, len(hosts))
	for i, h := range hosts {
		if strings.Contains(h, ":") {
			h = "[" + h + "]"
		}
		if port != "" {
			h += ":" + port
		}
		urls[i] = "http://" + h + joinPath
	}
	return urls
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

// classQR draws one of the join addresses as a QR code, in SVG.
func (a *api) classQR(w http.ResponseWriter, r *http.Request) {
	addresses := a.joinAddresses(r)
	address := addresses[0]
	if asked := r.URL.Query().Get("address"); asked != "" {
		if !slices.Contains(addresses, asked) {
			a.fail(w, r, fault.Errorf(fault.CodeUnknownName, "«%s» no es una dirección de este servidor", "%q is not an address of this server", asked))
			return
		}
		address = asked
	}
	code, err := qr.Encode(address, qr.M)
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
