package soak_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// withGateway makes the bot of a child one that only programs behind its gateway answer for. It
// returns where the gateway is, once the bot runs.
func withGateway(b *bot.Bot) (func() string, error) {
	g, err := gateway.New(gateway.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		return nil, err
	}
	return g.Address, b.Install(g)
}

// office are workers behind gateways, in any of which the next one may be asked for.
type office struct {
	t      *testing.T
	client *http.Client
	of     int // workers

	mu       sync.Mutex
	gateways []string
	handed   map[string]int             // by chat: the last message that a worker got
	acked    map[string]map[string]bool // by chat: the messages whose ack was answered
	read     map[string][]string        // by chat: what the stream has brought
	again    int                        // messages that were handed out more than once
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{
		t: t, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, of: 20,
		handed: map[string]int{}, acked: map[string]map[string]bool{}, read: map[string][]string{},
	}
	t.Cleanup(o.client.CloseIdleConnections)
	return o
}

// at sets the gateways that run.
func (o *office) at(list ...*process) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.gateways = nil
	for _, p := range list {
		o.gateways = append(o.gateways, "http://"+p.gateway)
	}
}

func (o *office) pick() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.gateways[rand.IntN(len(o.gateways))]
}

// call asks a gateway. An error means that it does not answer, or cannot at the moment.
func (o *office) call(ctx context.Context, method, url, key string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	resp, err := o.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusConflict:
		return fmt.Errorf("soak: %s: %d: %s", url, resp.StatusCode, answer)
	case resp.StatusCode/100 != 2:
		o.t.Errorf("%s: %d: %s", url, resp.StatusCode, answer)
	}
	return json.Unmarshal(answer, into)
}

// heard is an event as a worker gets it.
type heard struct {
	Key, Account, Text string
	Chat               struct{ ID string }
}

// work is one worker: it takes events, answers each with a key, and acknowledges them.
func (o *office) work(ctx context.Context) {
	for ctx.Err() == nil {
		var batch struct {
			Events        []heard
			Cursor, Lease string
		}
		err := o.call(ctx, http.MethodGet, o.pick()+"/v1/events?consumer=office&kind=text&wait=1&limit=10&lease=3", "", nil, &batch)
		if err == nil && batch.Lease != "" {
			o.handOut(batch.Events)
			err = o.handle(ctx, batch.Events)
		}
		if err == nil && batch.Lease != "" {
			ack := map[string]string{"cursor": batch.Cursor, "lease": batch.Lease}
			if err = o.call(ctx, http.MethodPost, o.pick()+"/v1/consumers/office/ack", "", ack, &ack); err == nil {
				o.ack(batch.Events)
			}
		}
		if err != nil {
			rest(ctx, 20*time.Millisecond)
		}
	}
}

func (o *office) handle(ctx context.Context, events []heard) error {
	for _, e := range events {
		body := map[string]any{"to": e.Chat.ID, "account": e.Account, "text": "re: " + e.Text, "class": "answer"}
		var sent struct{ State string }
		if err := o.call(ctx, http.MethodPost, o.pick()+"/v1/messages?wait=5", "re:"+e.Key, body, &sent); err != nil {
			return err
		}
		if sent.State == "refused" || sent.State == "expired" {
			o.t.Errorf("the answer to %s of %s is %s", e.Text, e.Chat.ID, sent.State)
		}
	}
	return nil
}

// handOut checks what a worker got: nothing that was acknowledged, and each chat in its order.
func (o *office) handOut(events []heard) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range events {
		n, err := strconv.Atoi(e.Text)
		if err != nil {
			o.t.Errorf("an event says %q", e.Text)
		}
		if o.acked[e.Chat.ID][e.Text] {
			o.t.Errorf("%s of %s was handed out after its ack", e.Text, e.Chat.ID)
		}
		switch last := o.handed[e.Chat.ID]; {
		case n == last+1:
			o.handed[e.Chat.ID] = n
		case n <= last:
			o.again++
		default:
			o.t.Errorf("%s: %d was handed out after %d", e.Chat.ID, n, last)
		}
	}
}

func (o *office) ack(events []heard) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range events {
		if o.acked[e.Chat.ID] == nil {
			o.acked[e.Chat.ID] = map[string]bool{}
		}
		o.acked[e.Chat.ID][e.Text] = true
	}
}

// follow reads the stream, which goes on at another gateway where it broke off.
func (o *office) follow(ctx context.Context, cursor string) {
	for ctx.Err() == nil {
		if err := o.stream(ctx, &cursor); err != nil && ctx.Err() == nil {
			rest(ctx, 20*time.Millisecond)
		}
	}
}

func (o *office) stream(ctx context.Context, cursor *string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.pick()+"/v1/events?kind=text", http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Last-Event-ID", *cursor)
	resp, err := o.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	lines, id := bufio.NewReader(resp.Body), *cursor
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "id: "):
			id = line[4:]
		case strings.HasPrefix(line, "data: "):
			var e heard
			if err := json.Unmarshal([]byte(line[6:]), &e); err != nil {
				return err
			}
			o.mu.Lock()
			o.read[e.Chat.ID] = append(o.read[e.Chat.ID], e.Text)
			o.mu.Unlock()
		case line == "": // only a whole event moves the cursor
			*cursor = id
		}
	}
}

// open starts the workers and the reader. The function that it returns waits until they have had
// everything, and ends them.
func (o *office) open() (finish func(said []int)) {
	o.t.Helper()
	var begin struct{ Cursor string }
	require.Eventually(o.t, func() bool {
		return o.call(o.t.Context(), http.MethodGet, o.pick()+"/v1/events?consumer=office&kind=text", "", nil, &begin) == nil
	}, time.Minute, 50*time.Millisecond)
	ctx, stop := context.WithCancel(o.t.Context())
	var working sync.WaitGroup
	for range o.of {
		working.Go(func() { o.work(ctx) })
	}
	working.Go(func() { o.follow(ctx, begin.Cursor) })
	o.t.Cleanup(func() { stop(); working.Wait() })
	return func(said []int) {
		o.t.Helper()
		assert.Eventually(o.t, func() bool { return o.missing(said) == "" }, 3*time.Minute, 50*time.Millisecond)
		stop()
		working.Wait()
		assert.Empty(o.t, o.missing(said))
		for i, n := range said {
			for at, text := range o.read[wxid(i)] {
				require.Equal(o.t, strconv.Itoa(at+1), text, "%s: the stream has brought %d of %d", wxid(i), at, n)
			}
		}
	}
}

// missing says what was not handled or not read yet.
func (o *office) missing(said []int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, n := range said {
		if acked, read := len(o.acked[wxid(i)]), len(o.read[wxid(i)]); acked < n || read < n {
			return fmt.Sprintf("%s: of %d messages, %d acknowledged, %d read", wxid(i), n, acked, read)
		}
	}
	return ""
}

// TestWorkersOfAKilledGateway kills the only process again and again, while 20 workers answer
// through its gateway: each message is handled and answered once, in the order of its chat.
func TestWorkersOfAKilledGateway(t *testing.T) {
	t.Parallel()
	conversations, kills := pick(12, 50), pick(2, 10)
	sim := simulator.Start(t, func(c *simulator.Config) {
		c.World = friends(conversations)
		c.Retries, c.RetryDelay = 10_000, 20*time.Millisecond
	})
	data := t.TempDir()
	env := []string{envData + "=" + data, envGateway + "=1"}
	p := launch(t, sim.BaseURL(), env...)
	sim.ExpectCallback()
	o := newOffice(t)
	o.at(p)
	finish := o.open()
	hush := talk(t, sim, conversations)
	random := rand.New(rand.NewPCG(1, 5))
	for range kills {
		rest(t.Context(), time.Duration(200+random.IntN(600))*time.Millisecond)
		p.kill(t)
		p = launch(t, sim.BaseURL(), env...)
		o.at(p)
	}
	said := hush()
	require.NoError(t, sim.Settle(t.Context()), "every message is acknowledged eventually")
	finish(said)
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName), Maintenance: true})
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	p.kill(t)
	o.report(sim, back, said, kills)
}

func (o *office) report(sim *simulator.Test, back store.Store, said []int, kills int) {
	o.t.Helper()
	r := check(o.t, sim, back, said)
	o.t.Logf("%d kills, %d workers: %s, %d handed out again", kills, o.of, r, o.again)
	assert.LessOrEqual(o.t, r.unknown, kills*64, "at most what was under way at each kill")
}

// TestWorkersOfTwoGateways has 20 workers behind two gateways on a NATS cluster, one of which is
// killed: the other one goes on, with each event for one worker.
func TestWorkersOfTwoGateways(t *testing.T) {
	conversations := pick(10, 20)
	nodes := natstest.Cluster(t)
	sim := simulator.Start(t, func(c *simulator.Config) {
		c.World = friends(conversations)
		c.Retries, c.RetryDelay = 10_000, 50*time.Millisecond
	})
	front := newBalancer(t)
	env := []string{envNATS + "=" + natstest.URLs(nodes...), envPublic + "=" + front.URL, envGateway + "=1"}
	bots := []*process{launch(t, sim.BaseURL(), env...), launch(t, sim.BaseURL(), env...)}
	front.to(t, bots)
	sim.ExpectCallback()
	o := newOffice(t)
	o.at(bots...)
	finish := o.open()
	hush := talk(t, sim, conversations)
	rest(t.Context(), time.Duration(pick(1, 10))*time.Second)
	bots[1].kill(t)
	o.at(bots[0])
	rest(t.Context(), time.Duration(pick(2, 10))*time.Second)
	said := hush()
	require.NoError(t, sim.Settle(t.Context()), "every message is acknowledged eventually")
	finish(said)
	config := clusterConfig(natstest.URLs(nodes...))
	config.Maintenance = true
	back, err := nats.Open(t.Context(), config)
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	bots[0].kill(t)
	o.report(sim, back, said, 1)
}
