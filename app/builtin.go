package app

import "github.com/hongyan-go/hongyan/plugin"

// Builtin returns the plugins that every program of package app has.
func Builtin() *plugin.Registry {
	r := &plugin.Registry{}
	return r
}
