package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// What was appended is there after a restart, and the same message again is not.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "hongyan")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	for range 2 {
		s, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, sqlite.FileName)})
		if err != nil {
			fmt.Println(err)
			return
		}
		added, err := s.Inbox().Append(ctx, store.Item{Key: "app:1", Lane: "app/wxid_alice", Body: []byte("{}"), Received: time.Now()})
		fmt.Println(added, err)
		stats, err := s.Inbox().Stats(ctx)
		fmt.Println(stats.Pending, err, s.Close())
	}
	// Output:
	// true <nil>
	// 1 <nil> <nil>
	// false <nil>
	// 1 <nil> <nil>
}
