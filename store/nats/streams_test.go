package nats_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store/nats"
)

// admin returns a client with all permissions.
func admin(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	conn, err := natsgo.Connect(url)
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}

// configOf reads the configuration of a stream.
func configOf(t *testing.T, js jetstream.JetStream, name string) jetstream.StreamConfig {
	t.Helper()
	stream, err := js.Stream(t.Context(), name)
	require.NoError(t, err)
	return stream.CachedInfo().Config
}

func TestStreamsAreUpgradedWhereThatIsSafe(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t, nil).ClientURL()
	js := admin(t, url)
	c := fresh(url)
	s := opened(t, c)
	_, err := s.Inbox().Append(t.Context(), item("a", "lane"))
	require.NoError(t, err)
	require.NoError(t, s.Close())

	name := strings.ToUpper(c.Prefix)
	inbox := configOf(t, js, name+"_INBOX")
	inbox.MaxAge, inbox.Description = time.Hour, "mine"
	_, err = js.UpdateStream(t.Context(), inbox)
	require.NoError(t, err)
	c.MaxBytes, c.Partitions = 128<<20, 0
	s = opened(t, c)
	changed := configOf(t, js, name+"_INBOX")
	assert.Zero(t, changed.MaxAge, "it would delete what is not handled")
	assert.Equal(t, int64(128<<20), changed.MaxBytes)
	assert.Equal(t, "mine", changed.Description, "what does not matter is left alone")
	assert.Equal(t, jetstream.DiscardNew, changed.Discard)
	assert.Equal(t, "a", leaseAll(t.Context(), t, s.Inbox(), 1)[0].Key)
}

func TestStreamsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	nodes := natstest.Cluster(t)
	js := admin(t, nodes[0].ClientURL())
	for name, test := range map[string]struct {
		stream string
		change func(*jetstream.StreamConfig)
		config func(*nats.Config)
		want   string
	}{
		"fewer replicas":   {config: func(c *nats.Config) { c.Replicas = 1 }, want: "lowering gives up safety"},
		"other partitions": {config: func(c *nats.Config) { c.Partitions = 5 }, want: "has 4 partitions and the configuration asks for 5"},
		"other subjects": {
			stream: "LEDGER", change: func(s *jetstream.StreamConfig) {
				s.Subjects = []string{s.Name +
					".mine"}
			}, want: "belongs to something else",
		},
		"messages cannot be deleted": {stream: "STATE",
			change: func(s *jetstream.StreamConfig) { s.DenyDelete = true }, want: "other settings than the bot's"},
		"not made by a bot": {stream: "INBOX", change: func(s *jetstream.StreamConfig) { s.Metadata = nil },
			config: func(c *nats.Config) { c.Partitions = 0 }, want: "was not made by a bot"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := fresh(natstest.URLs(nodes...))
			s := opened(t, c)
			require.NoError(t, s.Close())
			if test.change != nil {
				stream := configOf(t, js, strings.ToUpper(c.Prefix)+"_"+test.stream)
				assert.Equal(t, 3, stream.Replicas, "a cluster keeps three of each")
				test.change(&stream)
				_, err := js.UpdateStream(t.Context(), stream)
				require.NoError(t, err)
			}
			if test.config != nil {
				test.config(&c)
			}
			_, err := nats.Open(t.Context(), c)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestServersThatDoNotSyncAreRefused(t *testing.T) {
	t.Parallel()
	monitored := func(o *server.Options) { o.HTTPHost, o.HTTPPort = "127.0.0.1", -1 }
	good := natstest.Start(t, monitored)
	lazy := natstest.Start(t, func(o *server.Options) {
		monitored(o)
		o.SyncAlways = false
	})
	bare := natstest.Start(t, func(o *server.Options) {
		monitored(o)
		o.JetStream = false
	})
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	for want, monitor := range map[string]string{
		"": "http://" + good.MonitorAddr().String(),
		"set `jetstream { sync_interval: always }`": "http://" + lazy.MonitorAddr().String(),
		"has no JetStream":                          "http://" + bare.MonitorAddr().String() + "/",
		"is no monitoring port":                     elsewhere.URL,
		"does not answer":                           "http://127.0.0.1:1",
	} {
		c := fresh(good.ClientURL())
		c.Monitors = []string{monitor}
		s, err := nats.Open(t.Context(), c)
		if want == "" {
			require.NoError(t, err)
			require.NoError(t, s.Close())
			continue
		}
		require.ErrorContains(t, err, want)
	}
	_, err := nats.Open(t.Context(), fresh(bare.ClientURL()))
	require.ErrorContains(t, err, "no JetStream")
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]nats.Config{
		"the prefix":                  {Prefix: "a.b"},
		"replicas":                    {Replicas: 7},
		"partitions":                  {Partitions: 1000},
		"must not be negative":        {Remember: -1},
		"take a second or more":       {Takeover: time.Millisecond},
		"both CertFile and KeyFile":   {CertFile: "a.pem"},
		"either Credentials":          {Credentials: "a", NKeySeed: "b"},
		"no such file":                {CAFile: "/nowhere/ca.pem"},
		"nats://somewhere.invalid:1,": {URL: "nats://bot:secret@somewhere.invalid:1, nats://127.0.0.1:1"},
	} {
		_, err := nats.Open(t.Context(), c)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "secret")
	}
}
