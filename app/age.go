package app

import (
	"time"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
)

// age is the maximum age of a message; off means any age.
type age time.Duration

// UnmarshalText reads an age. 0 is refused, as it could mean no message or every message.
func (a *age) UnmarshalText(text []byte) error {
	if string(text) == conf.Off {
		*a = age(router.AnyAge)
		return nil
	}
	d, err := conf.ParseDuration(string(text))
	if err != nil || d == 0 {
		return phrase.Errorf("%q is not an age: write 10m or 2h, or off for messages of every age", text)
	}
	*a = age(max(d, router.AnyAge))
	return nil
}

// ConfWords implements conf.Worded.
func (age) ConfWords() string { return "duration, or off" }
