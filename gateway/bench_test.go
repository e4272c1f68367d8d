package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
)

// BenchmarkSends posts messages from 64 clients: to a chi handler that reads the JSON and answers,
// and to the gateway, which stores them on the disk before it answers. The account is paused, so
// that only the acceptance counts.
func BenchmarkSends(b *testing.B) {
	b.Run("chi", func(b *testing.B) {
		r := chi.NewRouter()
		r.Post("/v1/messages", func(w http.ResponseWriter, r *http.Request) {
			var m map[string]any
			_ = json.NewDecoder(r.Body).Decode(&m)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusAccepted)
			_ = json.NewEncoder(w).Encode(map[string]string{"id": r.Header.Get("Idempotency-Key"), "state": "queued"})
		})
		server := httptest.NewServer(r)
		defer server.Close()
		benchmarkSends(b, server.URL)
	})
	for name, durable := range map[string]bool{
		"memory": false, // without the disk: what HTTP, the schema, JSON and the outbox cost
		"sqlite": true,
	} {
		b.Run("gateway/"+name, func(b *testing.B) {
			f := start(b, gateway.Config{}, func(c *bottest.Config) { c.Durable = durable })
			require.NoError(b, f.Bot().Pause(context.Background(), "", "a benchmark"))
			benchmarkSends(b, "http://"+f.at())
		})
	}
}

func benchmarkSends(b *testing.B, url string) {
	b.Helper()
	const clients = 64
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var keys atomic.Uint64
	var all times
	b.SetParallelism(clients / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var mine []time.Duration
		for pb.Next() {
			began := time.Now()
			r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url+"/v1/messages",
				strings.NewReader(`{"to":"10000000001@chatroom","text":"disk 91% on the second host"}`))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "k"+strconv.FormatUint(keys.Add(1), 10))
			resp, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode != http.StatusAccepted {
				b.Errorf("%d", resp.StatusCode)
				return
			}
			mine = append(mine, time.Since(began))
		}
		all.add(mine...)
	})
	all.report(b, "sends/s", 1)
}

// times are how long things took.
type times struct {
	mu   sync.Mutex
	list []time.Duration
}

func (x *times) add(list ...time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.list = append(x.list, list...)
}

// report reports how many there were a second, and the 99th percentile.
func (x *times) report(b *testing.B, unit string, each int) {
	b.Helper()
	b.StopTimer()
	slices.Sort(x.list)
	b.ReportMetric(float64(b.N*each)/b.Elapsed().Seconds(), unit)
	b.ReportMetric(float64(x.list[len(x.list)*99/100].Microseconds())/1000, "p99-ms")
}

const readers = 100

// BenchmarkEvents has 100 readers of the stream: of a chi handler that has each event in memory,
// and of the gateway, whose events come from the service, and are on the disk first.
func BenchmarkEvents(b *testing.B) {
	b.Run("chi", func(b *testing.B) {
		var news hub
		document := strings.Repeat("x", 900) // as long as that of a text
		r := chi.NewRouter()
		r.Get("/v1/events", func(w http.ResponseWriter, r *http.Request) {
			out, list := http.NewResponseController(w), news.join()
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "id: 0\n\n")
			_ = out.Flush()
			for {
				select {
				case text := <-list:
					fmt.Fprintf(w, "id: 1\nevent: message\ndata: {\"text\":%q,\"x\":%q}\n\n", text, document)
					_ = out.Flush()
				case <-r.Context().Done():
					return
				}
			}
		})
		server := httptest.NewServer(r)
		benchmarkEvents(b, server.URL, news.tell)
		server.Close()
	})
	b.Run("gateway", func(b *testing.B) {
		f := start(b, gateway.Config{}, func(c *bottest.Config) { c.Durable = true })
		people := []string{"alice", "bob", "carol"}
		var said int
		benchmarkEvents(b, "http://"+f.at(), func(text string) {
			f.Person(people[said%len(people)]).Say(text)
			said++
		})
	})
}

// hub hands texts to all that have joined.
type hub struct {
	mu  sync.Mutex
	all []chan string
}

func (h *hub) join() chan string {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make(chan string, 1024)
	h.all = append(h.all, list)
	return list
}

func (h *hub) tell(text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, list := range h.all {
		list <- text
	}
}

func benchmarkEvents(b *testing.B, url string, say func(text string)) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	client := &http.Client{Transport: &http.Transport{}}
	var all times
	var got atomic.Int64
	room := make(chan struct{}, 16) // events that not all readers have yet
	var began, ended sync.WaitGroup
	began.Add(readers)
	for range readers {
		ended.Go(func() {
			r, _ := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/events?kind=text", http.NoBody)
			r.Header.Set("Accept", "text/event-stream")
			resp, err := client.Do(r)
			if err != nil {
				b.Error(err)
				began.Done()
				return
			}
			defer resp.Body.Close()
			lines := bufio.NewScanner(resp.Body)
			lines.Scan() // the cursor
			began.Done()
			var mine []time.Duration
			for len(mine) < b.N && lines.Scan() {
				_, document, isData := strings.Cut(lines.Text(), "data: ")
				if !isData {
					continue
				}
				var e struct{ Text string }
				if err := json.Unmarshal([]byte(document), &e); err != nil {
					b.Error(err)
					return
				}
				at, _ := strconv.ParseInt(e.Text, 10, 64)
				mine = append(mine, time.Since(time.Unix(0, at)))
				if got.Add(1)%readers == 0 {
					<-room
				}
			}
			if len(mine) < b.N {
				b.Errorf("a reader has got %d of %d", len(mine), b.N)
			}
			all.add(mine...)
		})
	}
	began.Wait()
	b.ResetTimer()
	for range b.N {
		room <- struct{}{}
		say(strconv.FormatInt(time.Now().UnixNano(), 10))
	}
	ended.Wait()
	all.report(b, "events/s", readers)
	cancel()
	client.CloseIdleConnections()
}
