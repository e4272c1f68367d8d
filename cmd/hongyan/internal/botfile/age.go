package botfile

import (
	"fmt"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/router"
)

// age is the maximum age of a message; off means any age.
type age time.Duration

// UnmarshalYAML reads an age. 0 is refused, as it could mean no message or every message.
func (a *age) UnmarshalYAML(n ast.Node) error {
	return readScalar(n, func(s string) error {
		if s == off {
			*a = age(router.AnyAge)
			return nil
		}
		d, err := time.ParseDuration(s)
		if err != nil || d == 0 {
			return fmt.Errorf("%q is no age: write 10m or 2h, or off for messages of every age", s)
		}
		*a = age(max(d, router.AnyAge))
		return nil
	})
}
