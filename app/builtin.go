package app

import (
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/antirevoke"
	"github.com/hongyan-go/hongyan/plugin/archive"
	"github.com/hongyan-go/hongyan/plugin/collect"
	"github.com/hongyan-go/hongyan/plugin/forward"
	"github.com/hongyan-go/hongyan/plugin/owner"
	"github.com/hongyan-go/hongyan/plugin/relay"
)

// Builtin returns the plugins that every program of package app has.
func Builtin() *plugin.Registry {
	r := &plugin.Registry{}
	r.Register(antirevoke.Definition())
	r.Register(archive.Definition())
	r.Register(collect.Definition())
	r.Register(forward.Definition())
	r.Register(owner.Definition())
	r.Register(relay.Definition())
	return r
}
