package models

import (
	"context"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/router"
)

// Price is what a model costs.
type Price struct {
	In     float64 `yaml:"in" help:"The price of a million tokens that the model reads."`
	Out    float64 `yaml:"out" help:"The price of a million tokens that it writes."`
	Minute float64 `yaml:"minute" help:"The price of a minute of voice that it hears."`
}

// Assumed is the price of a model of which none is written, where there is a limit on the cost. It
// is in yuan, and more than most models cost, so that a limit holds too early rather than too late.
func Assumed() Price { return Price{In: 20, Out: 80, Minute: 0.1} }

// orAssumed is the price, or the one that is assumed.
func (p Price) orAssumed() Price {
	if p == (Price{}) {
		return Assumed()
	}
	return p
}

// Of is what the tokens of a reply cost.
func (p Price) Of(u model.Usage) float64 {
	p = p.orAssumed()
	return (float64(u.In)*p.In + float64(u.Out)*p.Out) / 1e6
}

// OfVoice is what it costs to hear a voice.
func (p Price) OfVoice(d time.Duration) float64 { return d.Minutes() * p.orAssumed().Minute }

// Check returns what is wrong with a price.
func (p Price) Check() error {
	if p.In < 0 || p.Out < 0 || p.Minute < 0 {
		return errors.New("a price is less than 0")
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

// Today is a purse for the day that it is; whose tells several in a store apart.
func Today(h *bot.Handle, s *router.Store, whose string, most float64) Purse {
	return Purse{s, "cost/" + h.Now().In(h.Zone()).Format(time.DateOnly) + whose, most}
}

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

// Purses are all from which a reply is paid.
type Purses []Purse

// Left reports whether each purse has money left.
func (all Purses) Left(ctx context.Context) (bool, error) {
	for _, p := range all {
		if left, err := p.Left(ctx); err != nil || !left {
			return false, err
		}
	}
	return true, nil
}

// Pay takes money out of each purse.
func (all Purses) Pay(ctx context.Context, cost float64) error {
	for _, p := range all {
		if err := p.Pay(ctx, cost); err != nil {
			return err
		}
	}
	return nil
}
