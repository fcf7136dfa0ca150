package api

import (
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"carriles/executor/fault"
)

// contentSecurityPolicy lets the page run its own scripts and WebAssembly, and
// nothing from anywhere else.
const contentSecurityPolicy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"style-src-attr 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; " +
	"manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// secure sets the headers that every answer has.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// noStore keeps answers of the API out of caches: figures are never old ones.
func noStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// headAsGet routes HEAD as GET: net/http drops the body, and a handler that has
// none to make looks at the method.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			chi.RouteContext(r.Context()).RouteMethod = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// recoverer turns a panic into a 500 and puts it into the log.
func (a *api) recoverer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				a.Log.Error("panic", "path", r.URL.Path, "value", v, "stack", string(debug.Stack()))
				a.fail(w, r, fault.Errorf(fault.CodeInternal, "error interno; la causa está en el registro", "internal error; the cause is in the log"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// ownHost refuses requests whose Host header is not a name or address of this
// server. That is what stops DNS rebinding: a foreign page whose name is made
// to point here still sends its own name.
func (a *api) ownHost(next http.Handler) http.Handler {
	names := ownNames(a.Hosts)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isOwn(r.Host, names) {
			a.fail(w, r, fault.Errorf(fault.CodeForeignHost,
				"este servidor no responde al nombre «%s»; ábralo por su dirección, o dé el nombre con -hosts",
				"this server does not answer to the name %q; open it by its address, or give the name with -hosts", r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func ownNames(more []string) []string {
	names := append([]string{"localhost"}, more...)
	if host, err := os.Hostname(); err == nil {
		short, _, _ := strings.Cut(host, ".")
		names = append(names, host, short, short+".local")
	}
	return names
}

// isOwn accepts the server's names and any literal address that belongs to
// this machine or to a private network: a rebinding attack needs a name, and a
// server in a container does not know the address that it is reached by.
func isOwn(hostport string, names []string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, host) })
	}
	addr = addr.Unmap()
	if addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() {
		return true
	}
	return slices.Contains(Addresses(), addr.WithZone(""))
}

// Route is this machine's address on the interface of its default route; the zero
// value without one. Nothing is sent: a UDP socket that is connected only asks the
// kernel for the way.
func Route() netip.Addr {
	conn, err := net.Dial("udp", "192.0.2.1:9") // RFC 5737: an address that is nobody's
	if err != nil {
		return netip.Addr{}
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

// Addresses lists the unicast addresses of this machine that are not loopback
// or link-local.
func Addresses() []netip.Addr {
	var out []netip.Addr
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range found {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			if addr := prefix.Addr().Unmap(); addr.IsGlobalUnicast() {
				out = append(out, addr)
			}
		}
	}
	return out
}

// sameOrigin refuses what another site's page sends through a user's browser.
func (a *api) sameOrigin(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, fault.Errorf(fault.CodeForeignOrigin,
			"la petición viene de la página de otro sitio", "the request comes from another site's page"))
	}))
	return p.Handler(next)
}
