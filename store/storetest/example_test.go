package storetest_test

import (
	"testing"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/storetest"
)

// The test of a back end of your own; this one has that of memory.
func ExampleRun() {
	TestStore := func(t *testing.T) {
		t.Helper()
		storetest.Run(t, storetest.Config{Open: func(*testing.T) store.Store { return memory.New(memory.Config{}) }})
	}
	_ = TestStore
}
