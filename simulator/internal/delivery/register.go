package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/hongyan-go/hongyan/internal/localhttp"
)

// Register registers a URL after posting a probe, which the bot must answer with HTTP 200. An empty
// URL ends the callbacks. fromAfar refuses the addresses that only this machine or its network can
// reach.
func (p *Poster) Register(ctx context.Context, target string, probe []byte, fromAfar bool) error {
	ctx, cancel := p.Until(ctx)
	defer cancel()
	if target != "" {
		if err := checkURL(target); err != nil {
			return err
		}
		if err := p.checkReach(target, fromAfar); err != nil {
			return err
		}
		if err := p.post200(ctx, target, probe); err != nil {
			p.config.Log("the probe of the callback URL failed", "error", err)
			return err
		}
	}
	p.Lock()
	defer p.Unlock()
	p.url = target
	p.Broadcast()
	return nil
}

func checkURL(target string) error {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("it is not an http or https URL")
	}
	return nil
}

// checkReach returns an error for other machines, unless they are allowed, and, if fromAfar, for
// addresses that only this machine or its network can reach.
func (p *Poster) checkReach(target string, fromAfar bool) error {
	u, err := url.Parse(target)
	if err != nil {
		return errors.New("it is not a URL")
	}
	here := localhttp.Loopback(u.Hostname())
	ip, err := netip.ParseAddr(u.Hostname())
	ip = ip.Unmap()
	if fromAfar && (here || err == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())) {
		return fmt.Errorf("the service cannot reach %s: it is an address of this machine or its network", u.Hostname())
	}
	if !here && !p.config.AllowRemote {
		return fmt.Errorf("%s is not a loopback address, and this is a simulator: it posts to other machines only with "+
			"--allow-remote-callback (Config.AllowRemoteCallback)", u.Hostname())
	}
	return nil
}
