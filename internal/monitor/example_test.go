package monitor_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/store/memory"
)

// ExampleNew watches an account. Package bot does all this for its own accounts, and serves Admin.
func ExampleNew() {
	m, err := monitor.New(monitor.Config{
		Store: memory.New(memory.Config{}), Metrics: monitor.NewMetrics(),
		Online: func(context.Context, string) (bool, error) { return true, nil }, // asks the service
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	m.Event("wx_demo", time.Now())
	m.Review(context.Background())
	fmt.Println(m.StateOf("wx_demo"), m.Ready(context.Background()).Ready)

	m.LoggedOut("wx_demo", time.Now())
	m.Review(context.Background())
	fmt.Println(m.StateOf("wx_demo"), m.Ready(context.Background()).Reasons)
	// Output:
	// online true
	// offline [account wx_demo is offline]
}
