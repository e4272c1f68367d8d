package plugin

import (
	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/router"
)

// Step is Once for a call of the service that must not be done twice, in a handler that may run
// again. If nobody knows whether the service has done it, the error is permanent: a person has to
// look.
func Step(c *router.Context, name string, do func() error) error {
	return c.Once(name, func() error {
		err := do()
		if err != nil && api.ExecutedOf(err) != api.ExecutedNo {
			return router.Permanent(err)
		}
		return err
	})
}
