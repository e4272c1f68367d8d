package otlp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	prefix         = "OTEL_EXPORTER_OTLP_"
	tracesPrefix   = prefix + "TRACES_"
	defaultTimeout = 10 * time.Second
)

// Asked reports whether the environment names an endpoint.
func Asked(getenv func(string) string) bool { return variables(getenv).get("ENDPOINT") != "" }

// variables reads the environment. A variable for traces is preferred to the one for all signals.
type variables func(string) string

func (v variables) get(name string) string {
	if value := strings.TrimSpace(v(tracesPrefix + name)); value != "" {
		return value
	}
	return strings.TrimSpace(v(prefix + name))
}

// fromEnv makes a client as the variables say. An error names the variable.
func fromEnv(getenv func(string) string) (*client, error) {
	v := variables(getenv)
	c := &client{timeout: defaultTimeout, headers: http.Header{}}
	var err error
	if c.endpoint, err = v.endpoint(); err != nil {
		return nil, fmt.Errorf("%sENDPOINT: %w", prefix, err)
	}
	if protocol := v.get("PROTOCOL"); protocol != "" && protocol != "http/protobuf" {
		return nil, fmt.Errorf("%sPROTOCOL: %q is not supported: set http/protobuf, and the port for it, as a rule 4318", prefix, protocol)
	}
	if timeout := v.get("TIMEOUT"); timeout != "" {
		n, err := strconv.Atoi(timeout)
		if err != nil || n <= 0 {
			return nil, fmt.Errorf("%sTIMEOUT: %q is not a number of milliseconds above 0", prefix, timeout)
		}
		c.timeout = time.Duration(n) * time.Millisecond
	}
	switch compression := v.get("COMPRESSION"); compression {
	case "", "none":
	case "gzip":
		c.gzip = true
		c.headers.Set("Content-Encoding", "gzip")
	default:
		return nil, fmt.Errorf("%sCOMPRESSION: %q is neither gzip nor none", prefix, compression)
	}
	c.headers.Set("Content-Type", "application/x-protobuf")
	if err := addHeaders(c.headers, v.get("HEADERS")); err != nil {
		return nil, fmt.Errorf("%sHEADERS: %w", prefix, err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if transport.TLSClientConfig, err = v.tls(); err != nil {
		return nil, err
	}
	c.http = &http.Client{Transport: transport}
	return c, nil
}

// endpoint is the URL for traces. The endpoint of all signals has their path added.
func (v variables) endpoint() (string, error) {
	given := strings.TrimSpace(v(tracesPrefix + "ENDPOINT"))
	ofTraces := given != ""
	if !ofTraces {
		given = strings.TrimSpace(v(prefix + "ENDPOINT"))
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("it is not a URL such as http://localhost:4318") // it is not quoted: it may hold a password
	}
	if !ofTraces {
		u = u.JoinPath("v1", "traces")
	}
	return u.String(), nil
}

// addHeaders reads key=value pairs with commas between them; the values are percent-encoded.
func addHeaders(h http.Header, pairs string) error {
	for i, pair := range strings.Split(pairs, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		key, value, found := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if key = strings.TrimSpace(key); !found || key == "" || err != nil {
			return fmt.Errorf("pair %d is not key=value, with %% as %%%%25", i+1) // not quoted: it may hold a token
		}
		h.Set(key, value)
	}
	return nil
}

// tls reads the certificates. nil means the defaults.
func (v variables) tls() (*tls.Config, error) {
	authority, certificate, key := v.get("CERTIFICATE"), v.get("CLIENT_CERTIFICATE"), v.get("CLIENT_KEY")
	if authority == "" && certificate == "" && key == "" {
		return nil, nil //nolint:nilnil // the zero value of http.Transport
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if authority != "" {
		pem, err := os.ReadFile(authority) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, fmt.Errorf("%sCERTIFICATE: %w", prefix, err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%sCERTIFICATE: %s holds no certificate in PEM", prefix, authority)
		}
	}
	if certificate != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("%sCLIENT_CERTIFICATE, %sCLIENT_KEY: %w", prefix, prefix, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
