package app

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/wxid"
)

// checkAddresses reports addresses on which no bot can listen, and URLs that no service can reach.
func (s *schema) checkAddresses(mistake func(path string, err error)) {
	if at := s.Callback.Listen; at != "" && at != conf.Off {
		if err := checkListen(at); err != nil {
			mistake("callback.listen", err)
		}
	}
	for _, u := range []struct{ path, url string }{
		{"service.base_url", s.Service.BaseURL}, {"callback.public_url", s.Callback.PublicURL}, {"alarm.webhook", s.Alarm.Webhook},
	} {
		if u.url == "" {
			continue
		}
		parsed, err := url.Parse(u.url)
		if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" || !isPort(parsed.Port(), true) {
			mistake(u.path, errors.New("it is not an http or https URL: write https://bot.example.com")) // it may hold a secret
		}
	}
}

// checkTwice reports addresses at which two parts of the file would listen. Plugins share one if
// their paths differ.
func (s *schema) checkTwice(d *conf.Document) {
	taken := map[string]string{} // the key that has each address, and each with a path
	note := func(place, address, path string) {
		if _, port, err := net.SplitHostPort(address); err != nil || port == "0" {
			return
		}
		if other := cmp.Or(taken[address], taken[address+path]); other != "" {
			d.Mistake(place, phrase.Errorf("%s has %s, too: write another port", other, address+path))
			return
		}
		taken[address+path] = place
	}
	note("callback.listen", cmp.Or(s.Callback.Listen, bot.DefaultListen), "")
	note("admin.listen", s.Admin.Listen, "")
	if s.Gateway != nil {
		note("gateway.listen", s.Gateway.Listen, "")
	}
	for _, e := range s.Plugins.read {
		config := reflect.New(reflect.TypeOf(e.Config).Elem()).Elem()
		config.Set(reflect.ValueOf(e.Config).Elem())
		conf.Defaults(config.Addr().Interface())
		if listen := config.FieldByName("Listen"); listen.Kind() == reflect.String {
			path := "/"
			if own := config.FieldByName("Path"); own.Kind() == reflect.String {
				path = own.String()
			}
			note(e.Path+".listen", listen.String(), path)
		}
	}
}

// checkListen reports an address that cannot be listened on.
func checkListen(address string) error {
	host, port, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return phrase.Errorf("%q is not an address with a port: write 127.0.0.1:8080", address)
	case !isPort(port, false):
		return phrase.Errorf("%q has no port from 0 to 65535: write 127.0.0.1:8080", address)
	case strings.ContainsAny(host, " /@"):
		return phrase.Errorf("%q is not a host: write 127.0.0.1:8080", host)
	}
	return nil
}

func isPort(s string, orNone bool) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n <= 65535 || orNone && s == ""
}

// checkIDs reports names in place of ids: nothing would ever match them.
func (s *schema) checkIDs(mistake func(path string, err error)) {
	s.Allow.checkIDs("allow", mistake)
	for i, a := range s.Accounts {
		at := fmt.Sprintf("accounts[%d]", i)
		if a.Allow != nil {
			a.Allow.checkIDs(at+".allow", mistake)
		}
		a.Listen.checkIDs(at+".listen", mistake)
		a.Answer.checkIDs(at+".answer", mistake)
	}
	for i, who := range s.Owners {
		checkPeople(fmt.Sprintf("owners[%d]", i), []string{who.Wxid}, "allow.groups", mistake)
	}
	checkPeople("block", s.Block, "allow.groups", mistake)
	if s.Alarm.Owner != "" && !wxid.Valid(s.Alarm.Owner) {
		mistake("alarm.owner", phrase.Errorf("%q is not a wxid: hongyan contacts lists them", s.Alarm.Owner))
	}
}

// parseNetwork reads 192.0.2.0/24, or one address.
func parseNetwork(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		addr, err := netip.ParseAddr(s)
		if err != nil {
			return netip.Prefix{}, phrase.Errorf("%q is not an address", s)
		}
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, phrase.Errorf("%q is not a network", s)
	}
	return p, nil
}
