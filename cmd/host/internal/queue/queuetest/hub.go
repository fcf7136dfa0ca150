// Package queuetest has what tests of the queue need: a department's server inside the
// test, open or with TLS and credentials, and a queue in memory.
package queuetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

const patience = 2 * time.Minute

// Hub starts a department's server on the loopback network, which anybody may use, and
// tells its address.
func Hub(t *testing.T) string {
	t.Helper()
	return start(t, &server.Options{})
}

// Cluster is three servers of a department that keep everything three times. URL is that
// of all.
type Cluster struct {
	URL     string
	servers []*server.Server
}

// EndLeader ends the server that leads a stream.
func (c Cluster) EndLeader(t *testing.T, stream string) {
	t.Helper()
	i := slices.IndexFunc(c.servers, func(hub *server.Server) bool {
		return hub.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, stream)
	})
	if i < 0 {
		t.Fatalf("nobody leads the stream %s", stream)
	}
	c.servers[i].Shutdown()
}

// ThreeHubs starts them.
func ThreeHubs(t *testing.T) Cluster {
	t.Helper()
	var routes [3]string
	var held [3]net.Listener
	for i := range held { // each must know where the others will be
		var err error
		if held[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		routes[i] = "nats://" + held[i].Addr().String()
	}
	var c Cluster
	var urls []string
	for i, l := range held {
		_ = l.Close()
		c.servers = append(c.servers, begin(t, &server.Options{
			ServerName: fmt.Sprint("hub", i+1), Routes: server.RoutesFromStr(strings.Join(routes[:], ",")),
			Cluster: server.ClusterOpts{Name: "department", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port},
		}))
	}
	for _, hub := range c.servers {
		ready(t, hub)
		urls = append(urls, hub.ClientURL())
	}
	c.URL = strings.Join(urls, ",")
	for late := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		for _, hub := range c.servers {
			if hub.JetStreamIsLeader() && len(hub.JetStreamClusterPeers()) == len(c.servers) { // it has heard of all
				return c
			}
		}
		if time.Now().After(late) {
			t.Fatal("the hubs have no leader that sees them all")
		}
	}
}

func start(t *testing.T, o *server.Options) string {
	t.Helper()
	hub := begin(t, o)
	ready(t, hub)
	return hub.ClientURL()
}

func begin(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	o.Host, o.Port, o.NoSigs, o.NoLog, o.JetStream, o.StoreDir = "127.0.0.1", server.RANDOM_PORT, true, true, true, t.TempDir()
	hub, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	hub.Start()
	t.Cleanup(func() { hub.Shutdown(); hub.WaitForShutdown() })
	return hub
}

func ready(t *testing.T, hub *server.Server) {
	t.Helper()
	if !hub.ReadyForConnections(patience) {
		t.Fatal("the hub does not start")
	}
}

// Secure is a hub with TLS that asks for credentials. The others are files: of the
// authority that its certificate is of, of the credentials of an account there, and of
// such as are of an account that it does not know.
type Secure struct{ URL, Authority, Credentials, Foreign string }

// SecureHub starts one.
func SecureHub(t *testing.T) Secure {
	t.Helper()
	dir := t.TempDir()
	certificate, authority := certified(t)
	s := Secure{Authority: written(t, dir, "ca.pem", authority)}
	operator, system, account, foreign := key(t, nkeys.CreateOperator), key(t, nkeys.CreateAccount), key(t, nkeys.CreateAccount), key(t, nkeys.CreateAccount)
	resolver := &server.MemAccResolver{}
	for _, k := range []nkeys.KeyPair{system, account} {
		c := jwt.NewAccountClaims(public(t, k))
		if k == account {
			c.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: jwt.NoLimit, DiskStorage: jwt.NoLimit, Streams: jwt.NoLimit, Consumer: jwt.NoLimit}
		}
		signed, err := c.Encode(operator)
		if err == nil {
			err = resolver.Store(public(t, k), signed)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	own := jwt.NewOperatorClaims(public(t, operator))
	own.SystemAccount = public(t, system)
	signed, err := own.Encode(operator)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := jwt.DecodeOperatorClaims(signed)
	if err != nil {
		t.Fatal(err)
	}
	s.Credentials, s.Foreign = credentials(t, dir, "class.creds", account), credentials(t, dir, "foreign.creds", foreign)
	s.URL = start(t, &server.Options{
		TrustedOperators: []*jwt.OperatorClaims{trusted}, AccountResolver: resolver, SystemAccount: public(t, system),
		TLS: true, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, TLSTimeout: patience.Seconds(), AuthTimeout: patience.Seconds(),
	})
	return s
}

func key(t *testing.T, of func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	t.Helper()
	k, err := of()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func public(t *testing.T, k nkeys.KeyPair) string {
	t.Helper()
	p, err := k.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// credentials writes those of a new user of an account.
func credentials(t *testing.T, dir, name string, account nkeys.KeyPair) string {
	t.Helper()
	user := key(t, nkeys.CreateUser)
	signed, err := jwt.NewUserClaims(public(t, user)).Encode(account)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	data, err := jwt.FormatUserConfig(signed, seed)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, dir, name, data)
}

func written(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// certified is a certificate for the loopback network, and its authority, which is
// itself, as PEM.
func certified(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "hub"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	var der []byte
	if err == nil {
		var wrong error
		der, wrong = x509.CreateCertificate(rand.Reader, about, about, k.Public(), k)
		err = errors.Join(err, wrong)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
