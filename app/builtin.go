package app

import (
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/forward"
	"github.com/hongyan-go/hongyan/plugin/owner"
)

// Builtin returns the plugins that every program of package app has.
func Builtin() *plugin.Registry {
	r := &plugin.Registry{}
	r.Register(forward.Definition())
	r.Register(owner.Definition())
	return r
}
