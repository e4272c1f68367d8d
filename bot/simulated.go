package bot

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// probeTimeout is how long a simulator on a loopback address may take to answer.
const probeTimeout = 2 * time.Second

// IsSimulator reports whether a base URL is that of a simulator in another process: `hongyan
// simulate`. Only loopback addresses are probed; any other is not a simulator.
func IsSimulator(baseURL string) bool {
	is, _ := probeSimulator(baseURL)
	return is
}

// probeSimulator is IsSimulator that also tells whether the simulator asks for reports.
func probeSimulator(baseURL string) (is, reported bool) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return false, false
	}
	if ip, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !ip.IsLoopback()) {
		return false, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		(&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/sim/state"}).String(), nil)
	if err != nil {
		return false, false
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return false, false
	}
	defer response.Body.Close()
	var state struct {
		Accounts []struct {
			AppID string `json:"app_id"`
		} `json:"accounts"`
		Reports bool `json:"reports"`
	}
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&state)
	is = err == nil && response.StatusCode == http.StatusOK && len(state.Accounts) > 0
	return is, is && state.Reports
}
