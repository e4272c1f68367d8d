package app

import (
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/blocked"
	"github.com/hongyan-go/hongyan/plugin/friends"
	"github.com/hongyan-go/hongyan/plugin/guard"
	"github.com/hongyan-go/hongyan/plugin/livecode"
	"github.com/hongyan-go/hongyan/plugin/owner"
	"github.com/hongyan-go/hongyan/plugin/welcome"
	"github.com/hongyan-go/hongyan/plugin/wordfilter"
)

// Builtin returns the plugins that every program of package app has.
func Builtin() *plugin.Registry {
	r := &plugin.Registry{}
	r.Register(
		blocked.Definition(),
		friends.Definition(),
		guard.Definition(),
		livecode.Definition(),
		owner.Definition(),
		welcome.Definition(),
		wordfilter.Definition(),
	)
	return r
}
