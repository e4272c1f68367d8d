package nats_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// user returns a user with the documented permissions except one.
func user(name, prefix, without string) *server.User {
	publish, subscribe := nats.Permissions(prefix)
	allow := func(subjects []string) *server.SubjectPermission {
		return &server.SubjectPermission{Allow: append(slices.DeleteFunc(subjects, func(s string) bool { return s == without }),
			"of.no.use")} // because an empty list allows everything
	}
	return &server.User{Username: name, Password: "pw",
		Permissions: &server.Permissions{Publish: allow(publish), Subscribe: allow(subscribe)}}
}

func TestExactlyThesePermissions(t *testing.T) {
	t.Parallel()
	publish, subscribe := nats.Permissions("")
	all := slices.Concat(publish, subscribe)
	s := natstest.Start(t, func(o *server.Options) {
		o.Users = []*server.User{user("exact", "", "")}
		for _, missing := range all {
			o.Users = append(o.Users, user("without "+missing, "", missing))
		}
	})
	c := nats.Config{URL: s.ClientURL(), User: "exact", Password: "pw", MaxBytes: 64 << 20}
	exact := opened(t, c)
	everything(t, exact)
	require.NoError(t, exact.Close())
	for _, missing := range all {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			c := c
			c.User = "without " + missing
			_, err := nats.Open(t.Context(), c)
			require.ErrorContains(t, err, " "+missing)
			require.ErrorContains(t, err, "docs/en/scaling.md")
		})
	}
}

func TestThePermissionsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "en", "scaling.md"))
	require.NoError(t, err)
	publish, subscribe := nats.Permissions("")
	for _, subject := range slices.Concat(publish, subscribe) {
		assert.Contains(t, string(page), `"`+subject+`"`)
	}
}

// everything makes each kind of request once.
func everything(t *testing.T, s *nats.Store) {
	t.Helper()
	ctx, in := t.Context(), s.Inbox()
	for _, key := range []string{"a", "b"} {
		_, err := in.Append(ctx, item(key, "lane"))
		require.NoError(t, err)
	}
	l := leaseAll(ctx, t, in, 1)[0]
	require.NoError(t, in.Bury(ctx, l, store.Failure{Reason: "no"}))
	require.NoError(t, in.Complete(ctx, leaseAll(ctx, t, in, 1)[0]))
	dead, err := in.Dead(ctx, 0, 10)
	require.NoError(t, err)
	require.Len(t, dead, 1)
	require.NoError(t, in.Revive(ctx, l.Seq))
	again := leaseAll(ctx, t, in, 1)[0]
	assert.Equal(t, "a", again.Key)
	require.NoError(t, in.Complete(ctx, again))
	_, err = in.Stats(ctx)
	require.NoError(t, err)
	_, _, err = s.Ledger().Reserve(ctx, store.Send{Key: "a"})
	require.NoError(t, err)
	sends, err := s.Ledger().List(ctx, store.SendQuery{})
	require.NoError(t, err)
	assert.Len(t, sends, 1)
	_, err = s.State().Put(ctx, "a/b", []byte("1"), time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.State().Delete(ctx, "a/b"))
	require.NoError(t, nats.Sweep(ctx, s))
}

// authority signs certificates.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	a.file, _ = a.sign("ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// sign issues a certificate and writes it and its key to files.
func (a *authority) sign(name string, template *x509.Certificate) (certFile, keyFile string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.Subject = pkix.Name{CommonName: name}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	require.NoError(a.t, err)
	if a.cert == nil {
		a.cert, err = x509.ParseCertificate(der)
		require.NoError(a.t, err)
		a.key = key
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(a.t, err)
	return a.write(name+".pem", "CERTIFICATE", der), a.write(name+".key", "PRIVATE KEY", secret)
}

func (a *authority) write(name, kind string, der []byte) string {
	file := filepath.Join(a.dir, name)
	require.NoError(a.t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return file
}

func TestTLS(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	serverCert, serverKey := a.sign("server",
		&x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	clientCert, clientKey := a.sign("client", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	pair, err := tls.LoadX509KeyPair(serverCert, serverKey)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	s := natstest.Start(t, func(o *server.Options) {
		o.TLS, o.TLSVerify, o.TLSTimeout = true, true, 5
		o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
			MinVersion: tls.VersionTLS12}
	})
	c := fresh(s.ClientURL())
	c.CAFile, c.CertFile, c.KeyFile = a.file, clientCert, clientKey
	everything(t, opened(t, c))

	other := c
	other.CAFile = newAuthority(t).file
	_, err = nats.Open(t.Context(), other)
	require.ErrorContains(t, err, "certificate")
	other = c
	other.CertFile, other.KeyFile = "", ""
	_, err = nats.Open(t.Context(), other)
	require.Error(t, err, "the server asks for a certificate")
}

func TestNKey(t *testing.T) {
	t.Parallel()
	pair, err := nkeys.CreateUser()
	require.NoError(t, err)
	seed, err := pair.Seed()
	require.NoError(t, err)
	public, err := pair.PublicKey()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "bot.nk")
	require.NoError(t, os.WriteFile(file, seed, 0o600))
	s := natstest.Start(t, func(o *server.Options) { o.Nkeys = []*server.NkeyUser{{Nkey: public}} })
	c := fresh(s.ClientURL())
	_, err = nats.Open(t.Context(), c)
	require.ErrorContains(t, err, "refuses this user")
	c.NKeySeed = file
	everything(t, opened(t, c))
	require.NoError(t, os.WriteFile(file, []byte("no seed"), 0o600))
	_, err = nats.Open(t.Context(), c)
	require.ErrorContains(t, err, "no nkey seed")
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	operator, err := nkeys.CreateOperator()
	require.NoError(t, err)
	operatorKey, err := operator.PublicKey()
	require.NoError(t, err)
	claims := jwt.NewOperatorClaims(operatorKey)
	resolver := &server.MemAccResolver{}
	makeAccount := func(jetStream bool) (nkeys.KeyPair, string) {
		account, err := nkeys.CreateAccount()
		require.NoError(t, err)
		key, err := account.PublicKey()
		require.NoError(t, err)
		c := jwt.NewAccountClaims(key)
		if jetStream {
			c.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
		}
		token, err := c.Encode(operator)
		require.NoError(t, err)
		require.NoError(t, resolver.Store(key, token))
		return account, key
	}
	_, system := makeAccount(false)
	account, _ := makeAccount(true)

	bot, err := nkeys.CreateUser()
	require.NoError(t, err)
	botKey, err := bot.PublicKey()
	require.NoError(t, err)
	token, err := jwt.NewUserClaims(botKey).Encode(account)
	require.NoError(t, err)
	seed, err := bot.Seed()
	require.NoError(t, err)
	content, err := jwt.FormatUserConfig(token, seed)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "bot.creds")
	require.NoError(t, os.WriteFile(file, content, 0o600))

	s := natstest.Start(t, func(o *server.Options) {
		o.TrustedOperators = []*jwt.OperatorClaims{claims}
		o.AccountResolver, o.SystemAccount = resolver, system
	})
	c := fresh(s.ClientURL())
	c.Credentials = file
	everything(t, opened(t, c))
	c.Credentials = ""
	_, err = nats.Open(t.Context(), c)
	require.ErrorContains(t, err, "refuses this user")
}
