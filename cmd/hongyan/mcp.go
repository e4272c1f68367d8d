package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// mcpCmd lets an agent on this machine use a running bot.
type mcpCmd struct {
	URL   string `default:"http://127.0.0.1:8090" env:"HONGYAN_GATEWAY" help:"Where the gateway of the running bot is."`
	Token string `env:"HONGYAN_GATEWAY_TOKEN" help:"The secret of a token of the gateway; better in the variable."`
}

// Run passes on what the agent asks on standard input to the gateway, until the input ends.
func (cmd *mcpCmd) Run(c console) error {
	endpoint := strings.TrimSuffix(cmd.URL, "/") + "/mcp"
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	defer transport.CloseIdleConnections()
	client := mcp.NewClient(&mcp.Implementation{Name: "hongyan", Version: "1"}, nil)
	session, err := client.Connect(c.ctx, &mcp.StreamableClientTransport{
		Endpoint: endpoint, DisableStandaloneSSE: true, HTTPClient: &http.Client{Transport: bearer{cmd.Token, transport}},
	}, nil)
	if err != nil {
		return phrase.Errorf("mcp: the gateway at %s does not answer: %w; is the bot running, with gateway: {listen: …, mcp: {}} in its "+
			"file, and HONGYAN_GATEWAY_TOKEN one of its tokens?", endpoint, err)
	}
	defer session.Close()
	there := session.InitializeResult()
	server := mcp.NewServer(there.ServerInfo, &mcp.ServerOptions{Instructions: there.Instructions, Capabilities: there.Capabilities})
	server.AddReceivingMiddleware(passOn(session))
	err = server.Run(c.ctx, &mcp.IOTransport{Reader: io.NopCloser(c.in), Writer: noClose{c.out}})
	if err != nil && c.ctx.Err() == nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("mcp: %w", err)
	}
	return nil
}

// passOn has the gateway answer what it has: tools, resources and prompts.
func passOn(session *mcp.ClientSession) mcp.Middleware {
	return func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
			switch r := req.(type) {
			case *mcp.ListToolsRequest:
				return session.ListTools(ctx, r.Params)
			case *mcp.CallToolRequest:
				return session.CallTool(ctx, &mcp.CallToolParams{Name: r.Params.Name, Arguments: r.Params.Arguments})
			case *mcp.ListResourcesRequest:
				return session.ListResources(ctx, r.Params)
			case *mcp.ListResourceTemplatesRequest:
				return session.ListResourceTemplates(ctx, r.Params)
			case *mcp.ReadResourceRequest:
				return session.ReadResource(ctx, &mcp.ReadResourceParams{URI: r.Params.URI})
			case *mcp.ListPromptsRequest:
				return session.ListPrompts(ctx, r.Params)
			case *mcp.GetPromptRequest:
				return session.GetPrompt(ctx, &mcp.GetPromptParams{Name: r.Params.Name, Arguments: r.Params.Arguments})
			}
			return next(ctx, method, req)
		}
	}
}

// bearer adds a token to requests.
type bearer struct {
	token string
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.token != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	return b.next.RoundTrip(r)
}

// noClose keeps the end of a connection from closing standard output.
type noClose struct{ io.Writer }

// Close implements io.Closer.
func (noClose) Close() error { return nil }
