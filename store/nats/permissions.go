package nats

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/hongyan-go/hongyan/store"
)

// Permissions lists the subjects that the user of a bot with this prefix must be allowed to publish
// and subscribe to. Nothing else is needed. An empty prefix means "hongyan".
func Permissions(prefix string) (publish, subscribe []string) {
	if prefix == "" {
		prefix = defaultPrefix
	}
	n := names{prefix}
	publish = []string{prefix + ".>"}
	for _, part := range parts() {
		s := n.stream(part)
		publish = append(publish,
			"$JS.API.STREAM.INFO."+s, "$JS.API.STREAM.CREATE."+s, "$JS.API.STREAM.UPDATE."+s, "$JS.API.STREAM.MSG.GET."+s,
			"$JS.API.CONSUMER.CREATE."+s+".>", "$JS.API.CONSUMER.MSG.NEXT."+s+".*", "$JS.API.CONSUMER.DELETE."+s+".*")
		switch part {
		case partInbox, partLog:
			publish = append(publish, "$JS.API.STREAM.PURGE."+s)
		default:
			publish = append(publish, "$JS.API.STREAM.MSG.DELETE."+s)
		}
	}
	return publish, []string{n.inboxPrefix() + ".>"}
}

// checkPermissions tests whether each subject is allowed, so that a missing permission is reported
// at the start. What it publishes has no effect.
func (c *cluster) checkPermissions(ctx context.Context) error {
	publish, subscribe := Permissions(c.prefix)
	var missing []string
	check := func(what, subject string, do func(subject string) error) error {
		probe := strings.NewReplacer(".>", ".probe", ".*", ".probe").Replace(subject)
		if err := do(probe); err != nil {
			return c.explain("check the permissions", "", err)
		}
		once, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		if err := c.conn.FlushWithContext(once); err != nil {
			return fmt.Errorf("nats: cannot check the permissions: %w: %w", store.ErrUnavailable, err)
		}
		if last := c.conn.LastError(); last != nil && strings.Contains(last.Error(), `"`+probe+`"`) {
			missing = append(missing, what+" "+subject)
		}
		return nil
	}
	for _, subject := range subscribe {
		if err := check("subscribe", subject, func(probe string) error {
			sub, err := c.conn.SubscribeSync(probe)
			if err != nil {
				return err
			}
			return sub.Unsubscribe()
		}); err != nil {
			return err
		}
	}
	for _, subject := range publish {
		if err := check("publish", subject, func(probe string) error {
			return c.conn.PublishMsg(&nats.Msg{Subject: probe, Data: c.harmless(subject)})
		}); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("nats: the user lacks permissions, see docs/en/scaling.md: %s", strings.Join(missing, ", "))
	}
	return nil
}

// harmless returns a request that is not JSON, which the servers reject without effect. For a purge
// it is a valid request that matches nothing.
func (c *cluster) harmless(subject string) []byte {
	if strings.Contains(subject, ".PURGE.") {
		return []byte(`{"filter":"` + c.prefix + `.inbox.probe.probe","seq":1}`)
	}
	return []byte("probe")
}
