package app

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// admin is the section about the listener for the operator. The address may stand for it.
type admin struct {
	Listen   string   `yaml:"listen"`
	Public   bool     `yaml:"public"`
	Hosts    []string `yaml:"hosts"`
	Password string   `yaml:"password"`
	Token    string   `yaml:"token"`
}

// UnmarshalShort reads the address.
func (a *admin) UnmarshalShort(address string) error {
	a.Listen = address
	return nil
}

// seen reports whether others than this machine may reach the listener: directly, or through a
// proxy.
func (a *admin) seen() bool { return a.Public || len(a.Hosts) > 0 }

// open reports whether neither people nor programs need a secret.
func (a *admin) open() bool { return a.Password == "" && a.Token == "" }

// check notes the mistakes of the section.
func (a *admin) check(c consoleKeys, mistake func(path string, err error)) {
	if a.Listen != "" && a.Listen != conf.Off {
		if err := checkListen(a.Listen); err != nil {
			mistake("admin.listen", err)
		}
	}
	for i, host := range a.Hosts {
		if err := localhttp.CheckHosts([]string{host}); err != nil {
			mistake(fmt.Sprintf("admin.hosts[%d]", i), err)
		}
	}
	const least = 12
	for key, secret := range map[string]string{"password": a.Password, "token": a.Token} {
		if secret != "" && len(secret) < least {
			mistake("admin."+key, phrase.Errorf("it has %d bytes, and needs %d: openssl rand -hex 12 makes one", len(secret), least))
		}
	}
	if a.seen() && a.open() && !c.Off && c != (consoleKeys{}) {
		mistake("admin.password", errors.New("it is missing, and public or hosts let others reach the console"))
	}
}
