package llm

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

const (
	chosenKey = "model"
	byDefault = "默认"
)

// checkModels completes the models to choose from.
func (p *llm) checkModels() (errs []error) {
	names := regexp.MustCompile(`^[\p{L}\p{N}._-]{1,40}$`)
	models := map[string]Backend{}
	for name, own := range p.c.Models {
		field := &plugin.FieldError{}
		var err error
		switch models[name], err = p.inherit(own); {
		case !names.MatchString(name) || name == byDefault:
			err = phrase.Errorf("%q cannot be the name of a model: write one word, not %s", name, byDefault)
			errs = append(errs, &plugin.FieldError{Field: "models", Err: err})
		case errors.As(err, &field):
			errs = append(errs, &plugin.FieldError{Field: "models." + name + "." + field.Field, Err: field.Err})
		}
	}
	p.c.Models = models
	if len(p.c.MaySwitch) > 0 && slices.Contains(p.c.MaySwitch, plugin.All) {
		err := errors.New("all may be anybody, and a model costs money: list people, admins or owners")
		errs = append(errs, &plugin.FieldError{Field: "may_switch", Err: err})
	}
	return errs
}

// choose shows the models of a chat, or takes another for it.
func (p *llm) choose(c *router.Context, a struct {
	Name string `arg:"模型,optional" help:"名字；不写就列出来"`
},
) error {
	if c.Spoken() || !(plugin.Scope{From: p.c.MaySwitch}).Handles(c, p.h) {
		return router.Next
	}
	s := c.Store(router.ByChat)
	switch _, known := p.c.Models[a.Name]; {
	case a.Name == byDefault:
		if err := s.Delete(c, chosenKey); err != nil {
			return err //nolint:wrapcheck // it names the value
		}
		return c.ReplyAt("这里改回默认模型了。")
	case known:
		if err := s.Set(c, chosenKey, a.Name, 0); err != nil {
			return err //nolint:wrapcheck // it names the value
		}
		return c.ReplyAt("这里改用模型 " + a.Name + " 了。")
	}
	var now string
	if _, err := s.Get(c, chosenKey, &now); err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	if _, known := p.c.Models[now]; !known {
		now = byDefault
	}
	names := append([]string{byDefault}, slices.Sorted(maps.Keys(p.c.Models))...)
	return c.ReplyAt(fmt.Sprintf("这里用的是 %s，可以选：%s。发“/模型 名字”更换。", now, strings.Join(names, "、")))
}
