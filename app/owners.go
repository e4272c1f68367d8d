package app

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/plugin/owner"
)

// maySwitch is an old place of plugins.owner.may_switch.
type maySwitch struct {
	GroupAdmins []string `yaml:"group_admins"`
}

// owners are the people in charge. Those of owners who may use some commands only go to the plugin
// owner, which has the commands.
func (s *schema) owners(d *conf.Document) (inCharge []string) {
	var own *owner.Config
	for _, e := range s.Plugins.read {
		if c, ok := e.Config.(*owner.Config); ok {
			own = c
			inCharge = append(inCharge, s.oldOwners(d, e.Path, c)...)
			s.checkMaySwitch(d, e.Path+".may_switch", c.MaySwitch)
		}
	}
	for i, who := range s.Owners {
		switch at := fmt.Sprintf("owners[%d]", i); {
		case who.Wxid == "":
			d.Mistake(at+".wxid", errors.New("it is missing: write the wxid of a person"))
		case who.May == nil:
			inCharge = append(inCharge, who.Wxid)
		case own == nil:
			d.Mistake(at+".may", errors.New("the file has no plugin owner, whose commands these are: write plugins: {owner: {}}"))
		default:
			for _, wrong := range who.Check() {
				d.Mistake(at+"."+wrong.Field, wrong.Err)
			}
			own.Who = append(own.Who, who)
		}
	}
	if all := s.MaySwitch.GroupAdmins; len(all) > 0 {
		list := strings.Join(all, ", ")
		d.Caution("may_switch", phrase.Errorf("the key belongs to the plugin owner now, and the next version will not know it here: write "+
			"plugins: {owner: {may_switch: [%s]}}", list))
		s.checkMaySwitch(d, "may_switch.group_admins", all)
		if own != nil {
			own.MaySwitch = append(own.MaySwitch, all...)
		}
	}
	return inCharge
}

// oldOwners are the people in charge whom the section of the plugin names, as if it were owners.
func (s *schema) oldOwners(d *conf.Document, path string, c *owner.Config) (inCharge []string) {
	if c.Who == nil {
		return nil
	}
	var limited []owner.Who
	var words []string
	for _, who := range c.Who {
		words = append(words, who.String())
		if who.May == nil {
			inCharge = append(inCharge, who.Wxid)
		} else {
			limited = append(limited, who)
		}
	}
	c.Who = limited
	d.Caution(path+".who", phrase.Errorf("the key is called owners now, at the top of the file, and the next version will not know it here: "+
		"write owners: [%s]", strings.Join(words, ", ")))
	return inCharge
}

// operators are the people who may use some commands, and are not in charge.
func (s *schema) operators() (wxids []string) {
	for _, e := range s.Plugins.read {
		if c, ok := e.Config.(*owner.Config); ok {
			for _, who := range c.Who {
				wxids = append(wxids, who.Wxid)
			}
		}
	}
	return wxids
}

// checkMaySwitch reports names of plugins that there are not.
func (s *schema) checkMaySwitch(d *conf.Document, path string, list []string) {
	for i, name := range list {
		if err := s.unknown(name); err != nil {
			d.Mistake(fmt.Sprintf("%s[%d]", path, i), err)
		}
	}
}

// unknown is the error for a name that no plugin has; nil if one has it.
func (s *schema) unknown(name string) error {
	base, _, _ := strings.Cut(name, ":")
	if base == rulesName {
		return nil
	}
	if _, ok := s.Plugins.known.Lookup(base); ok {
		return nil
	}
	return phrase.Errorf("there is no plugin %q%s; hongyan plugins lists them", name, suggest.Hint(base, append(s.Plugins.known.Names(), rulesName)))
}
