package app

import (
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/owner"
	"github.com/hongyan-go/hongyan/plugin/schedule"
)

// Builtin returns the plugins that every program of package app has.
func Builtin() *plugin.Registry {
	r := &plugin.Registry{}
	r.Register(owner.Definition())
	r.Register(schedule.Definition())
	return r
}
