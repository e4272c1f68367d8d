package bot

import (
	"context"
	"net"
	"net/http"
)

// Network is the network of the machine as plugins use it: the addresses at which they serve, and
// the services that they ask. WeChat's service is no part of it.
type Network interface {
	// Listen listens at an address; see Handle.Serve.
	Listen(address string) (net.Listener, error)
	// Transport returns what makes the requests of a client that would make them with own; see
	// Handle.HTTP.
	Transport(own http.RoundTripper) http.RoundTripper
}

// HTTP returns the client with which a plugin asks services outside: a copy of client whose
// requests go through Config.Network. Without one, it is the client itself.
func (h *Handle) HTTP(client *http.Client) *http.Client {
	if h.bot.config.Network == nil {
		return client
	}
	own := client.Transport
	if own == nil {
		own = http.DefaultTransport
	}
	through := *client
	through.Transport = h.bot.config.Network.Transport(own)
	return &through
}

// servesAt listens at an address of the network.
func (b *Bot) servesAt(address string) (net.Listener, error) {
	if b.config.Network != nil {
		return b.config.Network.Listen(address) //nolint:wrapcheck // Serve says which plugin and where
	}
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", address) // it lives as long as the plugin
}
