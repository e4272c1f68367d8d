package nats_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

func ExampleOpen() {
	dir, _ := os.MkdirTemp("", "hongyan")
	defer os.RemoveAll(dir)
	// In production, use a cluster of three servers outside the bot.
	node, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1,
		JetStream: true, StoreDir: dir, SyncAlways: true, NoLog: true, NoSigs: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	node.Start()
	defer node.WaitForShutdown()
	defer node.Shutdown()

	ctx := context.Background()
	s, err := nats.Open(ctx, nats.Config{URL: node.ClientURL(), MaxBytes: 64 << 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	inbox := s.Inbox()
	for _, key := range []string{"app:1", "app:2", "app:1"} {
		added, err := inbox.Append(ctx, store.Item{Key: key, Lane: "app/wxid_alice", Body: []byte("{}")})
		fmt.Println(key, added, err)
	}
	leases, err := inbox.Lease(ctx, 10, time.Minute) // one item of a conversation at a time
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(leases), leases[0].Key)
	fmt.Println(inbox.Complete(ctx, leases[0]))
	// Output:
	// app:1 true <nil>
	// app:2 true <nil>
	// app:1 false <nil>
	// 1 app:1
	// <nil>
}

func ExamplePermissions() {
	publish, subscribe := nats.Permissions("hongyan")
	fmt.Println(publish[0], len(publish), subscribe)
	// Output: hongyan.> 41 [_INBOX_hongyan.>]
}
