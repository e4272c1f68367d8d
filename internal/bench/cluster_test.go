package bench_test

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/outbox"
)

// BenchmarkCluster is BenchmarkAnswered with one or three bots that share the conversations over
// one or three NATS servers, all in this process and on its disk.
func BenchmarkCluster(b *testing.B) {
	for _, servers := range []int{1, 3} {
		for _, bots := range []int{1, 3} {
			b.Run(fmt.Sprintf("servers=%d/bots=%d", servers, bots), func(b *testing.B) {
				var nodes []*server.Server
				if servers == 1 {
					nodes = append(nodes, natstest.Start(b, nil))
				} else {
					nodes = natstest.Cluster(b)
				}
				s := newService(b)
				var addresses []string
				for range bots {
					addresses = append(addresses, run(b, s, openNATS(b, natstest.URLs(nodes...)), outbox.Unlimited()))
				}
				measure(b, s, posts{addresses, conversations, clients, 0, 1}, warm).report(b)
			})
		}
	}
}
