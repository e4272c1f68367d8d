package nats

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// monitorTimeout limits a request to a monitoring port.
const monitorTimeout = 5 * time.Second

// checkSync asks the servers whether they write to the disk before they acknowledge. This is a
// setting of the servers that a client cannot read over its connection.
func (c Config) checkSync(ctx context.Context) error {
	if len(c.Monitors) == 0 {
		c.Logger.Warn("cannot check whether the NATS servers sync each write: " +
			"make sure that `jetstream { sync_interval: always }` is set, or configure the monitoring URLs")
		return nil
	}
	for _, url := range c.Monitors {
		if err := checkSync(ctx, url); err != nil {
			return err
		}
	}
	return nil
}

func checkSync(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, monitorTimeout)
	defer cancel()
	url = strings.TrimRight(url, "/") + "/varz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("nats: the monitoring URL: %w", err)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("nats: the monitoring port does not answer: %w", err)
	}
	defer response.Body.Close()
	var varz struct {
		JetStream struct {
			Config *struct {
				SyncAlways bool `json:"sync_always"`
			} `json:"config"`
		} `json:"jetstream"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 4<<20)).Decode(&varz); err != nil {
		return fmt.Errorf("nats: %s is no monitoring port of a NATS server: %w", url, err)
	}
	switch {
	case varz.JetStream.Config == nil:
		return fmt.Errorf("nats: the server at %s has no JetStream", url)
	case !varz.JetStream.Config.SyncAlways:
		return fmt.Errorf("nats: the server at %s acknowledges before it has written to the disk: "+
			"set `jetstream { sync_interval: always }`", url)
	}
	return nil
}
