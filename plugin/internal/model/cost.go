package model

import (
	"context"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/router"
)

// Price is what tokens cost.
type Price struct {
	In  float64 `yaml:"in" help:"The price of a million tokens that the model reads."`
	Out float64 `yaml:"out" help:"The price of a million tokens that it writes."`
}

// Of is what the tokens of a reply cost.
func (p Price) Of(u Usage) float64 { return (float64(u.In)*p.In + float64(u.Out)*p.Out) / 1e6 }

// Check returns what is wrong with a price. A cap needs one.
func (p Price) Check(capped bool) error {
	switch {
	case p.In < 0 || p.Out < 0:
		return errors.New("a price is less than 0")
	case capped && p.In == 0 && p.Out == 0:
		return errors.New("it is missing: without the price of the tokens, no cost is known that the limit could hold")
	}
	return nil
}

// keepCost is how long what a day costs is kept: longer than it counts.
const keepCost = 48 * time.Hour

// Purse is what may be spent on a day. Most 0 or less means any sum.
type Purse struct {
	Store *router.Store
	Key   string // has the day
	Most  float64
}

// DayKey is the key of a purse for the day of a time.
func DayKey(t time.Time) string { return "cost/" + t.Format(time.DateOnly) }

// Left reports whether the purse has money left.
func (p Purse) Left(ctx context.Context) (bool, error) {
	if p.Most <= 0 {
		return true, nil
	}
	var spent float64
	_, err := p.Store.Get(ctx, p.Key, &spent)
	return err == nil && spent < p.Most, err //nolint:wrapcheck // it names the value
}

// Pay takes money out, also the last that is more than there is.
func (p Purse) Pay(ctx context.Context, cost float64) error {
	if p.Most <= 0 || cost == 0 {
		return nil
	}
	_, err := router.Update(ctx, p.Store, p.Key, keepCost, func(spent float64) (float64, error) { return spent + cost, nil })
	return err //nolint:wrapcheck // it names the value
}
