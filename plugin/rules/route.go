package rules

import (
	"fmt"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// register adds the rule's route. The router panics if the route can never run; here that is a
// mistake in the rule.
func (r Rule) register(g *router.Group) (err error) {
	defer refused(&err)
	handler, err := r.handler()
	if err != nil {
		return err
	}
	route := g.Kind(r.On, handler, r.matchers()...).Named(r.Name)
	if r.MaxAge != 0 {
		route.MaxAge(r.MaxAge)
	}
	return nil
}

// try adds a route like that of the rule, unless another one hides it: the rule whose name is
// first.
func (r *Rule) try(g *router.Group) (first string, hidden bool, err error) {
	defer refused(&err)
	ms := r.matchers()
	by, hidden := g.HiddenBy(r.On, ms...)
	if !hidden {
		g.Kind(r.On, func(*router.Context) error { return nil }, ms...).Named(r.Name)
	}
	return by.Name, hidden, nil
}

// refused makes an error of a panic of the router or of a matcher.
func refused(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("%v", v)
	}
}

// handler returns the handler of the rule. It replies and forwards to every target even if one of
// these fails; a retry does not repeat the sends that succeeded.
func (r Rule) handler() (router.Handler, error) {
	reply, err := router.ParseTemplate(r.Reply)
	if err != nil {
		return nil, err
	}
	var options []router.ForwardOption
	if r.Forward.Caption != "" {
		options = append(options, router.Caption(r.Forward.Caption))
	}
	if r.Forward.Title != "" {
		options = append(options, router.Retitle(r.Forward.Title))
	}
	return func(c *router.Context) error {
		var replyErr, forwardErr error
		if r.Reply != "" {
			var text string
			if text, replyErr = reply.Render(c); replyErr == nil {
				replyErr = c.Reply(text)
			}
		}
		if len(r.Forward.To) > 0 {
			forwardErr = c.ForwardAll(r.Forward.To, options...)
		}
		return router.Each(replyErr, forwardErr)
	}, nil
}

// matchers are the conditions of the rule.
func (r *Rule) matchers() []match.Matcher {
	var ms []match.Matcher
	if r.Watch {
		ms = append(ms, router.Watch())
	}
	keyword := match.Keyword
	if r.ExactSpelling {
		keyword = match.KeywordExact
	}
	lists := []struct {
		words []string
		make  func(...string) match.Matcher
	}{
		{r.In, match.In}, {r.From, match.From}, {r.Keyword, keyword}, {r.Exact, match.Exact}, {r.Ext, match.Ext},
	}
	for _, l := range lists {
		if len(l.words) > 0 {
			ms = append(ms, l.make(l.words...))
		}
	}
	if r.Regexp != nil {
		ms = append(ms, match.Pattern(r.Regexp))
	}
	if r.Private {
		ms = append(ms, match.Private())
	}
	if r.Group {
		ms = append(ms, match.Group())
	}
	if r.AtMe {
		ms = append(ms, match.AtMe())
	}
	if r.MinSize > 0 {
		ms = append(ms, match.MinSize(r.MinSize))
	}
	if r.MaxSize > 0 {
		ms = append(ms, match.MaxSize(r.MaxSize))
	}
	return ms
}
