package memory_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

func ExampleNew() {
	ctx := context.Background()
	s := memory.New(memory.Config{MaxPending: 1000})
	defer s.Close()
	inbox := s.Inbox()
	for _, key := range []string{"app:1", "app:2", "app:1"} {
		added, err := inbox.Append(ctx, store.Item{Key: key, Lane: "app/wxid_alice", Body: []byte("{}")})
		fmt.Println(key, added, err)
	}
	leases, err := inbox.Lease(ctx, 10, time.Minute) // one per conversation at a time
	fmt.Println(len(leases), leases[0].Key, err)
	fmt.Println(inbox.Complete(ctx, leases[0]))
	// Output:
	// app:1 true <nil>
	// app:2 true <nil>
	// app:1 false <nil>
	// 1 app:1 <nil>
	// <nil>
}
